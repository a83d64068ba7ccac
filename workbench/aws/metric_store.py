"""CloudWatch's data points: 60-second statistics, and 10-second ones for three hours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

FINE_S = 10
COARSE_S = 60
FINE_LIFE_S = 3 * 3600


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

    def add(self, other: "Statistics") -> None:
        self.total += other.total
        self.count += other.count
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)

    def value(self, statistic: str) -> float:
        match statistic:
            case "Average":
                return self.total / self.count
            case "Sum":
                return self.total
            case "Minimum":
                return self.minimum
            case "Maximum":
                return self.maximum
            case "SampleCount":
                return self.count
        raise ValueError(f"statistic {statistic!r}: only the five simple ones are kept")


def of(values: Sequence[float]) -> Statistics:
    return Statistics(sum(values), len(values), min(values), max(values))


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
        self, name: MetricName, start: float, end: float, period: int, now: float
    ) -> Mapping[int, Statistics]:
        """By the beginning of each period, in order; `start` counts whole periods, `end` is not in.

        Periods below a minute read 10-second data, which lives three hours.
        """
        series = self._series.get(name)
        if series is None:
            return {}
        grain = COARSE_S if period % COARSE_S == 0 else FINE_S
        if grain == FINE_S and series.fine:
            points, start = series.fine, max(start, now - FINE_LIFE_S)
        else:
            points = series.coarse
        return _buckets(points, int(start // grain) * grain, end, grain, period)


def _merge(buckets: dict[int, Statistics], start: int, sample: Statistics) -> None:
    present = buckets.get(start)
    if present is None:
        buckets[start] = Statistics(sample.total, sample.count, sample.minimum, sample.maximum)
    else:
        present.add(sample)


def _buckets(
    points: Mapping[int, Statistics], start: int, end: float, grain: int, period: int
) -> dict[int, Statistics]:
    buckets: dict[int, Statistics] = {}
    at = start
    while at < end:
        point = points.get(at)
        if point is not None:
            _merge(buckets, at // period * period, point)
        at += grain
    return buckets
