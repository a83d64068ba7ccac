"""What the file wants of an endpoint's load metrics, and of the scaling that follows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

type Idle = Literal["zeros", "silent"]  # what instances without streams report


class MetricName(StrEnum):
    """By their names in CloudWatch; each that is published costs a custom metric a month."""

    WEIGHTED = "WeightedConcurrency"
    EXACT = "ExactConcurrency"
    UTILIZATION = "CapacityUtilization"
    WORST_POOL = "WorstPoolUtilization"
    STREAMS = "TotalStreams"
    CAPACITY = "TotalCapacity"
    NEEDED = "InstancesNeeded"
    WEIGHTED_BACKLOG = "WeightedBacklog"  # of asynchronous endpoints, as the two below
    BACKLOG_UTILIZATION = "BacklogUtilization"
    OLDEST = "OldestRequestAge"


# They rest on a target and on the order of the pools.
COUNT_INSTANCES = frozenset({MetricName.EXACT, MetricName.NEEDED})
FOLLOWED: Mapping[str, MetricName] = {"weighted": MetricName.WEIGHTED, "exact": MetricName.EXACT}


@dataclass(frozen=True, slots=True)
class Capacities:
    """Most streams an instance of each type holds at acceptable latency.

    Of an asynchronous endpoint: the jobs it works on at once, times its relative speed.
    """

    by_type: Mapping[str, float]
    reference: str

    @property
    def of_reference(self) -> float:
        return self.by_type[self.reference]


@dataclass(frozen=True, slots=True)
class Reading:
    """What AWS does not say of ConcurrentRequestsPerModel; `lowtide verify-metrics` finds out.

    `total`: the streams of a type are its Average times its live instances, or its Sum over the
    samples an instance makes.
    """

    idle: Idle = "zeros"
    total: Literal["average", "sum"] = "average"


@dataclass(frozen=True, slots=True)
class Metering:
    """How the load of one endpoint is measured, and what of it is published.

    `target` is the share of the capacity to aim at; None where no figure needs one.
    """

    capacities: Capacities
    metrics: frozenset[MetricName] = frozenset({MetricName.WEIGHTED})
    target: float | None = None
    resolution: Literal[60, 10] = 60  # seconds between two points
    reading: Reading = Reading()
