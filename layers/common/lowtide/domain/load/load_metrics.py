"""How full a fleet of mixed instance types is.

With live instances n, capacity c of one instance and streams s of each type:
utilization = sum(s) / sum(n c). A type without instances is in neither sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lowtide.domain.endpoint import MetricName


@dataclass(frozen=True, slots=True)
class PoolLoad:
    """The instances of one type; `capacity` is that of each, `streams` those of all."""

    live: int
    capacity: float
    streams: float

    @property
    def utilization(self) -> float:
        return self.streams / (self.live * self.capacity)


@dataclass(frozen=True, slots=True)
class LoadMetrics:
    """The metrics of one variant. 1.0 is full; nothing is clamped, an overloaded fleet reads more.

    `needed` and `exact` are None without a target. `notes` say what was doubtful; where there was
    a choice, the higher load was taken.
    """

    utilization: float
    weighted_concurrency: float  # utilization in streams of one reference instance
    worst_pool: float
    streams: float
    capacity: float
    needed: int | None = None
    exact: float | None = None
    notes: tuple[str, ...] = ()

    def values(self) -> Mapping[MetricName, float]:
        """Each metric that has a value."""
        values = {
            MetricName.WEIGHTED: self.weighted_concurrency,
            MetricName.UTILIZATION: self.utilization,
            MetricName.WORST_POOL: self.worst_pool,
            MetricName.STREAMS: self.streams,
            MetricName.CAPACITY: self.capacity,
            MetricName.NEEDED: self.needed,
            MetricName.EXACT: self.exact,
        }
        return {name: float(value) for name, value in values.items() if value is not None}


def load_metrics(pools: Sequence[PoolLoad], reference_capacity: float) -> LoadMetrics:
    """The metrics of `pools`, of which at least one has a live instance."""
    streams = sum(pool.streams for pool in pools)
    capacity = sum(pool.live * pool.capacity for pool in pools)
    return LoadMetrics(
        utilization=streams / capacity,
        weighted_concurrency=streams / capacity * reference_capacity,
        worst_pool=max(pool.utilization for pool in pools),
        streams=streams,
        capacity=capacity,
    )
