"""Endpoints, their tags, and what creating one again would need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.sagemaker import documents
from lowtide.adapters.sagemaker.config_cache import KeptConfigurations
from lowtide.domain.endpoint.observed import ConfiguredVariant, Endpoint, Kind, Status, Variant
from lowtide.domain.errors import AbsentError, AwsError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        DescribeEndpointOutputTypeDef,
        ProductionVariantSummaryTypeDef,
    )


class Endpoints:
    def __init__(self, client: SageMakerClient) -> None:
        self._client = client
        self._kept = KeptConfigurations(self._config)

    def observe(self, name: str) -> Endpoint:
        """Status and live pools, without tags."""
        try:
            with translated():
                found = self._client.describe_endpoint(EndpointName=name)
        except AbsentError:
            return Endpoint(name, Status.ABSENT)
        documents.must_be_called(name, found)
        return Endpoint(
            name=name,
            status=documents.status(found["EndpointStatus"]),
            arn=found["EndpointArn"],
            config_name=found.get("EndpointConfigName", ""),
            failure=found.get("FailureReason", ""),
            created_at=found["CreationTime"],
            modified_at=found["LastModifiedTime"],
            variants=self._variants(found),
            kinds=documents.observed_kinds(found),
            reported=found["EndpointStatus"],
            samples_every=documents.samples_every(found),
        )

    def in_order(self, endpoint: Endpoint) -> Endpoint:
        """With the pools of each variant by their priority, the highest first: only the
        configuration tells it."""
        kept = self._kept.variants(endpoint.name, endpoint.config_name, endpoint.modified_at)
        ranks = {variant["VariantName"]: documents.ranks(variant) for variant in kept}
        ordered = (documents.in_order(v, ranks.get(v.name, {})) for v in endpoint.variants)
        return replace(endpoint, variants=tuple(ordered))

    def tags(self, arn: str) -> Mapping[str, str]:
        with translated():
            pages = self._client.get_paginator("list_tags").paginate(ResourceArn=arn)
            return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def create(
        self, name: str, config_name: str, tags: Mapping[str, str], deployment: Mapping[str, Any]
    ) -> str:
        """Says what was left out: an endpoint is worth more than its deployment configuration,
        which may name an alarm that is gone or suit another configuration."""
        call: dict[str, Any] = {
            "EndpointName": name,
            "EndpointConfigName": config_name,
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
        try:
            self._create(call | ({"DeploymentConfig": deployment} if deployment else {}))
        except AwsError as error:
            invalid = type(error) is AwsError and "ValidationException" in str(error)
            if not deployment or not invalid:
                raise
            self._create(call)
            return f"without its deployment configuration ({error})"
        return ""

    def put_variants(self, name: str, changes: Sequence[Mapping[str, Any]]) -> None:
        """Weights or counts, all at once; the endpoint is Updating until they hold."""
        wanted: Any = [dict(change) for change in changes]
        with translated():
            self._client.update_endpoint_weights_and_capacities(
                EndpointName=name, DesiredWeightsAndCapacities=wanted
            )

    def delete(self, name: str) -> None:
        """An endpoint that is gone already is a success."""
        with suppress(AbsentError), translated():
            self._client.delete_endpoint(EndpointName=name)

    def missing_for(self, config_name: str) -> tuple[str, ...]:
        """The configuration and the models of its variants and pools that do not exist."""
        config = self._config_if_there(config_name)
        if config is None:
            return (f"endpoint configuration {config_name}",)
        models = sorted({m for v in documents.all_variants(config) for m in documents.models(v)})
        return tuple(f"model {model}" for model in models if not self._model_exists(model))

    def kinds(self, *config_names: str) -> frozenset[Kind]:
        """What these configurations make of an endpoint; one that is gone says nothing."""
        return frozenset(kind for name in config_names for kind in self._kinds(name))

    def fleet(self, config_name: str) -> tuple[ConfiguredVariant, ...]:
        """What a configuration starts its variants with; empty where it is gone."""
        config = self._config_if_there(config_name)
        variants = config["ProductionVariants"] if config else ()
        return tuple(documents.configured(variant) for variant in variants)

    def types(self, config_name: str) -> Mapping[str, Sequence[str]] | None:
        """The instance types that a configuration gives each variant; None where it is gone."""
        config = self._config_if_there(config_name)
        if config is None:
            return None
        return {v["VariantName"]: documents.types(v) for v in config["ProductionVariants"]}

    def variant_names(self, endpoint: Endpoint) -> tuple[str, ...]:
        """A failed endpoint shows no variants: its configuration still names them."""
        if endpoint.variants:
            return tuple(variant.name for variant in endpoint.variants)
        variants = self._config(endpoint.config_name)["ProductionVariants"]
        return tuple(variant["VariantName"] for variant in variants)

    def deployed(
        self, endpoint: Endpoint
    ) -> tuple[Mapping[str, Any], tuple[Mapping[str, Any], ...]]:
        """The last deployment configuration; each variant's weight and count, and those that its
        configuration gives. A failed endpoint shows no variants."""
        with translated():
            found = self._client.describe_endpoint(EndpointName=endpoint.name)
        given = self._given(found["EndpointConfigName"])
        variants = [
            documents.weight_and_count(summary) | given.get(summary["VariantName"], {})
            for summary in found.get("ProductionVariants", [])
        ]
        return found.get("LastDeploymentConfig", {}), tuple(variants)

    def _given(self, config_name: str) -> Mapping[str, dict[str, Any]]:
        """By variant; of a configuration that is gone nothing is known."""
        config = self._config_if_there(config_name)
        variants: Any = config["ProductionVariants"] if config else ()
        fields = ("InitialVariantWeight", "InitialInstanceCount")
        return {v["VariantName"]: {f: v[f] for f in fields if f in v} for v in variants}

    def _create(self, call: Mapping[str, Any]) -> None:
        with translated():
            self._client.create_endpoint(**call)

    def _variants(self, found: DescribeEndpointOutputTypeDef) -> tuple[Variant, ...]:
        summaries = found.get("ProductionVariants", [])
        types = self._single_types(found, summaries)
        return tuple(
            Variant(
                summary["VariantName"],
                documents.pools(summary, types),
                "InstancePools" in summary,
                summary.get("DesiredInstanceCount"),
            )
            for summary in summaries
        )

    def _kinds(self, config_name: str) -> Iterator[Kind]:
        config = self._config_if_there(config_name)
        if config is None:
            return
        yield from documents.kinds_of_all(config)
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
        if all("InstancePools" in each or documents.is_serverless(each) for each in summaries):
            return {}
        try:
            variants = self._kept.variants(
                found["EndpointName"], found["EndpointConfigName"], found["LastModifiedTime"]
            )
        except AbsentError:  # it serves all the same, and is refused or left alone for what it is
            return {summary["VariantName"]: documents.UNKNOWN_TYPE for summary in summaries}
        return {v["VariantName"]: v["InstanceType"] for v in variants if "InstanceType" in v}

    def _config(self, config_name: str) -> DescribeEndpointConfigOutputTypeDef:
        with translated():
            return self._client.describe_endpoint_config(EndpointConfigName=config_name)

    def _config_if_there(self, config_name: str) -> DescribeEndpointConfigOutputTypeDef | None:
        with suppress(AbsentError):
            return self._config(config_name)
        return None

    def _model_exists(self, model: str) -> bool:
        try:
            with translated():
                self._client.describe_model(ModelName=model)
        except AbsentError:
            return False
        return True
