"""What SageMaker's documents mean, in the words of the domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from lowtide.domain.endpoint import (
    SAMPLES_EVERY,
    ConfiguredVariant,
    EndpointConfig,
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


def check_name(name: str, description: DescribeEndpointOutputTypeDef) -> None:
    """Raises AwsError where `name` is written in another case than the endpoint's own.

    AWS does not document whether DescribeEndpoint minds the case. Application Auto Scaling does: it
    would answer that nothing scales the endpoint.
    """
    own_name = description["EndpointName"]
    if own_name != name:
        msg = f"{name}: SageMaker calls it {own_name}: write it like that in the file"
        raise AwsError(msg)


def status(name: str) -> Status:
    """Status.UNKNOWN where AWS has added one since this was written."""
    return Status(name) if name in Status else Status.UNKNOWN


def variant(summary: ProductionVariantSummaryTypeDef, types: Mapping[str, str]) -> Variant:
    """`types` has the instance type of each variant without pools."""
    return Variant(
        summary["VariantName"],
        _pools(summary, types),
        "InstancePools" in summary,
        summary.get("DesiredInstanceCount"),
    )


def _pools(summary: ProductionVariantSummaryTypeDef, types: Mapping[str, str]) -> tuple[Pool, ...]:
    name = summary["VariantName"]
    if is_serverless(summary):
        return ()
    if "InstancePools" in summary:
        pools = summary["InstancePools"]
        return tuple(Pool(p["InstanceType"], p["CurrentInstanceCount"]) for p in pools)
    if name in types:
        return (Pool(types[name], summary.get("CurrentInstanceCount", 0)),)
    # boto3 before 1.43.1 drops InstancePools: a fleet would look empty.
    msg = f"variant {name} shows neither an instance type nor pools; is boto3 older than 1.43.1?"
    raise AwsError(msg)


def samples_every(description: DescribeEndpointOutputTypeDef) -> timedelta:
    """How often an instance reports its concurrency. Only enhanced metrics change that; they are
    published every minute unless the configuration names another frequency."""
    metrics = description.get("MetricsConfig", {})
    if not metrics.get("EnableEnhancedMetrics"):
        return SAMPLES_EVERY
    return timedelta(seconds=metrics.get("MetricPublishFrequencyInSeconds", 60))


def by_priority(variant: Variant, types: Sequence[str]) -> Variant:
    """`variant` with its pools in the order of `types`, the instance types of its configuration."""
    if len(variant.pools) < 2:
        return variant
    unknown = [pool.instance_type for pool in variant.pools if pool.instance_type not in types]
    if unknown:
        msg = f"the configuration gives {', '.join(unknown)} of {variant.name} no priority"
        raise AwsError(msg)
    pools = sorted(variant.pools, key=lambda pool: types.index(pool.instance_type))
    return replace(variant, pools=tuple(pools))


def is_serverless(summary: ProductionVariantSummaryTypeDef) -> bool:
    return "CurrentServerlessConfig" in summary or "DesiredServerlessConfig" in summary


def endpoint_kinds(description: DescribeEndpointOutputTypeDef) -> frozenset[Kind]:
    serverless = any(map(is_serverless, description.get("ProductionVariants", [])))
    return frozenset([*_common_kinds(description), *([Kind.SERVERLESS] if serverless else [])])


def endpoint_config(config: DescribeEndpointConfigOutputTypeDef) -> EndpointConfig:
    variants = config["ProductionVariants"]
    return EndpointConfig(
        config["EndpointConfigName"],
        exists=True,
        kinds=frozenset(_config_kinds(config)),
        variants=tuple(map(_configured, variants)),
        types={variant["VariantName"]: types(variant) for variant in variants},
        models=tuple(sorted(_models(config))),
        kms_key=config.get("KmsKeyId", ""),
    )


def _config_kinds(config: DescribeEndpointConfigOutputTypeDef) -> Iterator[Kind]:
    yield from _common_kinds(config)
    if any("ServerlessConfig" in variant for variant in config["ProductionVariants"]):
        yield Kind.SERVERLESS
    if any("ModelName" not in variant for variant in config["ProductionVariants"]):
        yield Kind.COMPONENTS  # CreateInferenceComponent gives it its models later


def _common_kinds(
    document: DescribeEndpointOutputTypeDef | DescribeEndpointConfigOutputTypeDef,
) -> Iterator[Kind]:
    """Those that an endpoint and its configuration show under the same names."""
    if "AsyncInferenceConfig" in document:
        yield Kind.ASYNCHRONOUS
    if document.get("ShadowProductionVariants"):
        yield Kind.SHADOWED


def _configured(variant: ProductionVariantOutputTypeDef) -> ConfiguredVariant:
    """A serverless variant has neither a type nor a count."""
    first_type = next(iter(types(variant)), UNKNOWN_TYPE)
    count = variant.get("InitialInstanceCount", 0)
    return ConfiguredVariant(variant["VariantName"], first_type, count)


def types(variant: ProductionVariantOutputTypeDef) -> tuple[str, ...]:
    """The instance types that the variant may start, by priority; () where it is serverless.
    A type may stand in two pools."""
    pools = sorted(variant.get("InstancePools", []), key=lambda pool: pool["Priority"])
    single = (variant["InstanceType"],) if "InstanceType" in variant else ()
    return tuple(pool["InstanceType"] for pool in pools) or single


def _models(config: DescribeEndpointConfigOutputTypeDef) -> set[str]:
    """The models of all variants, of shadow variants and of pools with a model of their own."""
    variants = [*config["ProductionVariants"], *config.get("ShadowProductionVariants", [])]
    pools = [pool for variant in variants for pool in variant.get("InstancePools", [])]
    return {
        *(variant["ModelName"] for variant in variants if "ModelName" in variant),
        *(pool["ModelNameOverride"] for pool in pools if "ModelNameOverride" in pool),
    }


def weight_and_count(summary: ProductionVariantSummaryTypeDef) -> dict[str, Any]:
    """The desired weight and count; the current ones where AWS shows no desired ones."""
    shown: Any = summary
    pairs = (
        ("DesiredWeight", "CurrentWeight"),
        ("DesiredInstanceCount", "CurrentInstanceCount"),
    )
    values = {desired: shown.get(desired, shown.get(current)) for desired, current in pairs}
    known = {key: value for key, value in values.items() if value is not None}
    return {"VariantName": summary["VariantName"]} | known
