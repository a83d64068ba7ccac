"""Does an endpoint still hold streams that a delete would cut?"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lowtide.domain.endpoint.metering import Idle
from lowtide.domain.endpoint.observed import Endpoint, Pool
from lowtide.domain.load.reading import MissingReading, Series

# Counted from the beginning of the minute that was read.
_OLDEST = timedelta(minutes=2, seconds=30)
_MINUTES = 2
# Whoever says nothing of a minute that ended so long ago had nothing to say.
_HEARD_WITHIN = timedelta(minutes=2)
_TOO_EARLY = MissingReading(
    "too-early", "two recent minutes since the end began are not reported yet"
)


def streams_open(
    endpoint: Endpoint,
    series: Mapping[str, Mapping[str, Series]],
    since: datetime,
    now: datetime,
    idle: Idle,
) -> float | MissingReading:
    """The most streams in either of the last two minutes reported, both later than `since`.

    `series` is keyed by variant, then instance type, and tells the mean of an instance. Whatever is
    not known may be open streams.
    """
    if not endpoint.variants:
        return MissingReading("no-variants", "SageMaker shows no variant")
    total = 0.0
    for variant in endpoint.variants:
        live = [pool for pool in variant.pools if pool.live]
        read = _where_idle_is_silent if idle == "silent" else _where_idle_says_zero
        streams = read(live, series[variant.name], since, now)
        if isinstance(streams, MissingReading):
            return streams
        total += streams
    return total


def _where_idle_is_silent(
    live: Sequence[Pool], series: Mapping[str, Series], since: datetime, now: datetime
) -> float | MissingReading:
    """The most of each type since the minutes that everybody has been heard of."""
    if not live:
        return MissingReading("no-data", "no concurrency from any instance")
    first = now.replace(second=0, microsecond=0) - _HEARD_WITHIN - _MINUTES * timedelta(minutes=1)
    if first < since:
        return _TOO_EARLY
    recent = {
        each: [value for minute, value in points.items() if minute >= first]
        for each, points in series.items()
    }
    return sum(p.live * max(recent.get(p.instance_type, ()), default=0.0) for p in live)


def _where_idle_says_zero(
    live: Sequence[Pool], series: Mapping[str, Series], since: datetime, now: datetime
) -> float | MissingReading:
    silent = [pool.instance_type for pool in live if not series.get(pool.instance_type)]
    if silent or not live:
        return MissingReading(
            "no-data", f"no concurrency from {', '.join(silent) or 'any instance'}"
        )
    common = set[datetime].intersection(*(set(series[pool.instance_type]) for pool in live))
    minutes = sorted(minute for minute in common if minute >= since)[-_MINUTES:]
    if len(minutes) < _MINUTES or now - minutes[-1] > _OLDEST:
        return _TOO_EARLY
    return max(sum(p.live * series[p.instance_type][m] for p in live) for m in minutes)
