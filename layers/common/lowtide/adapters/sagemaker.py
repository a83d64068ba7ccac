"""Endpoints, their tags, and what creating one again would need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide.domain.endpoints import Endpoint, Kind, Pool, Status, Variant
from lowtide.domain.errors import AbsentError, AwsError
from lowtide.domain.savings import ConfiguredVariant

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        DescribeEndpointOutputTypeDef,
        ProductionVariantOutputTypeDef,
        ProductionVariantSummaryTypeDef,
    )


UNKNOWN_TYPE = "unknown"  # the configuration that named it was deleted under the endpoint


class Endpoints:
    def __init__(self, client: SageMakerClient) -> None:
        self._client = client

    def observe(self, name: str) -> Endpoint:
        """Status and live pools, without tags."""
        try:
            with translated():
                found = self._client.describe_endpoint(EndpointName=name)
        except AbsentError:
            return Endpoint(name, Status.ABSENT)
        return Endpoint(
            name=name,
            status=_status(found["EndpointStatus"]),
            arn=found["EndpointArn"],
            config_name=found.get("EndpointConfigName", ""),
            failure=found.get("FailureReason", ""),
            created_at=found["CreationTime"],
            modified_at=found["LastModifiedTime"],
            variants=self._variants(found),
            kinds=_observed_kinds(found),
        )

    def tags(self, arn: str) -> Mapping[str, str]:
        with translated():
            pages = self._client.get_paginator("list_tags").paginate(ResourceArn=arn)
            return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def create(self, name: str, config_name: str, tags: Mapping[str, str]) -> None:
        with translated():
            self._client.create_endpoint(
                EndpointName=name,
                EndpointConfigName=config_name,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )

    def delete(self, name: str) -> None:
        """An endpoint that is gone already is a success."""
        try:
            with translated():
                self._client.delete_endpoint(EndpointName=name)
        except AbsentError:
            return

    def missing_for(self, config_name: str) -> tuple[str, ...]:
        """The configuration and the models of its variants and pools that do not exist."""
        try:
            config = self._config(config_name)
        except AbsentError:
            return (f"endpoint configuration {config_name}",)
        models = sorted({m for v in _all_variants(config) for m in _models(v)})
        return tuple(f"model {model}" for model in models if not self._model_exists(model))

    def kinds(self, *config_names: str) -> frozenset[Kind]:
        """What these configurations make of an endpoint; one that is gone says nothing."""
        return frozenset(kind for name in config_names for kind in self._kinds(name))

    def fleet(self, config_name: str) -> tuple[ConfiguredVariant, ...]:
        """What a configuration starts its variants with; empty where it is gone."""
        try:
            config = self._config(config_name)
        except AbsentError:
            return ()
        return tuple(_configured(variant) for variant in config["ProductionVariants"])

    def variant_names(self, endpoint: Endpoint) -> tuple[str, ...]:
        """A failed endpoint shows no variants: its configuration still names them."""
        if endpoint.variants:
            return tuple(variant.name for variant in endpoint.variants)
        variants = self._config(endpoint.config_name)["ProductionVariants"]
        return tuple(variant["VariantName"] for variant in variants)

    def _variants(self, found: DescribeEndpointOutputTypeDef) -> tuple[Variant, ...]:
        summaries = found.get("ProductionVariants", [])
        types = self._single_types(found, summaries)
        return tuple(
            Variant(summary["VariantName"], _pools(summary, types), "InstancePools" in summary)
            for summary in summaries
        )

    def _kinds(self, config_name: str) -> Iterator[Kind]:
        try:
            config = self._config(config_name)
        except AbsentError:
            return
        yield from _kinds_of_all(config)
        if any("ServerlessConfig" in variant for variant in config["ProductionVariants"]):
            yield Kind.SERVERLESS
        if any("ModelName" not in variant for variant in config["ProductionVariants"]):
            yield Kind.COMPONENTS  # their models come later, by CreateInferenceComponent

    def _single_types(
        self,
        found: DescribeEndpointOutputTypeDef,
        summaries: list[ProductionVariantSummaryTypeDef],
    ) -> Mapping[str, str]:
        """Instance type by variant: DescribeEndpoint names types only for pools."""
        if all("InstancePools" in each or _is_serverless(each) for each in summaries):
            return {}
        try:
            variants = self._config(found["EndpointConfigName"])["ProductionVariants"]
        except AbsentError:  # it serves all the same, and is refused or left alone for what it is
            return {summary["VariantName"]: UNKNOWN_TYPE for summary in summaries}
        return {v["VariantName"]: v["InstanceType"] for v in variants if "InstanceType" in v}

    def _config(self, config_name: str) -> DescribeEndpointConfigOutputTypeDef:
        with translated():
            return self._client.describe_endpoint_config(EndpointConfigName=config_name)

    def _model_exists(self, model: str) -> bool:
        try:
            with translated():
                self._client.describe_model(ModelName=model)
        except AbsentError:
            return False
        return True


def _status(name: str) -> Status:
    try:
        return Status(name)
    except ValueError as error:
        msg = f"SageMaker reports the status {name}, which is not known here: nothing is done"
        raise AwsError(msg) from error


def _pools(summary: ProductionVariantSummaryTypeDef, types: Mapping[str, str]) -> tuple[Pool, ...]:
    name = summary["VariantName"]
    if _is_serverless(summary):
        return ()
    if "InstancePools" in summary:
        counts = ((p["InstanceType"], p["CurrentInstanceCount"]) for p in summary["InstancePools"])
        return tuple(Pool(instance_type, count) for instance_type, count in counts)
    if name in types:
        return (Pool(types[name], summary.get("CurrentInstanceCount", 0)),)
    # boto3 before 1.43.1 drops InstancePools: a fleet would look empty.
    msg = f"variant {name} shows neither an instance type nor pools; is boto3 older than 1.43.1?"
    raise AwsError(msg)


def _is_serverless(summary: ProductionVariantSummaryTypeDef) -> bool:
    return "CurrentServerlessConfig" in summary or "DesiredServerlessConfig" in summary


def _observed_kinds(found: DescribeEndpointOutputTypeDef) -> frozenset[Kind]:
    serverless = any(map(_is_serverless, found.get("ProductionVariants", [])))
    return frozenset([*_kinds_of_all(found), *([Kind.SERVERLESS] if serverless else [])])


def _kinds_of_all(
    document: DescribeEndpointOutputTypeDef | DescribeEndpointConfigOutputTypeDef,
) -> Iterator[Kind]:
    """What an endpoint and its configuration say by the same names."""
    if "AsyncInferenceConfig" in document:
        yield Kind.ASYNCHRONOUS
    if document.get("ShadowProductionVariants"):
        yield Kind.SHADOWED


def _all_variants(
    config: DescribeEndpointConfigOutputTypeDef,
) -> list[ProductionVariantOutputTypeDef]:
    return [*config["ProductionVariants"], *config.get("ShadowProductionVariants", [])]


def _configured(variant: ProductionVariantOutputTypeDef) -> ConfiguredVariant:
    pools = sorted(variant.get("InstancePools", []), key=lambda pool: pool["Priority"])
    first = pools[0]["InstanceType"] if pools else variant.get("InstanceType", UNKNOWN_TYPE)
    return ConfiguredVariant(variant["VariantName"], first, variant.get("InitialInstanceCount", 0))


def _models(variant: ProductionVariantOutputTypeDef) -> set[str]:
    pools = variant.get("InstancePools", [])
    overrides = {p["ModelNameOverride"] for p in pools if "ModelNameOverride" in p}
    return overrides | ({variant["ModelName"]} if "ModelName" in variant else set())
