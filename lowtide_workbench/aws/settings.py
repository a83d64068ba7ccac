"""The settings of a cloud: each unknown of AWS is one, with the assumed answer as its default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from lowtide_workbench.fleet.pools import Droughts


class Samples(Enum):
    """What ConcurrentRequestsPerModel holds when a variant has several instances (facts 2)."""

    EACH_INSTANCE = "one sample an instance: Average is the mean, Sum the total"
    MEAN = "one sample, the mean: SampleCount says nothing of the instances"
    TOTAL = "one sample, the total: Average is no mean of an instance"


@dataclass(frozen=True, slots=True)
class Quotas:
    """The instances that an account may run; None is no limit."""

    # "<type> for endpoint usage", by type or by family ("ml.g6e").
    by_type: Mapping[str, int] = field(default_factory=dict)
    other_types: int | None = None
    instances_per_endpoint: int | None = None
    instances: int | None = None  # across active endpoints

    def of(self, instance_type: str) -> int | None:
        family = instance_type.rpartition(".")[0]
        return self.by_type.get(instance_type, self.by_type.get(family, self.other_types))


# What a new account has, as far as AWS publishes it.
AWS_DEFAULTS = Quotas(
    by_type={"ml.g6e": 0, "ml.g7": 0, "ml.g7e": 0}, instances_per_endpoint=4, instances=4
)


class ModelFailure(Enum):
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


class RemovedWork(Enum):
    """The asynchronous jobs on an instance that is removed while its endpoint stays (facts A86)."""

    FINISHED = "the instance is removed once they have ended"
    REDELIVERED = "they wait again, ahead of the others"
    FAILED = "they fail, with an error in S3 and a message"
    LOST = "they end without a trace"


@dataclass(frozen=True, slots=True)
class AsynchronousSettings:
    work_s: float = 5.0  # of a job that does not say it, on a type of speed 1
    speed: Mapping[str, float] = field(default_factory=dict)  # by type; 1 where not named here
    concurrency: int = 1  # unknown: what SageMaker chooses without MaxConcurrentInvocations...
    removed_work: RemovedWork = RemovedWork.LOST  # unknown
    queue_outlives_endpoint: bool = False  # unknown: a new endpoint of the name has the old queue
    backlog_has_running: bool = False  # unknown: whether ApproximateBacklogSize has jobs in work
    per_instance_at_zero: bool = False  # unknown: the backlog per instance at 0 instances, or none
    # unknown: AWS's page has three s, users two.
    processed_metric: Literal["InvocationsProcesssed", "InvocationsProcessed"] = (
        "InvocationsProcesssed"
    )
    test_notifications: bool = True  # unknown: whether they are still sent
    marketplace: bool = False  # unknown: whether model packages may be asynchronous
    zero_maximum: bool = True  # unknown: whether a variant may be registered with MaxCapacity 0


@dataclass(frozen=True, slots=True)
class CloudSettings:
    seed: int = 0
    # Streams an instance holds at acceptable latency; a type not named here holds default_capacity.
    capacity: Mapping[str, int] = field(
        default_factory=lambda: {"ml.g6.2xlarge": 10, "ml.g6e.2xlarge": 20}
    )
    default_capacity: int = 10
    droughts: Droughts = field(default_factory=dict)  # spans without capacity, by instance type

    provisioning_s: tuple[float, float] = (300.0, 600.0)
    container_start_s: float = 30.0  # of a new endpoint, after its instances
    update_s: float = 30.0  # the shortest an endpoint is Updating, or RollingBack
    deletion_s: tuple[float, float] = (60.0, 120.0)
    provisioning_timeout_s: float = 1800.0  # where the configuration names none
    capacity_error_s: float = 120.0

    # Between the steps of a stack's deployment; 0: it ends before its call returns. SAM's waiters
    # sleep 15 and 30 real seconds whenever a stack is not ready.
    stack_step_s: float = 0.0

    # No limit, as in an account that has had them raised; AWS_DEFAULTS is a new account.
    quotas: Quotas = field(default_factory=Quotas)

    models_must_exist: bool = False  # they must in AWS, for a configuration to name them
    failures: Mapping[str, ModelFailure] = field(default_factory=dict)  # by the name of the model

    zeros_when_idle: bool = True  # unknown: whether ConcurrentRequestsPerModel says 0, or nothing
    samples: Samples = Samples.EACH_INSTANCE  # unknown: what ConcurrentRequestsPerModel counts

    asynchronous: AsynchronousSettings = field(default_factory=AsynchronousSettings)

    may_deregister: bool = (
        True  # whether callers hold application-autoscaling:DeregisterScalableTarget
    )
