"""How full is a fleet of mixed instance types?

With live instances n_i, capacity c_i and mean concurrency per instance x_i of each pool i:
utilization = sum(n_i x_i) / sum(n_i c_i). A pool without instances drops out of both sums.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.endpoints import Capacities, Endpoint, Pool, Status, Variant
from lowtide.domain.readings import NoReading

OLDEST_USEFUL = timedelta(minutes=3)


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
    """The figures of one variant from the newest minute known, or why there are none.

    `series` is keyed by instance type. A pool whose instances have reported nothing while others
    have is new: it counts as empty.
    """
    live = [pool for pool in variant.pools if pool.live]
    if fault := _not_readable(endpoint, live) or _no_capacity(live, capacities):
        return fault
    concurrency = mean_concurrency(live, series, now)
    if isinstance(concurrency, NoReading):
        return concurrency
    pools = [
        PoolLoad(p.live, capacities.by_type[p.instance_type], concurrency.get(p.instance_type, 0.0))
        for p in live
    ]
    return figures(pools, capacities.of_reference)


def streams_open(
    endpoint: Endpoint, series: Mapping[str, Mapping[str, Series]], now: datetime
) -> float | NoReading:
    """Streams over all variants; `series` is keyed by variant, then instance type.

    A pool that reports nothing may hold streams: then there is no reading.
    """
    total = 0.0
    for variant in endpoint.variants:
        live = [pool for pool in variant.pools if pool.live]
        concurrency = mean_concurrency(live, series[variant.name], now)
        if isinstance(concurrency, NoReading):
            return concurrency
        if silent := [p.instance_type for p in live if p.instance_type not in concurrency]:
            return NoReading("silent-pool", f"no concurrency from {', '.join(silent)}")
        total += sum(pool.live * concurrency[pool.instance_type] for pool in live)
    return total


def mean_concurrency(
    live: Sequence[Pool], series: Mapping[str, Series], now: datetime
) -> Mapping[str, float] | NoReading:
    """Of the pools that report, all from one minute: the newest that each of them has."""
    reported = {p.instance_type: s for p in live if (s := series.get(p.instance_type))}
    if not reported:
        return NoReading("no-data", "CloudWatch has no concurrency for the last minutes")
    common = set[datetime].intersection(*(set(s) for s in reported.values()))
    if not common or now - max(common) > OLDEST_USEFUL:
        return NoReading("stale", f"no minute of the last {OLDEST_USEFUL} has every pool's data")
    newest = max(common)
    return {instance_type: series[newest] for instance_type, series in reported.items()}


def _not_readable(endpoint: Endpoint, live: Sequence[Pool]) -> NoReading | None:
    if endpoint.status not in (Status.IN_SERVICE, Status.UPDATING):
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
