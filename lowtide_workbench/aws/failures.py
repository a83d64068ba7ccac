"""Why SageMaker says that an endpoint failed, in its words."""

from enum import Enum

NO_CAPACITY = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. "
    "Please retry using a different ML instance type or after some time. Consider configuring "
    "InstancePools in your EndpointConfig with multiple instance types for priority-based "
    "fallback to improve capacity availability."
)
TOO_LONG = "The deployment did not finish within MaximumExecutionTimeoutInSeconds."  # our wording
ALARM = "The deployment was rolled back: alarm {} went into ALARM."  # our wording


class Failure(Enum):
    """What is wrong with a model; `{}` is the variant's name."""

    CRASH_LOOP = (
        "The primary container for production variant {} did not pass the ping health check. "
        "Please check CloudWatch logs for this endpoint."
    )
    MISSING_ARTEFACTS = (
        "Failed to download model data for production variant {}. Please ensure that there is an "
        "object located at the URL and that the role passed to CreateModel has permissions to "
        "download the object."
    )
    SERVICE = (
        "Request to service failed. If failure persists after retry, contact customer support."
    )

    def reason(self, variant: str) -> str:
        return self.value.format(variant)
