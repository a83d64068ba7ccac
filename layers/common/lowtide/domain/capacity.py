"""How full is a fleet of mixed instance types?

With live instances n_i, capacity c_i and mean concurrency per instance x_i of each pool i:
utilization = sum(n_i x_i) / sum(n_i c_i). A pool without instances drops out of both sums.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.endpoints import SERVING, Endpoint, Pool, Variant
from lowtide.domain.readings import NoReading
from lowtide.domain.scaling import Capacities

# Counted from the beginning of the minute that was read.
OLDEST_USEFUL = timedelta(minutes=3)
OLDEST_TO_DRAIN = timedelta(minutes=2, seconds=30)
_MINUTES_TO_DRAIN = 2


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """One pool with instances: `concurrency` is the mean number of streams an instance holds."""

    live: int
    capacity: float
    concurrency: float


@dataclass(frozen=True, slots=True)
class Figures:
    """1.0 is full; nothing is clamped, an overloaded fleet reads more."""

    utilization: float
    weighted_concurrency: float  # utilization in streams of one reference instance
    worst_pool: float
    streams: float
    capacity: float


type Series = Mapping[datetime, float]
"""Mean concurrency per instance by the start of its minute."""


def figures(pools: Sequence[PoolLoad], reference_capacity: float) -> Figures:
    """Needs at least one pool with a live instance."""
    streams = sum(pool.live * pool.concurrency for pool in pools)
    capacity = sum(pool.live * pool.capacity for pool in pools)
    return Figures(
        utilization=streams / capacity,
        weighted_concurrency=streams / capacity * reference_capacity,
        worst_pool=max(pool.concurrency / pool.capacity for pool in pools),
        streams=streams,
        capacity=capacity,
    )


def load(
    endpoint: Endpoint,
    variant: Variant,
    capacities: Capacities,
    series: Mapping[str, Series],
    now: datetime,
) -> Figures | NoReading:
    """The figures of one variant from the newest minute that every pool has reported, or why not.

    `series` is keyed by instance type.
    """
    live = [pool for pool in variant.pools if pool.live]
    if fault := _not_readable(endpoint, live) or _no_capacity(live, capacities):
        return fault
    if silent := _silent(live, series):
        return silent
    newest = max(_common_minutes(live, series), default=None)
    if newest is None or now - newest > OLDEST_USEFUL:
        return NoReading("stale", f"no minute of the last {OLDEST_USEFUL} has every pool's data")
    pools = [
        PoolLoad(p.live, capacities.by_type[p.instance_type], series[p.instance_type][newest])
        for p in live
    ]
    return figures(pools, capacities.of_reference)


def streams_open(
    endpoint: Endpoint,
    series: Mapping[str, Mapping[str, Series]],
    since: datetime,
    now: datetime,
) -> float | NoReading:
    """The most streams in either of the last two minutes reported, both later than `since`.

    `series` is keyed by variant, then instance type. Whatever is not known may be open streams.
    """
    if not endpoint.variants:
        return NoReading("no-variants", "SageMaker shows no variant")
    total = 0.0
    for variant in endpoint.variants:
        live = [pool for pool in variant.pools if pool.live]
        streams = _streams_of(live, series[variant.name], since, now)
        if isinstance(streams, NoReading):
            return streams
        total += streams
    return total


def _streams_of(
    live: Sequence[Pool], series: Mapping[str, Series], since: datetime, now: datetime
) -> float | NoReading:
    if silent := _silent(live, series):
        return silent
    minutes = sorted(m for m in _common_minutes(live, series) if m >= since)[-_MINUTES_TO_DRAIN:]
    if len(minutes) < _MINUTES_TO_DRAIN or now - minutes[-1] > OLDEST_TO_DRAIN:
        return NoReading("too-early", "two recent minutes since the end began are not reported yet")
    return max(sum(p.live * series[p.instance_type][m] for p in live) for m in minutes)


def _silent(live: Sequence[Pool], series: Mapping[str, Series]) -> NoReading | None:
    silent = [pool.instance_type for pool in live if not series.get(pool.instance_type)]
    if silent or not live:
        return NoReading("no-data", f"no concurrency from {', '.join(silent) or 'any instance'}")
    return None


def _common_minutes(live: Sequence[Pool], series: Mapping[str, Series]) -> set[datetime]:
    return set[datetime].intersection(*(set(series[pool.instance_type]) for pool in live))


def _not_readable(endpoint: Endpoint, live: Sequence[Pool]) -> NoReading | None:
    if endpoint.status not in SERVING:
        return NoReading("not-in-service", f"the endpoint is {endpoint.status}")
    if not live:
        return NoReading("no-instances", "no instance is in service")
    return None


def _no_capacity(live: Sequence[Pool], capacities: Capacities) -> NoReading | None:
    unknown = [p.instance_type for p in live if p.instance_type not in capacities.by_type]
    if not unknown:
        return None
    return NoReading(
        "unknown-type", f"scaling.capacity has no figure for {', '.join(sorted(unknown))}"
    )
