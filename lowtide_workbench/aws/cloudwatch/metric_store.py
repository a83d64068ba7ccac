"""CloudWatch's data points: 60-second statistics, and 10-second ones for three hours."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

FINE_S = 10
COARSE_S = 60
FINE_LIFE_S = 3 * 3600
_DAY_S = 86400
# How long points can be asked for by period: minutes, five minutes, hours.
_LIVES_S = ((3600, 455 * _DAY_S), (300, 63 * _DAY_S), (COARSE_S, 15 * _DAY_S))
_PERCENTILE = re.compile(r"p(100|\d{1,2}(?:\.\d+)?)")


class MetricName(NamedTuple):
    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


def metric(namespace: str, name: str, **dimensions: str) -> MetricName:
    return MetricName(namespace, name, frozenset(dimensions.items()))


@dataclass(slots=True)
class Statistics:
    total: float
    count: float
    minimum: float
    maximum: float
    values: dict[float, float] | None = None  # the count of each; None: no percentiles

    def add(self, other: "Statistics") -> None:
        self.total += other.total
        self.count += other.count
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)
        if self.values is None or other.values is None:
            self.values = None
            return
        for value, count in other.values.items():
            self.values[value] = self.values.get(value, 0.0) + count

    def copy(self) -> "Statistics":
        values = None if self.values is None else dict(self.values)
        return Statistics(self.total, self.count, self.minimum, self.maximum, values)

    def value(self, statistic: str) -> float | None:
        return reader(statistic)(self)

    def percentile(self, percent: float) -> float | None:
        """By rank; None where only sums are kept. How CloudWatch interpolates is unknown."""
        if self.values is None:
            return None
        rank, count = math.ceil(self.count * percent / 100), 0.0
        for value in sorted(self.values):
            count += self.values[value]
            if count >= rank:
                return value
        return self.maximum


_SIMPLE: Mapping[str, Callable[[Statistics], float]] = {
    "Average": lambda statistics: statistics.total / statistics.count,
    "Sum": attrgetter("total"),
    "Minimum": attrgetter("minimum"),
    "Maximum": attrgetter("maximum"),
    "SampleCount": attrgetter("count"),
}


def reader(statistic: str) -> Callable[[Statistics], float | None]:
    """The function that reads a statistic; ValueError for one that is not kept."""
    if statistic in _SIMPLE:
        return _SIMPLE[statistic]
    if not _PERCENTILE.fullmatch(statistic):
        raise ValueError(f"statistic {statistic!r}: the five simple ones and percentiles are kept")
    percent = float(statistic[1:])
    return lambda statistics: statistics.percentile(percent)


def of(values: Sequence[float]) -> Statistics:
    return Statistics(sum(values), len(values), min(values), max(values))


def repeated(value: float, count: float) -> Statistics:
    """The statistics of one value that came `count` times; they have percentiles."""
    return Statistics(value * count, count, value, value, {value: count})


class _Series:
    __slots__ = ("coarse", "fine", "unit")

    def __init__(self) -> None:
        self.fine: dict[int, Statistics] = {}
        self.coarse: dict[int, Statistics] = {}
        self.unit: str | None = None


class MetricStore:
    def __init__(self) -> None:
        self._series: dict[MetricName, _Series] = {}

    def put(
        self,
        name: MetricName,
        at: float,
        sample: Statistics,
        *,
        fine: bool = False,
        unit: str | None = None,
    ) -> None:
        series = self._series.get(name)
        if series is None:
            series = self._series[name] = _Series()
        series.unit = unit or series.unit
        _merge(series.coarse, int(at // COARSE_S) * COARSE_S, sample)
        if fine:
            bucket = int(at // FINE_S) * FINE_S
            _merge(series.fine, bucket, sample)
            series.fine.pop(bucket - FINE_LIFE_S, None)

    def names(self) -> Iterable[MetricName]:
        return self._series.keys()

    def unit(self, name: MetricName) -> str | None:
        series = self._series.get(name)
        return series.unit if series else None

    def read(
        self,
        name: MetricName,
        start: float,
        end: float,
        period: int,
        now: float,
        anchor: int = 0,
    ) -> Mapping[int, Statistics]:
        """The statistics by the start of each period, in order, of [start, end).

        `start` is rounded down to a minute, or to a shorter period. Periods below a minute read
        10-second data, which lives three hours. Periods begin at multiples of it from `anchor`.
        """
        series = self._series.get(name)
        if series is None:
            return {}
        points, start = series.coarse, max(start, now - _life(period))
        grain, rounding = COARSE_S, COARSE_S
        if period % COARSE_S:
            rounding = period
            if series.fine:
                points, grain = series.fine, FINE_S
                start = max(start, now - FINE_LIFE_S)
            else:
                grain = FINE_S
        first = int(start // rounding) * rounding
        if grain == period:
            return {at: points[at] for at in range(first, math.ceil(end), grain) if at in points}
        return _buckets(points, range(first, math.ceil(end), grain), period, anchor)


def _life(period: int) -> float:
    return next((life for least, life in _LIVES_S if period % least == 0), _LIVES_S[-1][1])


def _merge(buckets: dict[int, Statistics], start: int, sample: Statistics) -> None:
    present = buckets.get(start)
    if present is None:
        buckets[start] = sample.copy()
    else:
        present.add(sample)


def _buckets(
    points: Mapping[int, Statistics], times: range, period: int, anchor: int
) -> dict[int, Statistics]:
    buckets: dict[int, Statistics] = {}
    for at in times:
        point = points.get(at)
        if point is not None:
            _merge(buckets, (at - anchor) // period * period + anchor, point)
    return buckets
