"""Service Quotas for hosting: how SageMaker refuses more instances than an account may run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.settings import Quotas
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


def check_quotas(
    quotas: Quotas,
    demands: Iterable[Demand],
    own: Iterable[Fleet],
    fleets: Iterable[Fleet],
) -> None:
    """Refuses `demands` beyond a quota (ResourceLimitExceeded).

    `own` are the endpoint's present fleets, `fleets` those of the whole account.
    """
    demands = [demand for demand in demands if demand.more > 0]
    if not demands:
        return
    fleets = list(fleets)
    more = sum(demand.more for demand in demands)
    for instance_type, delta in _by_type(demands).items():
        used = sum(fleet.claimed.get(instance_type, 0) for fleet in fleets)
        limit = quotas.of(instance_type)
        _refuse(f"{instance_type} for endpoint usage", limit, used, delta)
    endpoint, account = (sum(fleet.desired for fleet in some) for some in (own, fleets))
    limit = quotas.instances_per_endpoint
    _refuse("Maximum number of instances per endpoint", limit, endpoint, more)
    _refuse("Number of instances across active endpoints", quotas.instances, account, more)


def _by_type(demands: Iterable[Demand]) -> Mapping[str, int]:
    """Each type of a pool needs room for all instances, since all may land there."""
    more: Counter[str] = Counter()
    for demand in demands:
        for instance_type in demand.types:
            more[instance_type] += demand.more
    return more


def _refuse(quota: str, limit: int | None, used: int, more: int) -> None:
    if limit is not None and used + more > limit:
        raise Refusal(
            "ResourceLimitExceeded",
            f"The account-level service limit '{quota}' is {limit} Instances, with current "
            f"utilization of {used} Instances and a request delta of {more} Instances. {_FURTHER}",
        )
