"""The scenario: which days are played, the opening hours, the sizes of the endpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

from lowtide_workbench.report.model import Span
from lowtide_workbench.traces import files, profile
from lowtide_workbench.traces.days import DAY_S, on_days, opening_hours, working_days
from lowtide_workbench.traces.files import Session

TIMEZONE = ZoneInfo("America/New_York")
CAPACITY = {"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20}  # streams at acceptable latency
PREFERRED, FALLBACK = CAPACITY
TARGET = 0.75  # of capacity
_A_MONDAY = date(2026, 1, 5)  # no clock changes in the weeks that follow
_EVENING_BEFORE = timedelta(hours=4)
_SEED = 7
_SPARE_INSTANCES = 4


@dataclass(frozen=True, slots=True)
class Scenario:
    """Instants are UTC; `sessions` are (epoch seconds, duration in seconds) by arrival."""

    traffic: str
    sessions: Sequence[tuple[float, float]]
    start: datetime
    end: datetime
    windows: tuple[Span, ...]
    opens: time  # local
    closes: time  # local
    drought: Span  # without capacity for the preferred type
    morning_floor: int  # instances that the first half hour of a day needs
    max_instances: int

    @property
    def window_cron(self) -> tuple[str, str]:
        return (
            f"{self.opens.minute} {self.opens.hour} * * MON-FRI",
            f"{self.closes.minute} {self.closes.hour} * * MON-FRI",
        )


def from_profile(days: int) -> Scenario:
    """Calls generated from profile.json; the seed makes them the same each time."""
    played = range(days)
    sessions = profile.generate(profile.load(), days=played, seed=_SEED)
    return _scenario(sessions, "generated from the traffic profile of a large bank", played)


def from_trace(path: Path, days: int) -> Scenario:
    """The first `days` working days in a row of a trace, or fewer where it has no more.

    Raises ValueError where no working day has a call.
    """
    sessions = files.read(path)
    played = _playable(sessions, days)
    return _scenario(on_days(sessions, played), f"from {path.name}", played)


def _scenario(sessions: Sequence[Session], traffic: str, days: Sequence[int]) -> Scenario:
    opens_min, closes_min = opening_hours(sessions)
    opens, closes = _time(opens_min), _time(closes_min)
    first_monday = days[0] // 7 * 7
    dates = [_A_MONDAY + timedelta(days=day - first_monday) for day in days]
    windows = tuple(Span(_instant(day, opens), _instant(day, closes)) for day in dates)
    shift = _instant(_A_MONDAY, time()).timestamp() - first_monday * DAY_S
    ramp = on_days(sessions, days[:1])
    return Scenario(
        traffic=f"{len(sessions):,} calls on {_days(days)}, {traffic}",
        sessions=[(s.arrival_s + shift, float(s.duration_s)) for s in sessions],
        start=windows[0].start - timedelta(minutes=opens_min) - _EVENING_BEFORE,
        end=_instant(dates[-1] + timedelta(days=1), opens) + timedelta(minutes=15),
        windows=windows,
        opens=opens,
        closes=closes,
        drought=_drought(windows[0]),
        morning_floor=_instances(_concurrency(ramp, opens_min * 60 + 1800, days[0])),
        max_instances=_instances(_peak(sessions)) + _SPARE_INSTANCES,
    )


def _playable(sessions: Sequence[Session], days: int) -> Sequence[int]:
    for count in range(days, 0, -1):
        try:
            return working_days(sessions, count)
        except ValueError as error:
            no_days = error
    raise no_days


def _days(days: Sequence[int]) -> str:
    return "one day" if len(days) == 1 else f"{len(days)} days"


def _drought(window: Span) -> Span:
    """From an eighth of the first day to a third of it, where the load climbs."""
    length = window.end - window.start
    return Span(window.start + length / 8, window.start + length / 3)


def _instances(streams: int) -> int:
    return max(1, ceil(streams / (CAPACITY[PREFERRED] * TARGET)))


def _peak(sessions: Sequence[Session]) -> int:
    changes = sorted(
        change for s in sessions for change in ((s.arrival_s, 1), (s.arrival_s + s.duration_s, -1))
    )
    return max(accumulate(step for _, step in changes))


def _concurrency(sessions: Sequence[Session], time_of_day_s: int, day: int) -> int:
    at = day * DAY_S + time_of_day_s
    return sum(s.arrival_s <= at < s.arrival_s + s.duration_s for s in sessions)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, TIMEZONE).astimezone(UTC)
