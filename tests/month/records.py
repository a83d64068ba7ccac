"""What was asked, done and disturbed: all that the oracle judges by, besides what AWS shows."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from tests.month.fleet import Spec
from tests.month.plan import LONGEST_CALL
from tests.unit.domain.schedule.schedule_oracle import Walk

MINUTE = timedelta(minutes=1)


class Request(NamedTuple):
    at: datetime
    action: str
    until: datetime | None = None


class Excuse(NamedTuple):
    """Meanwhile an endpoint may be late; with no name, every endpoint."""

    begin: datetime
    end: datetime
    endpoint: str = ""


class Change(NamedTuple):
    at: datetime
    status: str
    by_hand: bool


@dataclass
class Records:
    begin: datetime
    specs: Mapping[str, Spec]
    walks: Mapping[str, Walk]
    calls: Mapping[str, Sequence[tuple[float, float]]]
    requests: defaultdict[str, list[Request]] = field(default_factory=lambda: defaultdict(list))
    excuses: list[Excuse] = field(default_factory=list)
    by_hand: set[int] = field(default_factory=set)  # places in the cloud's list of statuses
    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def excuse(self, begin: datetime, minutes: float, endpoint: str = "") -> None:
        self.excuses.append(Excuse(begin, begin + minutes * MINUTE, endpoint))

    def excused(self, name: str, at: datetime) -> bool:
        return any(e.begin <= at < e.end and e.endpoint in ("", name) for e in self.excuses)

    def paused(self, name: str, at: datetime) -> bool:
        asked = [r.action for r in self.requests[name] if r.at <= at]
        last = next((a for a in reversed(asked) if a in ("pause", "resume")), "resume")
        return last == "pause"

    def override(self, name: str, at: datetime) -> bool | None:
        asked = [r for r in self.requests[name] if r.at <= at and r.action in _OVERRIDES]
        last = asked[-1] if asked else None
        if last is None or last.until is None or last.until <= at:
            return None
        return last.action == "wake"

    def wanted(self, name: str, at: datetime) -> bool:
        """Awake, by the request that is in force, else by the schedule."""
        asked = self.override(name, at)
        return self.walks[name].at(at) if asked is None else asked

    def in_flight(self, name: str, at: datetime) -> list[float]:
        """When each call began that lasts at this instant, in seconds."""
        now, calls = at.timestamp(), self.calls[name]
        lately = calls[bisect_left(calls, (now - LONGEST_CALL, 0)) : bisect_left(calls, (now, 0))]
        return [start for start, lasts in lately if now < start + lasts]


_OVERRIDES = ("wake", "sleep", "auto")


def changes(
    statuses: Sequence[tuple[datetime, str, str]], by_hand: set[int], name: str
) -> list[Change]:
    return [
        Change(at, status, place in by_hand)
        for place, (at, endpoint, status) in enumerate(statuses)
        if endpoint == name
    ]
