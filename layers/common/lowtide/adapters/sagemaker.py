"""Endpoints, their tags, and what creating one again would need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lowtide.adapters.aws_errors import translated
from lowtide.domain.endpoints import Endpoint, Kind, Pool, Status, Variant
from lowtide.domain.errors import AbsentError, AwsError
from lowtide.domain.savings import ConfiguredVariant
from lowtide.domain.snapshot import Document, Documents

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
            reported=found["EndpointStatus"],
        )

    def tags(self, arn: str) -> Mapping[str, str]:
        with translated():
            pages = self._client.get_paginator("list_tags").paginate(ResourceArn=arn)
            return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def create(
        self, name: str, config_name: str, tags: Mapping[str, str], deployment: Document
    ) -> str:
        """Says what was left out: an endpoint is worth more than its deployment configuration,
        which may name an alarm that is gone or suit another configuration."""
        call: dict[str, Any] = {
            "EndpointName": name,
            "EndpointConfigName": config_name,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
        if deployment:
            try:
                self._create(call | {"DeploymentConfig": deployment})
            except AwsError as error:
                if type(error) is not AwsError or "ValidationException" not in str(error):
                    raise
                self._create(call)
                return f"without its deployment configuration ({error})"
            return ""
        self._create(call)
        return ""

    def put_variants(self, name: str, changes: Documents) -> None:
        """Weights or counts, all at once; the endpoint is Updating until they hold."""
        wanted: Any = [dict(change) for change in changes]
        with translated():
            self._client.update_endpoint_weights_and_capacities(
                EndpointName=name, DesiredWeightsAndCapacities=wanted
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

    def deployed(self, endpoint: Endpoint) -> tuple[Document, Documents]:
        """The last deployment configuration; each variant's weight and count, and those that its
        configuration gives. A failed endpoint shows no variants."""
        with translated():
            found = self._client.describe_endpoint(EndpointName=endpoint.name)
        given = self._given(found["EndpointConfigName"])
        variants = [
            _weight_and_count(summary) | given.get(summary["VariantName"], {})
            for summary in found.get("ProductionVariants", [])
        ]
        return found.get("LastDeploymentConfig", {}), tuple(variants)

    def _given(self, config_name: str) -> Mapping[str, dict[str, Any]]:
        """By variant; of a configuration that is gone nothing is known."""
        try:
            variants: Any = self._config(config_name)["ProductionVariants"]
        except AbsentError:
            return {}
        fields = ("InitialVariantWeight", "InitialInstanceCount")
        return {v["VariantName"]: {f: v[f] for f in fields if f in v} for v in variants}

    def _create(self, call: Mapping[str, Any]) -> None:
        with translated():
            self._client.create_endpoint(**call)

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
    return Status(name) if name in Status else Status.UNKNOWN


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


def _weight_and_count(summary: ProductionVariantSummaryTypeDef) -> dict[str, Any]:
    """What was asked for, rather than what is there while it is being reached."""
    asked: Any = summary
    pairs = (
        ("DesiredWeight", "CurrentWeight"),
        ("DesiredInstanceCount", "CurrentInstanceCount"),
    )
    values = {wished: asked.get(wished, asked.get(is_now)) for wished, is_now in pairs}
    known = {key: value for key, value in values.items() if value is not None}
    return {"VariantName": summary["VariantName"]} | known


def _models(variant: ProductionVariantOutputTypeDef) -> set[str]:
    pools = variant.get("InstancePools", [])
    overrides = {p["ModelNameOverride"] for p in pools if "ModelNameOverride" in p}
    return overrides | ({variant["ModelName"]} if "ModelName" in variant else set())
