"""An endpoint as AWS shows it, and as the file wants it managed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SAMPLES_EVERY = timedelta(seconds=10)  # of each instance's concurrency, unless configured
STACK_TAG = "lowtide:stack"
CLOUDFORMATION_TAG = "aws:cloudformation:stack-name"


class Status(StrEnum):
    """SageMaker's EndpointStatus, and Absent; Unknown is any that is new since this was written."""

    ABSENT = "Absent"
    OUT_OF_SERVICE = "OutOfService"
    CREATING = "Creating"
    UPDATING = "Updating"
    SYSTEM_UPDATING = "SystemUpdating"
    ROLLING_BACK = "RollingBack"
    IN_SERVICE = "InService"
    DELETING = "Deleting"
    FAILED = "Failed"
    UPDATE_ROLLBACK_FAILED = "UpdateRollbackFailed"
    UNKNOWN = "Unknown"


SERVING = {
    Status.IN_SERVICE,
    Status.UPDATING,
    Status.SYSTEM_UPDATING,
    Status.ROLLING_BACK,
    Status.UPDATE_ROLLBACK_FAILED,
}
DELETABLE = {
    Status.IN_SERVICE,
    Status.FAILED,
    Status.OUT_OF_SERVICE,
    Status.UPDATE_ROLLBACK_FAILED,
}


class Kind(StrEnum):
    """What an endpoint is beside instances that serve requests, as far as sleep is concerned."""

    SERVERLESS = "serverless"
    ASYNCHRONOUS = "asynchronous"
    COMPONENTS = "inference-components"
    SHADOWED = "shadow-variants"


@dataclass(frozen=True, slots=True)
class Pool:
    """Instances of one type that are in service now."""

    instance_type: str
    live: int


@dataclass(frozen=True, slots=True)
class Variant:
    """`pooled` variants report their metrics by instance type too; others only as a whole.
    `desired` is the count that AWS is moving to, where it tells one."""

    name: str
    pools: tuple[Pool, ...]
    pooled: bool = True
    desired: int | None = None

    @property
    def live(self) -> int:
        return sum(pool.live for pool in self.pools)

    @property
    def live_by_type(self) -> Mapping[str, int]:
        """Types that have instances; the same one may stand in two pools."""
        counts: Counter[str] = Counter()
        for pool in self.pools:
            counts[pool.instance_type] += pool.live
        return +counts


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What was observed; an absent endpoint has a name and nothing else."""

    name: str
    status: Status
    arn: str = ""
    config_name: str = ""
    failure: str = ""
    created_at: datetime | None = None  # None only where it is absent, as below
    modified_at: datetime | None = None
    variants: tuple[Variant, ...] = ()
    reported: str = ""  # the status in SageMaker's word
    kinds: frozenset[Kind] = frozenset()
    samples_every: timedelta = SAMPLES_EVERY


@dataclass(frozen=True, slots=True)
class ConfiguredVariant:
    """What a configuration starts a variant with: its first pool's type, or its only one."""

    name: str
    instance_type: str
    count: int
