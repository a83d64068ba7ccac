"""What differs from run to run, and what AWS does not say: each unknown is a setting."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.fleet.fleet import Removal
from workbench.fleet.pools import Droughts, Window

ACCOUNT = "123456789012"
REGION = "us-east-1"


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

    on_scale_in: Removal = Removal.DRAIN  # unknown
    on_delete: Removal = Removal.CUT  # unknown; DRAIN lets sessions finish while Deleting lasts
    zeros_when_idle: bool = True  # unknown: whether ConcurrentRequestsPerModel says 0, or nothing
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
    event_on_deleted: bool = False  # unknown: whether a last event says that it is gone
