"""What an endpoint configuration says, as far as a fleet needs it, and what SageMaker refuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workbench.aws.refusal import invalid
from workbench.aws.settings import Settings
from workbench.fleet.fleet import Routing, Rules
from workbench.fleet.pools import Pool, Procurement, Window

type Document = dict[str, Any]

MOST_POOLS = 5


@dataclass(slots=True)
class EndpointConfig:
    name: str
    arn: str
    created: float
    request: Document  # CreateEndpointConfig's own words: Describe gives them back


def check_variant(variant: Mapping[str, Any]) -> None:
    name = variant["VariantName"]
    pools = variant.get("InstancePools")
    if pools is None:
        if not variant.get("InstanceType") and not variant.get("ServerlessConfig"):
            raise invalid(f'InstanceType or InstancePools must be specified for variant "{name}".')
        return
    if variant.get("InstanceType"):
        raise invalid(f'InstanceType and InstancePools cannot both be set for variant "{name}".')
    if not 1 <= len(pools) <= MOST_POOLS:
        raise invalid(
            f"1 validation error detected: Value at 'productionVariants.1.member.instancePools' "
            f"failed to satisfy constraint: Member must have length between 1 and {MOST_POOLS}"
        )
    _check_pools(name, pools)
    timeout = variant.get("VariantInstanceProvisionTimeoutInSeconds", 300)
    if not 300 <= timeout <= 3600:
        raise invalid(
            f"1 validation error detected: Value '{timeout}' at "
            "'productionVariants.1.member.variantInstanceProvisionTimeoutInSeconds' failed to "
            "satisfy constraint: Member must have value between 300 and 3600"
        )


def _check_pools(variant: str, pools: list[Mapping[str, Any]]) -> None:
    for field in ("InstanceType", "Priority"):
        values = [pool[field] for pool in pools]
        if len(set(values)) < len(values):
            raise invalid(f'InstancePools of variant "{variant}" must differ in {field}.')
    for priority in (pool["Priority"] for pool in pools):
        if not 1 <= priority <= MOST_POOLS:
            raise invalid(f"Priority {priority} must be between 1 and {MOST_POOLS}.")


def pools_of(variant: Mapping[str, Any], settings: Settings) -> list[Pool]:
    alone: list[Document] = [{"InstanceType": variant.get("InstanceType"), "Priority": 1}]
    return [
        Pool(
            pool["InstanceType"],
            pool["Priority"],
            settings.capacity.get(pool["InstanceType"], settings.default_capacity),
        )
        for pool in variant.get("InstancePools") or alone
    ]


def rules_of(variant: Mapping[str, Any], settings: Settings) -> Rules:
    strategy = variant.get("RoutingConfig", {}).get("RoutingStrategy", "RANDOM")
    counts_streams = strategy == "LEAST_OUTSTANDING_REQUESTS"
    return Rules(
        routing=Routing.LEAST_OUTSTANDING_REQUESTS if counts_streams else Routing.RANDOM,
        removal=settings.on_scale_in,
        provisioning_s=settings.provisioning_s,
        procurement=_procurement(variant, settings),
        droughts=settings.droughts,
    )


def _procurement(variant: Mapping[str, Any], settings: Settings) -> Procurement:
    """A variant of one type does not fail at its first capacity error: half an hour passes."""
    timeout = variant.get(
        "VariantInstanceProvisionTimeoutInSeconds", settings.provisioning_timeout_s
    )
    window = settings.provisioning_window if variant.get("InstancePools") else Window.PER_POOL
    return Procurement(timeout, window, settings.capacity_error_s)
