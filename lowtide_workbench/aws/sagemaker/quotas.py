"""Service Quotas for hosting: how SageMaker refuses more instances than an account may run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.settings import PoolQuota, Quotas
from lowtide_workbench.fleet.fleet import Fleet

_FURTHER = (
    "Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas "
    "is not available, contact AWS support to request an increase for this quota."
)


@dataclass(frozen=True, slots=True)
class Demand:
    """More instances of one variant, on any of these types."""

    types: tuple[str, ...]
    more: int


def refuse_beyond(
    quotas: Quotas,
    demands: Iterable[Demand],
    own: Iterable[Fleet],
    fleets: Iterable[Fleet],
    pool_quota: PoolQuota,
) -> None:
    """`own` are the endpoint's present fleets, `fleets` those of the whole account."""
    demands = [demand for demand in demands if demand.more > 0]
    if not demands:
        return
    fleets = list(fleets)
    more = sum(demand.more for demand in demands)
    for instance_type, delta in _by_type(demands, pool_quota).items():
        used = sum(fleet.claimed.get(instance_type, 0) for fleet in fleets)
        limit = quotas.of(instance_type)
        _refuse(f"{instance_type} for endpoint usage", limit, used, delta)
    endpoint, account = (sum(fleet.desired for fleet in each) for each in (own, fleets))
    limit = quotas.instances_per_endpoint
    _refuse("Maximum number of instances per endpoint", limit, endpoint, more)
    _refuse("Number of instances across active endpoints", quotas.instances, account, more)


def _by_type(demands: Iterable[Demand], pool_quota: PoolQuota) -> Mapping[str, int]:
    wanted: dict[str, int] = {}
    for demand in demands:
        pools = len(demand.types) > 1
        each = 1 if pools and pool_quota is PoolQuota.ONE else demand.more
        for instance_type in demand.types:
            wanted[instance_type] = wanted.get(instance_type, 0) + each
    return wanted


def _refuse(quota: str, limit: int | None, used: int, more: int) -> None:
    if limit is not None and used + more > limit:
        raise Refusal(
            "ResourceLimitExceeded",
            f"The account-level service limit '{quota}' is {limit} Instances, with current "
            f"utilization of {used} Instances and a request delta of {more} Instances. {_FURTHER}",
        )
