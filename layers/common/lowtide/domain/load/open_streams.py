"""The streams of an endpoint that a delete would cut."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lowtide.domain.endpoint import Endpoint, Idle, Pool
from lowtide.domain.load.reading import MissingReading, Series

_MINUTES = 2
_OLDEST = timedelta(minutes=2, seconds=30)  # since the start of the newer of these minutes
# CloudWatch has all of a minute that ended so long ago.
_REPORTED_WITHIN = timedelta(minutes=2)
_TOO_EARLY = MissingReading("too-early", "two minutes since the drain began are not reported yet")


def open_streams(
    endpoint: Endpoint,
    series: Mapping[str, Mapping[str, Series]],
    since: datetime,
    now: datetime,
    idle: Idle,
) -> float | MissingReading:
    """The most streams in either of the last two minutes reported, both later than `since`.

    `series` is keyed by variant, then instance type, and has the mean of an instance. What is
    missing may be open streams, so it is never read as zero.
    """
    if not endpoint.variants:
        return MissingReading("no-variants", "SageMaker shows no variant")
    total = 0.0
    for variant in endpoint.variants:
        live = [pool for pool in variant.pools if pool.live]
        read = _where_idle_is_silent if idle == "silent" else _where_idle_is_zero
        streams = read(live, series[variant.name], since, now)
        if isinstance(streams, MissingReading):
            return streams
        total += streams
    return total


def _where_idle_is_silent(
    live: Sequence[Pool], series: Mapping[str, Series], since: datetime, now: datetime
) -> float | MissingReading:
    """The most streams of each type, in two minutes that are surely reported and all newer ones."""
    if not live:
        return MissingReading("no-data", "no concurrency from any instance")
    minute = now.replace(second=0, microsecond=0)
    first = minute - _REPORTED_WITHIN - _MINUTES * timedelta(minutes=1)
    if first < since:
        return _TOO_EARLY
    recent = {
        instance_type: [value for start, value in points.items() if start >= first]
        for instance_type, points in series.items()
    }
    return sum(pool.live * max(recent.get(pool.instance_type, ()), default=0.0) for pool in live)


def _where_idle_is_zero(
    live: Sequence[Pool], series: Mapping[str, Series], since: datetime, now: datetime
) -> float | MissingReading:
    """The streams of the busier of the last two minutes that every type has."""
    silent = [pool.instance_type for pool in live if not series.get(pool.instance_type)]
    if silent or not live:
        return MissingReading(
            "no-data", f"no concurrency from {', '.join(silent) or 'any instance'}"
        )
    common = set[datetime].intersection(*(set(series[pool.instance_type]) for pool in live))
    minutes = sorted(start for start in common if start >= since)[-_MINUTES:]
    if len(minutes) < _MINUTES or now - minutes[-1] > _OLDEST:
        return _TOO_EARLY
    return max(
        sum(pool.live * series[pool.instance_type][start] for pool in live) for start in minutes
    )
