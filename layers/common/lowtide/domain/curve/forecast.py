"""The streams to expect on a day, bin by bin, from the days before it.

The mean of the latest same weekdays is mixed with the shape of all recent days like them, and
smoothed over more minutes the fewer streams there are. A bin without a reading is not zero.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lowtide.domain.curve.day import BINS, Day
from lowtide.domain.curve.settings import CurveSettings

_FARTHEST_WEEKS = 9  # CloudWatch keeps points of five minutes for 63 days
_ODD = 0.6  # a day below this share of the usual total, or above its inverse, is left out
_DEAD = 0.1  # of a usual day: an outage or a holiday, however many there are of them
_SHAPE_WEIGHT = 4  # the common shape counts as much as four same weekdays
_SAME_HOURS = 0.98 * BINS
_STREAMS_TO_SMOOTH, _WIDEST = 30.0, 6  # 30 streams a triangle's arm, of one to six bins
_LAST_DAYS = 5
_LEAST_KNOWN = 0.5  # of the open bins: a day with fewer readings is no day of the history
_GROWTH, _GROWN_DAYS, _WEEKS_WHEN_GROWN = 1.3, 3, 2

type _Row = Sequence[float]


class Basis(StrEnum):
    """Where a forecast comes from; after LAST_DAYS the file's own target holds."""

    SAME_WEEKDAYS = "the same weekdays of the last weeks"
    LAST_DAYS = "the largest of the last open days, of other weekdays"


@dataclass(frozen=True, slots=True)
class Forecast:
    """`means` by bin, 0 where closed; `left_out` are same weekdays that were odd."""

    on: date
    means: tuple[float, ...]
    is_open: tuple[bool, ...]
    basis: Basis
    left_out: tuple[date, ...] = ()

    @property
    def opens(self) -> int:
        """Returns the first open bin; 0 on a day without one."""
        return self.is_open.index(True) if any(self.is_open) else 0

    @property
    def mean_while_open(self) -> float:
        on = [mean for mean, is_open in zip(self.means, self.is_open, strict=True) if is_open]
        return sum(on) / max(1, len(on))


def forecast(history: Mapping[date, Day], today: Day, settings: CurveSettings) -> Forecast | None:
    """Returns None where no earlier day is known; of `today` only date and hours are read."""
    same = list(_same_weekdays(history, today.on, settings.weeks))
    if not same:
        return _from_last_days(history, today)
    rows = _filled(same)
    kept = _kept([sum(row) for row in rows], _total_of_others(history, today.on, settings.weeks))
    means = _means([rows[i] for i in kept])
    readings = _counts([same[i] for i in kept])
    alike = _days_alike(history, today, settings.weeks, sum(means))
    if len(alike) > len(kept) and sum(means) > 0:
        means, readings = _mixed(means, readings, alike)
    smooth = _smoothed(means, readings, today.is_open)
    left_out = tuple(day.on for i, day in enumerate(same) if i not in kept)
    return Forecast(today.on, smooth, today.is_open, Basis.SAME_WEEKDAYS, left_out)


def weeks_to_average(history: Mapping[date, Day], on: date, weeks: int) -> int:
    """Returns `weeks`, or 2 after three open days in a row far above their own weekdays.

    A customer who has grown would otherwise wait four weeks for a mean of the new size.
    """
    last = list(_latest_open(history, on, _GROWN_DAYS))
    grown = [day for day in last if _has_grown(history, day, weeks)]
    return min(weeks, _WEEKS_WHEN_GROWN) if len(grown) == _GROWN_DAYS else weeks


def _has_grown(history: Mapping[date, Day], day: Day, weeks: int) -> bool:
    before = list(_same_weekdays(history, day.on, weeks))
    if not before:
        return False
    *rows, seen = _filled([*before, day])
    return sum(seen) > _GROWTH * sum(map(sum, rows)) / len(rows) > 0


def _same_weekdays(history: Mapping[date, Day], on: date, weeks: int) -> Iterator[Day]:
    """Yields the latest `weeks` that were open, newest first."""
    days = (history.get(on - timedelta(weeks=back)) for back in range(1, _FARTHEST_WEEKS + 1))
    usable = [day for day in days if day and _is_usable(day)]
    yield from usable[:weeks]


def _latest_open(history: Mapping[date, Day], on: date, count: int) -> Iterator[Day]:
    days = (history.get(on - timedelta(days=back)) for back in range(1, 7 * _FARTHEST_WEEKS + 1))
    usable = [day for day in days if day and _is_usable(day)]
    yield from usable[:count]


def _is_usable(day: Day) -> bool:
    readings = [day.streams[b] for b in range(BINS) if day.is_open[b]]
    known = sum(reading is not None for reading in readings)
    return known > 0 and known >= _LEAST_KNOWN * len(readings)


def _total_of_others(history: Mapping[date, Day], on: date, weeks: int) -> float | None:
    """Returns the median total of the recent days of other weekdays, None without one."""
    recent = (history.get(on - timedelta(days=back)) for back in range(1, 7 * weeks) if back % 7)
    totals = [sum(row) for row in _filled([day for day in recent if day and _is_usable(day)])]
    return _middle(totals) if totals else None


