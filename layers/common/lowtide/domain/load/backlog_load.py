"""How many jobs wait at an asynchronous endpoint, for the capacity of all its live instances.

With live instances n and capacity c of one instance of each type: utilization = backlog / sum(n c).
SageMaker counts the backlog of an endpoint, not of a variant, so the sum is that of all variants.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import isfinite

from lowtide.domain.endpoint import SERVING, Endpoint, Metering, MetricName
from lowtide.domain.load.no_data import SETTLES_WITHIN
from lowtide.domain.load.reading import NOT_IN_SERVICE, SETTLING, MissingReading, Series

BACKLOG = "ApproximateBacklogSize"
OLDEST = "ApproximateAgeOfOldestRequest"
_OLDEST_USEFUL = timedelta(minutes=2)  # since the end of the minute
_MINUTE = timedelta(minutes=1)
# What an asynchronous endpoint has in place of the metrics of streams.
_INSTEAD = {
    MetricName.WEIGHTED: MetricName.WEIGHTED_BACKLOG,
    MetricName.EXACT: MetricName.WEIGHTED_BACKLOG,
    MetricName.UTILIZATION: MetricName.BACKLOG_UTILIZATION,
}


@dataclass(frozen=True, slots=True)
class BacklogMetrics:
    """The metrics of an endpoint; `oldest` is the age of its oldest waiting job, in seconds.

    Without capacity a backlog has no utilization: it waits for the policy that leaves zero.
    """

    backlog: float
    capacity: float
    reference_capacity: float
    oldest: float | None = None

    def values(self) -> Mapping[MetricName, float]:
        """Each metric that has a value."""
        values = {MetricName.OLDEST: self.oldest, MetricName.CAPACITY: self.capacity}
        if self.capacity:
            utilization = self.backlog / self.capacity
            values[MetricName.BACKLOG_UTILIZATION] = utilization
            values[MetricName.WEIGHTED_BACKLOG] = utilization * self.reference_capacity
        return {name: float(value) for name, value in values.items() if value is not None}


def of_backlog(metering: Metering) -> Metering:
    """`metering` with the metrics of a backlog in place of those of streams.

    SageMaker publishes a backlog once a minute, so there is nothing newer every ten seconds.
    """
    metrics = frozenset(_INSTEAD.get(name, name) for name in metering.metrics)
    return replace(metering, metrics=metrics, resolution=60)


def backlog_load(
    endpoint: Endpoint, metering: Metering, series: Mapping[str, Series], now: datetime
) -> BacklogMetrics | MissingReading:
    """The metrics of an asynchronous `endpoint`, or why there are none.

    `series` is keyed by SageMaker's metric. One that is late or absent is never read as no backlog.
    """
    if endpoint.status not in SERVING:
        return MissingReading(NOT_IN_SERVICE, f"the endpoint is {endpoint.status}")
    capacity = _capacity(endpoint, metering)
    if isinstance(capacity, MissingReading):
        return capacity
    backlog = _newest(series.get(BACKLOG, {}), now)
    if backlog is None:
        return _without_backlog(endpoint, now)
    oldest = _newest(series.get(OLDEST, {}), now)
    metrics = BacklogMetrics(backlog, capacity, metering.capacities.of_reference, oldest)
    if not all(map(isfinite, metrics.values().values())):
        return MissingReading("not-finite", f"CloudWatch accepts only finite numbers: {metrics}")
    return metrics


def _capacity(endpoint: Endpoint, metering: Metering) -> float | MissingReading:
    """What all live instances work on at once, in the unit of `metering`."""
    known = metering.capacities.by_type
    live = [pool for variant in endpoint.variants for pool in variant.pools if pool.live]
    if unknown := sorted({pool.instance_type for pool in live} - known.keys()):
        return MissingReading("unknown-type", f"scaling.capacity lacks {', '.join(unknown)}")
    return sum(pool.live * known[pool.instance_type] for pool in live)


def _newest(points: Series, now: datetime) -> float | None:
    newest = max(points, default=None)
    if newest is None or now - (newest + _MINUTE) > _OLDEST_USEFUL:
        return None
    return points[newest]


def _without_backlog(endpoint: Endpoint, now: datetime) -> MissingReading:
    if endpoint.modified_at is not None and now - endpoint.modified_at < SETTLES_WITHIN:
        return MissingReading(
            SETTLING, f"changed at {endpoint.modified_at:%H:%M:%S}: no backlog yet"
        )
    return MissingReading("no-data", f"no {BACKLOG} within {_OLDEST_USEFUL // _MINUTE} minutes")
