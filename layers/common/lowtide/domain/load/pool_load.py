"""The streams of each instance type, from series that may be late, partial, silent or absent.

Instances are counted now, concurrency is of a period that has ended; while a fleet scales, for a
minute or two, they disagree: docs/understand/the-metric.md says what that does to the metrics.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lowtide.domain.endpoint.metering import Metering
from lowtide.domain.endpoint.observed import SAMPLES_EVERY, Endpoint, Status
from lowtide.domain.load.figures import Load
from lowtide.domain.load.reading import MissingReading, Series

OLDEST_USEFUL = timedelta(minutes=2)  # since the end of the period
# Until an instance that is in service has reported, as far as anybody knows.
SETTLES_WITHIN = timedelta(minutes=5)
# A sum lacks the samples that are still on their way; a mean does not mind.
SUM_IS_WHOLE_AFTER = timedelta(seconds=20)
_CHANGING = {Status.UPDATING, Status.SYSTEM_UPDATING, Status.ROLLING_BACK}


@dataclass(frozen=True, slots=True)
class Loads:
    """`left_out` are live types that are in none of the `loads`."""

    loads: tuple[Load, ...]
    left_out: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Values:
    """What is taken of each type, and the start of the oldest period that it comes from."""

    by_type: Mapping[str, float]
    since: datetime
    notes: tuple[str, ...] = ()


def suited(metering: Metering, endpoint: Endpoint) -> Metering:
    """A sum tells the streams of samples at SageMaker's own pace; a mean tells them at any."""
    if endpoint.samples_every == SAMPLES_EVERY:
        return metering
    return replace(metering, reading=replace(metering.reading, total="average"))


def loads(
    endpoint: Endpoint,
    live: Mapping[str, int],
    metering: Metering,
    series: Mapping[str, Series],
    now: datetime,
) -> Loads | MissingReading:
    """`live` are the instances by type, none without; every type has a capacity."""
    ended = {each: _ended(series.get(each, {}), metering, now) for each in live}
    changing = _is_changing(endpoint, now)
    if metering.reading.idle == "silent":
        values = _newest_of_each(ended, metering, now, changing=changing)
    else:
        values = _of_one_period(ended, metering, now, changing=changing)
    if isinstance(values, MissingReading):
        return values
    left_out = tuple(each for each in live if each not in values.by_type)
    found = tuple(
        Load(count, metering.capacities.by_type[each], _streams(count, value, metering))
        for each, count in live.items()
        if (value := values.by_type.get(each)) is not None
    )
    return Loads(found, left_out, tuple(_notes(endpoint, values, left_out)))


def _of_one_period(
    ended: Mapping[str, Series], metering: Metering, now: datetime, *, changing: bool
) -> _Values | MissingReading:
    """Instances without streams say zero: whoever says nothing is late, or too new to be heard."""
    silent = sorted(each for each, points in ended.items() if not points)
    if len(silent) == len(ended) or (silent and not changing):
        return MissingReading("no-data", f"no concurrency from {', '.join(silent)}")
    starts = sorted({start for points in ended.values() for start in points})
    whole = [s for s in starts if all(s in p or _is_new(p, s, changing) for p in ended.values())]
    if not whole or not _is_recent(whole[-1], metering, now):
        return MissingReading(
            "stale", f"no period of the last {OLDEST_USEFUL} has every type's data"
        )
    at = whole[-1]
    late = () if at == starts[-1] else (f"read as of {at:%H:%M:%S}, the newest that all have",)
    return _Values({each: points[at] for each, points in ended.items() if at in points}, at, late)


def _newest_of_each(
    ended: Mapping[str, Series], metering: Metering, now: datetime, *, changing: bool
) -> _Values | MissingReading:
    """Instances without streams say nothing: of an endpoint at rest, they count zero."""
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
    notes = (f"silent and taken for idle: {', '.join(silent)}",) if idle else ()
    return _Values(values | idle, min(recent.values(), default=now), notes)


def _is_changing(endpoint: Endpoint, now: datetime) -> bool:
    """Whether an instance may be so new that nothing has been heard of it."""
    modified = endpoint.modified_at
    lately = modified is None or now - modified < SETTLES_WITHIN
    return lately or endpoint.status in _CHANGING


def _is_new(points: Series, at: datetime, changing: bool) -> bool:
    return changing and all(start > at for start in points)


def _ended(points: Series, metering: Metering, now: datetime) -> Series:
    """Without periods that are not over, as by clocks that disagree."""
    rest = SUM_IS_WHOLE_AFTER if metering.reading.total == "sum" else timedelta()
    last = now - _period(metering) - rest
    return {start: value for start, value in points.items() if start <= last}


def _is_recent(start: datetime, metering: Metering, now: datetime) -> bool:
    return now - start - _period(metering) <= OLDEST_USEFUL


def _streams(live: int, value: float, metering: Metering) -> float:
    if metering.reading.total == "sum":
        return value / (_period(metering) / SAMPLES_EVERY)
    return live * value


def _period(metering: Metering) -> timedelta:
    return timedelta(seconds=metering.resolution)


def _notes(endpoint: Endpoint, values: _Values, left_out: tuple[str, ...]) -> Iterator[str]:
    yield from values.notes
    if left_out:
        yield f"nothing heard amid or after a change, left out: {', '.join(sorted(left_out))}"
    if endpoint.modified_at is not None and endpoint.modified_at > values.since:
        yield f"changed at {endpoint.modified_at:%H:%M:%S}: counts may be newer than their loads"
