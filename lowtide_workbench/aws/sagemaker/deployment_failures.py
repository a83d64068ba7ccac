"""What can go wrong while an endpoint is created, updated or scaled."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from lowtide_workbench.aws.sagemaker.variant import Generation
from lowtide_workbench.aws.settings import CloudSettings

NO_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. "
    "Please retry using a different ML instance type or after some time. Consider configuring "
    "InstancePools in your EndpointConfig with multiple instance types for priority-based "
    "fallback to improve capacity availability."
)
TOO_LONG = "The deployment did not finish within MaximumExecutionTimeoutInSeconds."  # our wording
ALARM = "The deployment was rolled back: alarm {} went into ALARM."  # our wording

type FirstInAlarm = Callable[[Iterable[str]], str | None]


@dataclass(frozen=True, slots=True)
class DeploymentFailure:
    """A failure that is certain, and takes its time to show."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class FailureWatch:
    began: float
    first_in_alarm: FirstInAlarm
    deployment: Mapping[str, Any] = field(default_factory=dict)
    doom: DeploymentFailure | None = None

    def of_deployment(
        self, new: Generation, deployment: Mapping[str, Any], settings: CloudSettings
    ) -> Self:
        """A container that will never be healthy says so only after its time."""
        dooms = [
            DeploymentFailure(self.began + settings.failure_s[failure], failure.reason(variant))
            for variant, each in new.variants.items()
            for failure in (settings.failures.get(model) for model in each.models)
            if failure is not None
        ]
        doom = self.doom or min(dooms, key=lambda each: each.at, default=None)
        return type(self)(self.began, self.first_in_alarm, deployment, doom)

    def reason(self, generation: Generation, now: float) -> str | None:
        if generation.short_of_capacity:
            return NO_CAPACITY
        if self.doom is not None and now >= self.doom.at:
            return self.doom.reason
        if now > self.began + self._most_s:
            return TOO_LONG
        alarms = self.deployment.get("AutoRollbackConfiguration", {}).get("Alarms", ())
        tripped = self.first_in_alarm(each["AlarmName"] for each in alarms) if alarms else None
        return ALARM.format(tripped) if tripped else None

    @property
    def _most_s(self) -> float:
        policies = ("BlueGreenUpdatePolicy", "RollingUpdatePolicy")
        given = [self.deployment.get(policy, {}) for policy in policies]
        most = [each.get("MaximumExecutionTimeoutInSeconds") for each in given]
        return float(next(filter(None, most), float("inf")))
