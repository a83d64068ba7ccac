"""An endpoint as AWS shows it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SAMPLES_EVERY = timedelta(seconds=10)  # an instance reports its concurrency; can be configured
STACK_TAG = "lowtide:stack"
CLOUDFORMATION_TAG = "aws:cloudformation:stack-name"


class Status(StrEnum):
    """SageMaker's EndpointStatus, Absent, and Unknown for one that AWS has added since."""

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
    """What makes an endpoint other than instances that serve requests at once; each one may block
    a delete."""

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
    """`pooled` variants report their metrics by instance type, too; others only as a whole.
    `desired` is DesiredInstanceCount, where AWS shows one."""

    name: str
    pools: tuple[Pool, ...]
    pooled: bool = True
    desired: int | None = None

    @property
    def live(self) -> int:
        return sum(pool.live for pool in self.pools)

    @property
    def live_by_type(self) -> Mapping[str, int]:
        """Types that have instances. The same type may be in two pools."""
        counts: Counter[str] = Counter()
        for pool in self.pools:
            counts[pool.instance_type] += pool.live
        return +counts


type Version = tuple[str, datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """As DescribeEndpoint shows it; an absent endpoint has a name and nothing else."""

    name: str
    status: Status
    arn: str = ""
    config_name: str = ""
    failure: str = ""
    created_at: datetime | None = None  # None only where it is absent, as below
    modified_at: datetime | None = None
    variants: tuple[Variant, ...] = ()
    reported: str = ""  # EndpointStatus as SageMaker spells it
    kinds: frozenset[Kind] = frozenset()
    samples_every: timedelta = SAMPLES_EVERY

    @property
    def account(self) -> str:
        """The id of its AWS account; "" where it is absent."""
        return "".join(self.arn.split(":")[4:5])

    @property
    def version(self) -> Version:
        """Status and times, which ListEndpoints shows, too: another one after each change."""
        return self.reported, self.created_at, self.modified_at


ABSENT_VERSION: Version = ("", None, None)


@dataclass(frozen=True, slots=True)
class ConfiguredVariant:
    """What a configuration starts a variant with; the type is that of the first pool, or the only
    one."""

    name: str
    instance_type: str
    count: int


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """As DescribeEndpointConfig shows it; one that does not exist has a name and nothing else."""

    name: str
    exists: bool = False
    kinds: frozenset[Kind] = frozenset()  # of the endpoints that are created from it
    variants: tuple[ConfiguredVariant, ...] = ()
    types: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by variant and priority
    models: tuple[str, ...] = ()
    kms_key: str = ""  # in any form that AWS takes
