"""How full is a fleet of mixed instance types?

With live instances n, capacity c of one instance and streams s of each type:
utilization = sum(s) / sum(n c). A type without instances is in neither sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lowtide.domain.endpoint.metering import Figure


@dataclass(frozen=True, slots=True)
class Load:
    """The instances of one type; `capacity` is that of each, `streams` those of all."""

    live: int
    capacity: float
    streams: float

    @property
    def utilization(self) -> float:
        return self.streams / (self.live * self.capacity)


@dataclass(frozen=True, slots=True)
class Figures:
    """1.0 is full; nothing is clamped, an overloaded fleet reads more.

    `needed` and `exact` are None without a target. `notes` say what was doubtful, and taken on the
    safe side.
    """

    utilization: float
    weighted_concurrency: float  # utilization in streams of one reference instance
    worst_pool: float
    streams: float
    capacity: float
    needed: int | None = None
    exact: float | None = None
    notes: tuple[str, ...] = ()

    def values(self) -> Mapping[Figure, float]:
        """Every figure that can be told."""
        told = {
            Figure.WEIGHTED: self.weighted_concurrency,
            Figure.UTILIZATION: self.utilization,
            Figure.WORST_POOL: self.worst_pool,
            Figure.STREAMS: self.streams,
            Figure.CAPACITY: self.capacity,
            Figure.NEEDED: self.needed,
            Figure.EXACT: self.exact,
        }
        return {figure: float(value) for figure, value in told.items() if value is not None}


def figures(loads: Sequence[Load], reference_capacity: float) -> Figures:
    """Needs at least one live instance."""
    streams = sum(load.streams for load in loads)
    capacity = sum(load.live * load.capacity for load in loads)
    return Figures(
        utilization=streams / capacity,
        weighted_concurrency=streams / capacity * reference_capacity,
        worst_pool=max(load.utilization for load in loads),
        streams=streams,
        capacity=capacity,
    )
