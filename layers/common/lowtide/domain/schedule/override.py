"""What a person or a workload asked for, until when."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Override:
    """Beats the schedule in [now, until)."""

    awake: bool
    until: datetime
    reason: str
    by: str

    def reason_until(self, timezone: ZoneInfo) -> str:
        state = "awake" if self.awake else "asleep"
        until = f"{self.until.astimezone(timezone):%a %d %b %H:%M %Z}"
        return f"{self.by} wants it {state} until {until}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is done to the endpoint until somebody says `resume`."""

    since: datetime
    reason: str
    by: str

    def told(self, timezone: ZoneInfo) -> str:
        since = f"{self.since.astimezone(timezone):%a %d %b %H:%M %Z}"
        return f"{self.by} paused it {since}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LeftFile:
    """An endpoint that is not in the file any more is left alone like one that is paused."""

    def told(self, _: ZoneInfo) -> str:
        return "it is not, or no longer, in the file: left as it is"
