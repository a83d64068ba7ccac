"""What CreateEndpointConfig refuses beyond botocore's model, in our words unless noted."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from lowtide_workbench.aws.protocol.refusal import invalid

type Document = Mapping[str, Any]

PUBLISH_EVERY_S = (10, 30, 60, 120, 180, 240, 300)

_MANAGED = "ManagedInstanceScaling is only supported for inference component endpoints."  # AWS's


def check_config(request: Document) -> None:
    variants = list(variants_of(request))
    names = [variant["VariantName"] for variant in variants]
    if len(set(names)) < len(names):
        raise invalid("Production variant names must be unique within an endpoint configuration.")
    shadows = request.get("ShadowProductionVariants", ())
    if shadows and (len(shadows) > 1 or len(request["ProductionVariants"]) > 1):
        raise invalid(
            "With ShadowProductionVariants you can only specify one variant for "
            "ProductionVariants and one variant for ShadowProductionVariants."
        )
    _check_metrics(request.get("MetricsConfig", {}))
    if "AsyncInferenceConfig" in request:
        _check_asynchronous(request)
    for variant in variants:
        _check_variant(variant)


def variants_of(request: Document) -> Iterator[Document]:
    return chain(request["ProductionVariants"], request.get("ShadowProductionVariants", ()))


def models_of(request: Document) -> Sequence[str]:
    """The models that the variants name, each once."""
    models = (model for variant in variants_of(request) for model in variant_models(variant))
    return list(dict.fromkeys(models))


def variant_models(variant: Document) -> Sequence[str]:
    """The models that a variant names, its pools' own included."""
    pools = variant.get("InstancePools", ())
    names = [variant.get("ModelName"), *(pool.get("ModelNameOverride") for pool in pools)]
    return [name for name in dict.fromkeys(names) if name]


def _check_metrics(config: Document) -> None:
    every = config.get("MetricPublishFrequencyInSeconds", 60)
    if every not in PUBLISH_EVERY_S:
        raise invalid(
            f"MetricPublishFrequencyInSeconds {every} is not one of {list(PUBLISH_EVERY_S)}."
        )


def _check_asynchronous(request: Document) -> None:
    """Facts A9 and A65. Several variants are not refused: they are reported to work (A67)."""
    excluded = ("DataCaptureConfig", "ShadowProductionVariants")
    used = [field for field in excluded if field in request]
    if any(variant.get("EnableSSMAccess") for variant in variants_of(request)):
        used.append("EnableSSMAccess")
    if used:
        raise invalid(f"{used[0]} is not supported when specifying an AsyncInferenceConfig.")


def _check_variant(variant: Document) -> None:
    name = variant["VariantName"]
    if "ServerlessConfig" in variant:
        raise invalid(f'The embedded AWS does not play serverless variants ("{name}").')
    if "ManagedInstanceScaling" in variant and "ModelName" in variant:
        raise invalid(_MANAGED)
    pools = variant.get("InstancePools")
    if pools is None and "InstanceType" not in variant:
        raise invalid(f'InstanceType or InstancePools must be specified for variant "{name}".')
    if pools is not None and "InstanceType" in variant:
        raise invalid(f'InstanceType and InstancePools cannot both be set for variant "{name}".')
    _check_pools(variant, pools or ())


def _check_pools(variant: Document, pools: Sequence[Document]) -> None:
    name = variant["VariantName"]
    for field in ("InstanceType", "Priority"):
        values = [pool[field] for pool in pools]
        if len(set(values)) < len(values):
            raise invalid(f'InstancePools of variant "{name}" must differ in {field}.')
    if "ModelName" not in variant and any("ModelNameOverride" in pool for pool in pools):
        raise invalid(f'ModelNameOverride needs a ModelName to override (variant "{name}").')
