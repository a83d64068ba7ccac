"""Endpoints, their tags, and what creating one again would need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lowtide.adapters.aws_errors import translated
from lowtide.domain.endpoints import Endpoint, Pool, Status, Variant
from lowtide.domain.errors import AbsentError, AwsError
from lowtide.domain.snapshot import Document, Documents

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        DescribeEndpointOutputTypeDef,
        ProductionVariantOutputTypeDef,
        ProductionVariantSummaryTypeDef,
    )


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
        models = sorted({m for v in config["ProductionVariants"] for m in _models(v)})
        return tuple(f"model {model}" for model in models if not self._model_exists(model))

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

    def _single_types(
        self,
        found: DescribeEndpointOutputTypeDef,
        summaries: list[ProductionVariantSummaryTypeDef],
    ) -> Mapping[str, str]:
        """Instance type by variant: DescribeEndpoint names types only for pools."""
        if all("InstancePools" in summary for summary in summaries):
            return {}
        variants = self._config(found["EndpointConfigName"])["ProductionVariants"]
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
    if "InstancePools" in summary:
        counts = ((p["InstanceType"], p["CurrentInstanceCount"]) for p in summary["InstancePools"])
        return tuple(Pool(instance_type, count) for instance_type, count in counts)
    if name in types:
        return (Pool(types[name], summary.get("CurrentInstanceCount", 0)),)
    # boto3 before 1.43.1 drops InstancePools: a fleet would look empty.
    msg = f"variant {name} shows neither an instance type nor pools; is boto3 older than 1.43.1?"
    raise AwsError(msg)


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
