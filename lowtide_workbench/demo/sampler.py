"""Samples the endpoint once a minute: the fleet model itself, and what the metrics show of it."""

from datetime import datetime, timedelta

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudwatch.metric_store import MetricName, metric
from lowtide_workbench.demo.endpoint import ENDPOINT, VARIANT
from lowtide_workbench.demo.scenario import CAPACITY
from lowtide_workbench.report.model import Minute

_VARIANT = {"EndpointName": ENDPOINT, "VariantName": VARIANT}
_LOWTIDE = metric("Lowtide", "CapacityUtilization", **_VARIANT)
_CONCURRENCY = {
    instance_type: metric(
        "AWS/SageMaker", "ConcurrentRequestsPerModel", **_VARIANT, InstanceType=instance_type
    )
    for instance_type in CAPACITY
}
_MINUTE = timedelta(minutes=1)


class Sampler:
    def __init__(self, cloud: Cloud) -> None:
        self.minutes: list[Minute] = []
        self._cloud = cloud

    def sample(self, now: datetime) -> None:
        fleet = self._cloud.fleet(ENDPOINT)
        self.minutes.append(
            Minute(
                at=now,
                status=self._cloud.status(ENDPOINT),
                streams=fleet.streams if fleet else 0,
                capacity=fleet.capacity if fleet else 0,
                instances=fleet.counts if fleet else {},
                utilization=fleet.utilization if fleet else None,
                lowtide=self._average(_LOWTIDE, now),
                published_formula=self._published_formula(now - _MINUTE),
            )
        )

    def _published_formula(self, minute: datetime) -> float | None:
        """AWS's expression for mixed fleets: the mean of the types, a missing type being 0."""
        means = {t: self._average(name, minute) for t, name in _CONCURRENCY.items()}
        if all(mean is None for mean in means.values()):
            return None
        return sum((mean or 0.0) / CAPACITY[t] for t, mean in means.items()) / len(means)

    def _average(self, name: MetricName, minute: datetime) -> float | None:
        start = minute.timestamp()
        by_period = self._cloud.metrics.read(name, start, start + 60, 60, now=start + 60)
        return next((statistics.value("Average") for statistics in by_period.values()), None)