def _kept(totals: Sequence[float], of_others: float | None) -> Sequence[int]:
    """Which totals are like the median of those that are not dead; where none is, those like the
    largest.

    Of two dead days and one usual one, the median would be nothing: no floor on a usual day. A day
    is not dead beside a surge, such as a load test, that no other weekday comes near to.
    """
    largest = max(totals)
    dead = _DEAD * (largest if of_others is None else min(largest, of_others))
    usual = _middle([total for total in totals if total >= dead])
    if not any(_is_like(total, usual) for total in totals):
        usual = largest
    return [i for i, total in enumerate(totals) if _is_like(total, usual)]


def _days_alike(history: Mapping[date, Day], today: Day, weeks: int, level: float) -> Sequence[Day]:
    """The recent days that were open the same hours and about as busy, whatever their weekday."""
    recent = (history.get(today.on - timedelta(days=back)) for back in range(7 * weeks, 0, -1))
    days = [day for day in recent if day and _is_usable(day) and _has_same_hours(day, today)]
    totals = map(sum, _filled(days))
    return [day for day, total in zip(days, totals, strict=True) if _is_like(total, level)]


def _mixed(
    means: _Row, readings: Sequence[int], alike: Sequence[Day]
) -> tuple[_Row, Sequence[int]]:
    """The means, and the shape of the days alike at their level: the more, the fewer readings."""
    shape = [sum(column) for column in zip(*_filled(alike), strict=True)]
    of_shape = sum(x for x, count in zip(shape, readings, strict=True) if count)
    level = sum(x for x, count in zip(means, readings, strict=True) if count)
    scale = level / of_shape if of_shape else 0.0
    weights = [_SHAPE_WEIGHT / (_SHAPE_WEIGHT + count) for count in readings]
    bins = zip(weights, means, shape, strict=True)
    mixed = [(1 - w) * x + w * scale * y for w, x, y in bins]
    return mixed, [n + of for n, of in zip(readings, _counts(alike), strict=True)]


def _smoothed(means: _Row, readings: Sequence[int], is_open: Sequence[bool]) -> tuple[float, ...]:
    """A triangle over the open bins that have a reading, or the nearest one that has."""
    known = [b for b in range(BINS) if is_open[b] and readings[b]]
    if not known:
        return (0.0,) * BINS
    busy = sum(means[b] for b in known) / len(known)
    arm = min(_WIDEST, max(1, round(_STREAMS_TO_SMOOTH / max(busy, 1e-9))))
    return tuple(_at(b, means, known, arm) if is_open[b] else 0.0 for b in range(BINS))


def _at(b: int, means: _Row, known: Sequence[int], arm: int) -> float:
    near = known[bisect_left(known, b - arm) : bisect_right(known, b + arm)]
    if not near:
        return means[min(known, key=lambda i: abs(i - b))]
    weighted = [((arm + 1 - abs(i - b)), means[i]) for i in near]
    return sum(w * x for w, x in weighted) / sum(w for w, _ in weighted)


def _from_last_days(history: Mapping[date, Day], today: Day) -> Forecast | None:
    """The largest of the last open days, where no same weekday is known yet."""
    days = list(_latest_open(history, today.on, _LAST_DAYS))
    if not days:
        return None
    largest = [max(column) for column in zip(*_filled(days), strict=True)]
    smooth = _smoothed(largest, _counts(days), today.is_open)
    return Forecast(today.on, smooth, today.is_open, Basis.LAST_DAYS)


def _means(rows: Sequence[_Row]) -> _Row:
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def _counts(days: Sequence[Day]) -> Sequence[int]:
    """How many of the days have each bin; where one was closed, it had no streams."""
    return [
        sum(not day.is_open[b] or day.streams[b] is not None for day in days) for b in range(BINS)
    ]


def _has_same_hours(day: Day, today: Day) -> bool:
    same = sum(a == b for a, b in zip(day.is_open, today.is_open, strict=True))
    return same >= _SAME_HOURS


def _is_like(total: float, usual: float) -> bool:
    return _ODD * usual <= total <= usual / _ODD


def _middle(totals: Sequence[float]) -> float:
    ordered = sorted(totals)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _filled(days: Sequence[Day]) -> list[list[float]]:
    """The open bins of each day; a missing one takes the mean of the days that have it."""
    columns = zip(*(day.streams for day in days), strict=True)
    usual = []
    for b, column in enumerate(columns):
        known = [x for day, x in zip(days, column, strict=True) if x is not None and day.is_open[b]]
        usual.append(sum(known) / len(known) if known else 0.0)
    return [[_reading(day, b, usual[b]) for b in range(BINS)] for day in days]


def _reading(day: Day, b: int, usual: float) -> float:
    if not day.is_open[b]:
        return 0.0
    reading = day.streams[b]
    return usual if reading is None else reading
