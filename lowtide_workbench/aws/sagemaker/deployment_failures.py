"""The failures of a creation, an update or a scaling, and when each of them shows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from lowtide_workbench.aws.sagemaker.variant import Generation
from lowtide_workbench.aws.settings import CloudSettings, ModelFailure

NO_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. "
    "Please retry using a different ML instance type or after some time. Consider configuring "
    "InstancePools in your EndpointConfig with multiple instance types for priority-based "
    "fallback to improve capacity availability."
)
TOO_LONG = "The deployment did not finish within MaximumExecutionTimeoutInSeconds."  # our wording
ALARM = "The deployment was rolled back: alarm {} went into ALARM."  # our wording

_AFTER_S = {  # facts 5
    ModelFailure.CRASH_LOOP: 24 * 60.0,
    ModelFailure.MISSING_ARTEFACTS: 3600.0,
    ModelFailure.SERVICE: 180.0,
}

type FirstInAlarm = Callable[[Iterable[str]], str | None]


@dataclass(frozen=True, slots=True)
class DeploymentFailure:
    """A failure that is certain, and shows at an instant."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class FailureWatch:
    """Whether what began at `began` has failed: capacity, a certain failure, time-out, alarms."""

    began: float
    first_in_alarm: FirstInAlarm
    deployment: Mapping[str, Any] = field(default_factory=dict)
    certain: DeploymentFailure | None = None

    def for_deployment(
        self, new: Generation, deployment: Mapping[str, Any], settings: CloudSettings
    ) -> Self:
        """The watch over a deployment of `new`, whose models may fail.

        A container that never gets healthy fails only after its time (facts 5).
        """
        failures = [
            DeploymentFailure(self.began + _AFTER_S[failure], failure.reason(name))
            for name, variant in new.variants.items()
            for failure in (settings.failures.get(model) for model in variant.models)
            if failure is not None
        ]
        first = min(failures, key=lambda failure: failure.at, default=None)
        return type(self)(self.began, self.first_in_alarm, deployment, first)

    def reason(self, generation: Generation, now: float) -> str | None:
        """Why it has failed by `now`; None while it has not."""
        if generation.short_of_capacity:
            return NO_CAPACITY
        if self.certain is not None and now >= self.certain.at:
            return self.certain.reason
        if now > self.began + self._timeout_s:
            return TOO_LONG
        alarms = self.deployment.get("AutoRollbackConfiguration", {}).get("Alarms", ())
        name = self.first_in_alarm(alarm["AlarmName"] for alarm in alarms) if alarms else None
        return ALARM.format(name) if name else None

    @property
    def _timeout_s(self) -> float:
        for name in ("BlueGreenUpdatePolicy", "RollingUpdatePolicy"):
            timeout = self.deployment.get(name, {}).get("MaximumExecutionTimeoutInSeconds")
            if timeout:
                return float(timeout)
        return float("inf")
