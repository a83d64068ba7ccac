"""What differs from run to run, and what AWS does not say: each unknown is a setting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from lowtide_workbench.aws.failures import Failure
from lowtide_workbench.aws.sagemaker.quotas import PoolQuota, QuotaRefusal, Quotas
from lowtide_workbench.fleet.fleet import Removal
from lowtide_workbench.fleet.pools import Droughts, Window

ACCOUNT = "123456789012"
REGION = "us-east-1"


class Samples(Enum):
    """Of a gauge that several instances have."""

    EACH_INSTANCE = "one sample an instance: Average is the mean, Sum the total"
    MEAN = "one sample, the mean: SampleCount says nothing of the instances"
    TOTAL = "one sample, the total: Average is no mean of an instance"


@dataclass(frozen=True, slots=True)
class Settings:
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
    # No limit, as in an account that has had them raised; quotas.AWS_DEFAULTS is a new account.
    quotas: Quotas = field(default_factory=Quotas)
    pool_quota: PoolQuota = PoolQuota.ALL  # unknown
    quota_refusal: QuotaRefusal = QuotaRefusal.AT_ONCE  # users have seen both
    quota_failure_s: float = 60.0  # until FailureReason says so, with QuotaRefusal.LATER

    models_must_exist: bool = False  # they must in AWS, for a configuration to name them
    failures: Mapping[str, Failure] = field(default_factory=dict)  # by the name of the model
    failure_s: Mapping[Failure, float] = field(
        default_factory=lambda: {
            Failure.CRASH_LOOP: 24 * 60.0,
            Failure.MISSING_ARTEFACTS: 3600.0,
            Failure.SERVICE: 180.0,
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

    register_while_creating: bool = True  # unknown: accepted, or refused
    registration_lag_s: float = 0.0  # how long a new target is not found yet by what comes next
    updating_is_unscalable: bool = False  # unknown: a policy meets Updating: not scaled, or Failed
    step_aggregates: bool = True  # unknown: steps look at the evaluation periods, or the newest
    activities_survive: bool = True  # unknown: whether their history outlives the target
    alarms_readable: bool = True  # whether Application Auto Scaling may call CloudWatch
    may_deregister: bool = (
        True  # whether callers hold application-autoscaling:DeregisterScalableTarget
    )
    event_copies: int = 1  # state-change events come at least once
    event_lateness_s: tuple[float, float] = (0.0, 0.0)  # of each copy; late ones change places
    deployment_events: bool = False  # "SageMaker Endpoint Deployment State Change": not for all
    event_failure_reason: bool = False  # unknown: whether the detail carries FailureReason
    event_on_deleted: bool = False  # unknown: whether a last event says that it is gone
