"""The settings of a cloud: each unknown of AWS is one, with the assumed answer as its default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from lowtide_workbench.fleet.fleet import Removal
from lowtide_workbench.fleet.pools import Droughts, Window


class Samples(Enum):
    """What ConcurrentRequestsPerModel holds when a variant has several instances (facts 2)."""

    EACH_INSTANCE = "one sample an instance: Average is the mean, Sum the total"
    MEAN = "one sample, the mean: SampleCount says nothing of the instances"
    TOTAL = "one sample, the total: Average is no mean of an instance"


class PoolQuota(Enum):
    """What the quota of a pool's type must have room for: unknown, one user read "at least 1"."""

    ALL = "room for every instance that the variant asks for, since all may land there"
    ONE = "room for one instance"


class QuotaRefusal(Enum):
    """When SageMaker refuses a request beyond a quota: users have seen both."""

    AT_ONCE = "the call is refused with ResourceLimitExceeded"
    LATER = "the call is accepted, FailureReason says it a minute later"


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
    provisioning_window: Window = Window.TOTAL  # unknown: AWS contradicts itself
    capacity_error_s: float = 120.0

    equal_priorities: bool = False  # unknown: whether two pools may have the same
    # No limit, as in an account that has had them raised; AWS_DEFAULTS is a new account.
    quotas: Quotas = field(default_factory=Quotas)
    pool_quota: PoolQuota = PoolQuota.ALL  # unknown
    quota_refusal: QuotaRefusal = QuotaRefusal.AT_ONCE  # users have seen both
    quota_failure_s: float = 60.0  # until FailureReason says so, with QuotaRefusal.LATER

    models_must_exist: bool = False  # they must in AWS, for a configuration to name them
    failures: Mapping[str, ModelFailure] = field(default_factory=dict)  # by the name of the model
    failure_s: Mapping[ModelFailure, float] = field(
        default_factory=lambda: {
            ModelFailure.CRASH_LOOP: 24 * 60.0,
            ModelFailure.MISSING_ARTEFACTS: 3600.0,
            ModelFailure.SERVICE: 180.0,
        }
    )

    # Unknown: botocore says that RollingBack is for weights and capacities only.
    rolling_back_after_update: bool = False

    # Eventual consistency: real, its extent is unknown. 0 is the account at its best.
    read_lag_s: float = 0.0  # Describe and List show endpoints as they were this long ago
    config_lag_s: float = 0.0  # CreateEndpoint finds a configuration this long after its creation
    name_lag_s: float = 0.0  # a name is free this long after its endpoint is gone

    on_scale_in: Removal = Removal.DRAIN  # unknown
    on_delete: Removal = Removal.CUT  # unknown; DRAIN lets sessions finish while Deleting lasts
    zeros_when_idle: bool = True  # unknown: whether ConcurrentRequestsPerModel says 0, or nothing
    samples: Samples = Samples.EACH_INSTANCE  # unknown: what ConcurrentRequestsPerModel counts
    draining_emits: bool = False  # unknown: whether an instance under removal still emits

    math_of_absent_is_zero: bool = True  # unknown: metric math with a series that never existed

    # Unknown: how AWS refuses MinCapacity 0 where the endpoint is not asynchronous, and whether.
    zero_is_for_asynchronous: bool = True
    register_while_creating: bool = True  # unknown: accepted, or refused
    registration_lag_s: float = 0.0  # how long a new target is not found yet by what comes next
    updating_is_unscalable: bool = False  # unknown: a policy meets Updating: not scaled, or Failed
    step_aggregates: bool = True  # unknown: steps look at the evaluation periods, or the newest
    activities_survive: bool = True  # unknown: whether their history outlives the target
    alarms_readable: bool = True  # whether Application Auto Scaling may call CloudWatch
    may_deregister: bool = (
        True  # whether callers hold application-autoscaling:DeregisterScalableTarget
    )
    # Whether callers without a role of a stack hold kms:CreateGrant; a function's role decides.
    may_create_grants: bool = True
    event_copies: int = 1  # state-change events come at least once
    event_lateness_s: tuple[float, float] = (0.0, 0.0)  # of each copy; late ones change places
    deployment_events: bool = False  # "SageMaker Endpoint Deployment State Change": not for all
    event_failure_reason: bool = False  # unknown: whether the detail carries FailureReason
    event_on_deleted: bool = False  # unknown: whether a last event says that it is gone
