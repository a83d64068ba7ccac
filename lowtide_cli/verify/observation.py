"""What an account has of one variant: instances, and minutes of ConcurrentRequestsPerModel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Minute:
    """CloudWatch's statistics of one minute."""

    samples: float  # SampleCount
    total: float  # Sum
    least: float  # Minimum
    most: float  # Maximum
    average: float


@dataclass(frozen=True, slots=True)
class Group:
    """The instances behind one dimension set: a whole variant, or those of one type."""

    instance_type: str | None
    live: int
    known: bool  # to ListMetrics, or by its points
    minutes: Mapping[datetime, Minute]


@dataclass(frozen=True, slots=True)
class Readings:
    """`minutes` are those in which the counts stood still: whole, settled, oldest first."""

    whole: Group
    by_type: tuple[Group, ...]  # types with live instances; empty without pools
    minutes: tuple[datetime, ...]
    rate: int  # samples a minute that a source makes, by the configuration
    rate_observed: int  # by the 10-second points; 0 where none are kept

    @property
    def groups(self) -> tuple[Group, ...]:
        return (self.whole, *self.by_type)

    @property
    def measured(self) -> tuple[Group, ...]:
        """What Lowtide's metric is computed from."""
        return self.by_type or (self.whole,)
