"""The floors of the coming week, made once for each local day from the readings before it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.curve.day import BIN, BINS, days_from
from lowtide.domain.curve.floor import floor_at, target_above_floors
from lowtide.domain.curve.forecast import Basis, Forecast, forecast, weeks_to_average
from lowtide.domain.curve.settings import CurveSettings
from lowtide.domain.schedule import Schedule, in_timezone

DAYS_TO_READ = 63  # CloudWatch keeps points of five minutes for as long
_DAYS = 7
# A plan counts a little longer than its day, until the next one is made and put.
_OVERLAP = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Change:
    """From a bin on, of a day or of a week that begins on Monday, `count` instances."""

    bin: int
    count: int


@dataclass(frozen=True, slots=True)
class DayOfFloors:
    """`changes` begin at midnight; () where no earlier day is known. `first` is the floor as it
    opens, `hours` are those of instances while it is open."""

    on: date
    changes: tuple[Change, ...]
    first: int = 0
    hours: float = 0.0
    left_out: tuple[date, ...] = ()

    def at(self, b: int) -> int:
        """Returns the floor in a bin; 0 where there is none."""
        return next((each.count for each in reversed(self.changes) if each.bin <= b), 0)


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """Made on the local day `on`, for what the file asked for then: `made_for`.

    `today` is its forecast. `target` is the share of the capacity for target tracking while the
    floors are in force; None where the file's own holds. `promised` are the instance-hours of the
    floors as the first plan of the week had them.
    """

    on: date
    until: datetime
    made_for: str
    variant: str
    today: Forecast | None
    target: float | None
    week: tuple[DayOfFloors, ...]
    promised: float = 0.0

    def day(self, on: date) -> DayOfFloors:
        """Returns the floors of `on`, none where the plan does not reach it."""
        return next((day for day in self.week if day.on == on), DayOfFloors(on, ()))

    @property
    def hours(self) -> float:
        """Returns the instance-hours of its floors, while they are open."""
        return sum(day.hours for day in self.week)


def plan_week(
    readings: Mapping[datetime, float],
    schedule: Schedule,
    on: date,
    capacity: float,
    settings: CurveSettings,
) -> tuple[Forecast | None, tuple[DayOfFloors, ...]]:
    """Returns the forecast of the day `on`, and floors for it and the six days after it.

    `readings` are by the UTC instant at which their bin begins, of days before `on`.
    """
    first, known = on - timedelta(days=DAYS_TO_READ), DAYS_TO_READ + _DAYS
    days = days_from(first, known, schedule, readings)
    history = {day: each for day, each in days.items() if day < on}
    settings = replace(settings, weeks=weeks_to_average(history, on, settings.weeks))
    made = [(day, forecast(history, each, settings)) for day, each in days.items() if day >= on]
    return made[0][1], tuple(_floors_of(day, found, capacity, settings) for day, found in made)


def target_on(today: Forecast | None, settings: CurveSettings) -> float | None:
    """Returns the target above today's floors; None where they come from other weekdays."""
    if today is None or today.basis == Basis.LAST_DAYS:
        return None
    return settings.target or target_above_floors(today)


def ends(on: date, timezone: ZoneInfo) -> datetime:
    """Returns until when a plan of the local day `on` counts."""
    midnight = datetime.combine(on + timedelta(days=1), datetime.min.time())
    return in_timezone(midnight, timezone) + _OVERLAP


def _floors_of(
    on: date, made: Forecast | None, capacity: float, settings: CurveSettings
) -> DayOfFloors:
    if made is None:
        return DayOfFloors(on, ())
    floors = [floor_at(made, 1.0, b, capacity, settings) for b in range(BINS)]
    open_floors = [floor for floor, is_open in zip(floors, made.is_open, strict=True) if is_open]
    hours = sum(open_floors) * (BIN / timedelta(hours=1))
    return DayOfFloors(on, _changes(floors), floors[made.opens], hours, made.left_out)


def changes_of_week(
    week: Sequence[DayOfFloors], least: int, most: int, most_changes: int
) -> tuple[Change, ...]:
    """Returns where the count changes, each within `least` and `most`; () where it never does.

    Of more than `most_changes` the cheapest are left out: the count then rises earlier or falls
    later, it is never lower.
    """
    by_weekday = {day.on.weekday(): day for day in week}
    counts = [
        min(most, max(least, day.at(b) if day else 0))
        for day in map(by_weekday.get, range(_DAYS))
        for b in range(BINS)
    ]
    if set(counts) <= {least} or most_changes < 1:
        return ()
    return _merged(_changes(counts), len(counts), most_changes)


def _changes(counts: Sequence[int]) -> tuple[Change, ...]:
    starts = [b for b in range(len(counts)) if b == 0 or counts[b] != counts[b - 1]]
    return tuple(Change(b, counts[b]) for b in starts)


def _merged(changes: Sequence[Change], end: int, most: int) -> tuple[Change, ...]:
    """At most so many: of two that are joined the larger count stays."""
    left = list(changes)
    while len(left) > most:
        ends = [*(change.bin for change in left[1:]), end]
        costs = [_cost(left[i : i + 2], ends[i : i + 2]) for i in range(len(left) - 1)]
        at = costs.index(min(costs))
        count = max(left[at].count, left[at + 1].count)
        left[at : at + 2] = [Change(left[at].bin, count)]
    return tuple(left)


def _cost(joined: Sequence[Change], ends: Sequence[int]) -> int:
    """The bins of instances that joining two neighbours adds."""
    (one, other), (end, other_end) = joined, ends
    added = other.count - one.count
    return added * (end - one.bin) if added > 0 else -added * (other_end - other.bin)
