"""What a person or a workload asked for, until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.wording import clock

_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Override:
    """Beats the schedule in [now, until)."""

    awake: bool
    until: datetime
    reason: str
    by: str

    def describe(self, timezone: ZoneInfo) -> str:
        state = "awake" if self.awake else "asleep"
        return f"{self.by} wants it {state} until {clock(self.until, timezone)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is done to the endpoint until `ends`, or until a `resume` request."""

    since: datetime
    reason: str
    by: str
    ends: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        return self.ends is not None and self.ends <= now

    def is_forgotten(self, now: datetime) -> bool:
        """Whether it has no end, and began more than a day ago."""
        return self.ends is None and now - self.since > _FORGOTTEN_AFTER

    def describe(self, timezone: ZoneInfo) -> str:
        until = f" until {clock(self.ends, timezone)}" if self.ends else ""
        return f"{self.by} paused it {clock(self.since, timezone)}{until}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Observed:
    """Stands in for a pause while the file's `mode` is observe; `instead` is what would be done."""

    instead: str

    def describe(self, _: ZoneInfo) -> str:
        return f"`mode` is observe, so nothing is changed; with `manage`: {self.instead}"


@dataclass(frozen=True, slots=True)
class LeftFile:
    """Stands in for a pause: an endpoint that is not in the file any more is left as it is."""

    def describe(self, _: ZoneInfo) -> str:
        return "the file does not list it, or SchedulesState is DISABLED: left as it is"
