"""What SageMaker's documents say, in the words of the domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lowtide.domain.endpoint.observed import (
    SAMPLES_EVERY,
    ConfiguredVariant,
    Kind,
    Pool,
    Status,
    Variant,
)
from lowtide.domain.errors import AwsError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        DescribeEndpointOutputTypeDef,
        ProductionVariantOutputTypeDef,
        ProductionVariantSummaryTypeDef,
    )

UNKNOWN_TYPE = "unknown"  # the configuration that named it was deleted under the endpoint


def must_be_called(name: str, found: DescribeEndpointOutputTypeDef) -> None:
    """Nobody says whether DescribeEndpoint minds the case of a name. Application Auto Scaling does:
    under another case it would seem that nothing scales the endpoint."""
    if found["EndpointName"] != name:
        msg = f"{name}: SageMaker calls it {found['EndpointName']}: write it like that in the file"
        raise AwsError(msg)


def status(name: str) -> Status:
    return Status(name) if name in Status else Status.UNKNOWN


def pools(summary: ProductionVariantSummaryTypeDef, types: Mapping[str, str]) -> tuple[Pool, ...]:
    name = summary["VariantName"]
    if is_serverless(summary):
        return ()
    if "InstancePools" in summary:
        counts = ((p["InstanceType"], p["CurrentInstanceCount"]) for p in summary["InstancePools"])
        return tuple(Pool(instance_type, count) for instance_type, count in counts)
    if name in types:
        return (Pool(types[name], summary.get("CurrentInstanceCount", 0)),)
    # boto3 before 1.43.1 drops InstancePools: a fleet would look empty.
    msg = f"variant {name} shows neither an instance type nor pools; is boto3 older than 1.43.1?"
    raise AwsError(msg)


def samples_every(found: DescribeEndpointOutputTypeDef) -> timedelta:
    """Enhanced metrics alone change the pace of concurrency; theirs is a minute unless said."""
    metrics = found.get("MetricsConfig", {})
    if not metrics.get("EnableEnhancedMetrics"):
        return SAMPLES_EVERY
    return timedelta(seconds=metrics.get("MetricPublishFrequencyInSeconds", 60))


def ranks(variant: ProductionVariantOutputTypeDef) -> Mapping[str, int]:
    """Priority by instance type; 1 is the highest, and counts where a type stands twice."""
    pools = sorted(variant.get("InstancePools", []), key=lambda pool: -pool["Priority"])
    return {pool["InstanceType"]: pool["Priority"] for pool in pools}


def in_order(variant: Variant, ranks: Mapping[str, int]) -> Variant:
    if len(variant.pools) < 2:
        return variant
    unknown = [p.instance_type for p in variant.pools if p.instance_type not in ranks]
    if unknown:
        msg = f"the configuration gives {', '.join(unknown)} of {variant.name} no priority"
        raise AwsError(msg)
    return replace(
        variant, pools=tuple(sorted(variant.pools, key=lambda p: ranks[p.instance_type]))
    )


def is_serverless(summary: ProductionVariantSummaryTypeDef) -> bool:
    return "CurrentServerlessConfig" in summary or "DesiredServerlessConfig" in summary


def observed_kinds(found: DescribeEndpointOutputTypeDef) -> frozenset[Kind]:
    serverless = any(map(is_serverless, found.get("ProductionVariants", [])))
    return frozenset([*kinds_of_all(found), *([Kind.SERVERLESS] if serverless else [])])


def kinds_of_all(
    document: DescribeEndpointOutputTypeDef | DescribeEndpointConfigOutputTypeDef,
) -> Iterator[Kind]:
    """What an endpoint and its configuration say by the same names."""
    if "AsyncInferenceConfig" in document:
        yield Kind.ASYNCHRONOUS
    if document.get("ShadowProductionVariants"):
        yield Kind.SHADOWED


def all_variants(
    config: DescribeEndpointConfigOutputTypeDef,
) -> list[ProductionVariantOutputTypeDef]:
    return [*config["ProductionVariants"], *config.get("ShadowProductionVariants", [])]


def configured(variant: ProductionVariantOutputTypeDef) -> ConfiguredVariant:
    pools = sorted(variant.get("InstancePools", []), key=lambda pool: pool["Priority"])
    first = pools[0]["InstanceType"] if pools else variant.get("InstanceType", UNKNOWN_TYPE)
    return ConfiguredVariant(variant["VariantName"], first, variant.get("InitialInstanceCount", 0))


def types(variant: ProductionVariantOutputTypeDef) -> tuple[str, ...]:
    """Those that it may start, the preferred first; none where it is serverless."""
    pools = sorted(variant.get("InstancePools", []), key=lambda pool: pool["Priority"])
    single = (variant["InstanceType"],) if "InstanceType" in variant else ()
    return tuple(pool["InstanceType"] for pool in pools) or single


def weight_and_count(summary: ProductionVariantSummaryTypeDef) -> dict[str, Any]:
    """What was asked for, rather than what is there while it is being reached."""
    asked: Any = summary
    pairs = (
        ("DesiredWeight", "CurrentWeight"),
        ("DesiredInstanceCount", "CurrentInstanceCount"),
    )
    values = {wished: asked.get(wished, asked.get(is_now)) for wished, is_now in pairs}
    known = {key: value for key, value in values.items() if value is not None}
    return {"VariantName": summary["VariantName"]} | known


def models(variant: ProductionVariantOutputTypeDef) -> set[str]:
    pools = variant.get("InstancePools", [])
    overrides = {p["ModelNameOverride"] for p in pools if "ModelNameOverride" in p}
    return overrides | ({variant["ModelName"]} if "ModelName" in variant else set())
