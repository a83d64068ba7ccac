"""What a person or a workload asked for, until when."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lowtide.domain.wording import clock


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
    """Nothing is done to the endpoint until a `resume` request."""

    since: datetime
    reason: str
    by: str

    def describe(self, timezone: ZoneInfo) -> str:
        return f"{self.by} paused it {clock(self.since, timezone)}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LeftFile:
    """Stands in for a pause: an endpoint that is not in the file any more is left as it is."""

    def describe(self, _: ZoneInfo) -> str:
        return "the file does not list it, or SchedulesState is DISABLED: left as it is"
