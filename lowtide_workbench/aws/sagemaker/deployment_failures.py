"""The failures of a creation, an update or a scaling, and when each of them shows."""

from dataclasses import dataclass
from typing import Self

from lowtide_workbench.aws.sagemaker.variant import Generation
from lowtide_workbench.aws.settings import CloudSettings, ModelFailure

NO_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. "
    "Please retry using a different ML instance type or after some time. Consider configuring "
    "InstancePools in your EndpointConfig with multiple instance types for priority-based "
    "fallback to improve capacity availability."
)
_AFTER_S = {  # facts 5
    ModelFailure.CRASH_LOOP: 24 * 60.0,
    ModelFailure.MISSING_ARTEFACTS: 3600.0,
    ModelFailure.SERVICE: 180.0,
}


@dataclass(frozen=True, slots=True)
class ModelError:
    """A failure that is certain, and shows at an instant."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class FailureWatch:
    """Whether the work in progress has failed: capacity, or a model that cannot work."""

    certain: ModelError | None = None

    @classmethod
    def of_models(cls, new: Generation, settings: CloudSettings, began: float) -> Self:
        """A container that never gets healthy fails only after its time (facts 5)."""
        errors = [
            ModelError(began + _AFTER_S[failure], failure.reason(name))
            for name, variant in new.variants.items()
            for failure in (settings.failures.get(model) for model in variant.models)
            if failure is not None
        ]
        return cls(min(errors, key=lambda error: error.at, default=None))

    def reason(self, generation: Generation, now: float) -> str | None:
        """Why it has failed by `now`; None while it has not."""
        if generation.short_of_capacity:
            return NO_CAPACITY
        if self.certain is not None and now >= self.certain.at:
            return self.certain.reason
        return None
