"""The load of each instance type, from series that may be late, partial, silent or absent.

Instances are counted now, concurrency is of a period that has ended; while a fleet scales, for a
minute or two, they disagree. docs/understand/the-metric.md says what that does to the metrics.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lowtide.domain.endpoint import SAMPLES_EVERY, Endpoint, Metering, Status
from lowtide.domain.load.load_metrics import PoolLoad
from lowtide.domain.load.no_data import SETTLES_WITHIN
from lowtide.domain.load.reading import MissingReading, Series

_OLDEST_USEFUL = timedelta(minutes=2)  # since the end of the period
# A sum lacks the samples that are still on their way; a mean is hardly changed by them.
_SUM_IS_COMPLETE_AFTER = timedelta(seconds=20)
_CHANGING = {Status.UPDATING, Status.SYSTEM_UPDATING, Status.ROLLING_BACK}


@dataclass(frozen=True, slots=True)
class PoolLoads:
    """`left_out` are live types that are in none of the `pools`."""

    pools: tuple[PoolLoad, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Values:
    """The value of each type, and the start of the oldest period that one comes from."""

    by_type: Mapping[str, float]
    since: datetime
    notes: tuple[str, ...] = ()


def with_usable_statistic(metering: Metering, endpoint: Endpoint) -> Metering:
    """`metering` with `total: average` where the endpoint's samples do not come every 10 seconds.

    A Sum counts streams only with that interval, which enhanced metrics can change. A mean counts
    them with any.
    """
    if endpoint.samples_every == SAMPLES_EVERY:
        return metering
    return replace(metering, reading=replace(metering.reading, total="average"))


def pool_loads(
    endpoint: Endpoint,
    live: Mapping[str, int],
    metering: Metering,
    series: Mapping[str, Series],
    now: datetime,
) -> PoolLoads | MissingReading:
    """The load of each type that has a value.

    `live` are the instances by type, at least one of each; every type has a capacity.
    """
    ended = {each: _ended(series.get(each, {}), metering, now) for each in live}
    changing = _is_changing(endpoint, now)
    read = _newest_of_each if metering.reading.idle == "silent" else _of_one_period
    values = read(ended, metering, now, changing=changing)
    if isinstance(values, MissingReading):
        return values
    left_out = tuple(each for each in live if each not in values.by_type)
    pools = tuple(
        PoolLoad(count, metering.capacities.by_type[each], _streams(count, value, metering))
        for each, count in live.items()
        if (value := values.by_type.get(each)) is not None
    )
    return PoolLoads(pools, left_out, tuple(_notes(endpoint, values, left_out)))


def _of_one_period(
    ended: Mapping[str, Series], metering: Metering, now: datetime, *, changing: bool
) -> _Values | MissingReading:
    """The values of the newest period that every type has.

    Instances without streams report zero here: a type without data is late, or new.
    """
    silent = sorted(each for each, points in ended.items() if not points)
    if len(silent) == len(ended) or (silent and not changing):
        return MissingReading("no-data", f"no concurrency from {', '.join(silent)}")
    starts = sorted({start for points in ended.values() for start in points})
    common = [s for s in starts if all(s in p or _is_new(p, s, changing) for p in ended.values())]
    if not common or not _is_recent(common[-1], metering, now):
        return MissingReading(
            "stale", f"no period of the last {_OLDEST_USEFUL} has every type's data"
        )
    at = common[-1]
    late = () if at == starts[-1] else (f"read as of {at:%H:%M:%S}, the newest that all have",)
    return _Values({each: points[at] for each, points in ended.items() if at in points}, at, late)


def _newest_of_each(
    ended: Mapping[str, Series], metering: Metering, now: datetime, *, changing: bool
) -> _Values | MissingReading:
    """The newest value of each type.

    Instances without streams report nothing here: a silent type of an endpoint that has not
    changed counts zero.
    """
    recent = {
        each: max(starts)
        for each, points in ended.items()
        if (starts := [start for start in points if _is_recent(start, metering, now)])
    }
    silent = sorted(each for each in ended if each not in recent)
    if changing and not recent:
        return MissingReading("no-data", f"no concurrency from {', '.join(silent)} since a change")
    values = {each: ended[each][start] for each, start in recent.items()}
    idle = {} if changing else dict.fromkeys(silent, 0.0)
    notes = (f"silent, counted as idle: {', '.join(silent)}",) if idle else ()
    return _Values(values | idle, min(recent.values(), default=now), notes)


def _is_changing(endpoint: Endpoint, now: datetime) -> bool:
    """Whether an instance may be so new that it has not reported yet."""
    modified = endpoint.modified_at
    recently = modified is None or now - modified < SETTLES_WITHIN
    return recently or endpoint.status in _CHANGING


def _is_new(points: Series, at: datetime, changing: bool) -> bool:
    return changing and all(start > at for start in points)


def _ended(points: Series, metering: Metering, now: datetime) -> Series:
    """The periods that are over; where clocks disagree, some may lie in the future."""
    delay = _SUM_IS_COMPLETE_AFTER if metering.reading.total == "sum" else timedelta()
    last = now - _period(metering) - delay
    return {start: value for start, value in points.items() if start <= last}


def _is_recent(start: datetime, metering: Metering, now: datetime) -> bool:
    return now - start - _period(metering) <= _OLDEST_USEFUL


def _streams(live: int, value: float, metering: Metering) -> float:
    if metering.reading.total == "sum":
        return value / (_period(metering) / SAMPLES_EVERY)
    return live * value


def _period(metering: Metering) -> timedelta:
    return timedelta(seconds=metering.resolution)


def _notes(endpoint: Endpoint, values: _Values, left_out: tuple[str, ...]) -> Iterator[str]:
    yield from values.notes
    if left_out:
        yield f"no data during or after a change, left out: {', '.join(sorted(left_out))}"
    if endpoint.modified_at is not None and endpoint.modified_at > values.since:
        yield f"changed at {endpoint.modified_at:%H:%M:%S}: counts may be newer than their loads"
