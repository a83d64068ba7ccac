"""Endpoints, their tags, and what is needed to create one again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.sagemaker import documents
from lowtide.adapters.sagemaker.config_cache import ConfigCache
from lowtide.domain.endpoint import STACK_TAG, Endpoint, EndpointConfig, Status, Variant, Version
from lowtide.domain.errors import AbsentError, AwsError, DeniedError

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import (
        DescribeEndpointConfigOutputTypeDef,
        DescribeEndpointOutputTypeDef,
        ProductionVariantSummaryTypeDef,
    )

# AWS does not document its messages about a DeploymentConfig. These are the words of its fields.
# A lack of capacity is about something else, whatever its message names.
_REFUSED = (
    r"(?is)(CreateEndpoint: ValidationException: (?!.*insufficient)"
    r"|Parameter validation failed:).*"  # botocore's, before it asks AWS
)
_ABOUT_DEPLOYMENT = re.compile(
    _REFUSED
    + r"(deployment|rollback|alarm|update ?policy|traffic ?routing|canary ?size|linear ?step|batch)"
)
_ABOUT_TAGS = re.compile(_REFUSED + r"\btags?\b")

# GetEndpointPolicy's answer where there is none, and what says that AWS does not know the call.
_NO_POLICY = re.compile(r"GetEndpointPolicy: ValidationException: ")
_NO_SUCH_CALL = re.compile(r"\w+: (UnknownOperation|InvalidAction|UnsupportedOperation)")


_PAGE = 100  # the most that ListEndpoints shows in one answer


class Endpoints:
    def __init__(self, client: SageMakerClient) -> None:
        self._client = client
        self._cache = ConfigCache(self._config)

    def observe(self, name: str) -> Endpoint:
        """The endpoint as DescribeEndpoint shows it, so without its tags."""
        try:
            with translated():
                description = self._client.describe_endpoint(EndpointName=name)
        except AbsentError:
            return Endpoint(name, Status.ABSENT)
        documents.check_name(name, description)
        return Endpoint(
            name=name,
            status=documents.status(description["EndpointStatus"]),
            arn=description["EndpointArn"],
            config_name=description.get("EndpointConfigName", ""),
            failure=description.get("FailureReason", ""),
            created_at=description["CreationTime"],
            modified_at=description["LastModifiedTime"],
            variants=self._variants(description),
            kinds=documents.endpoint_kinds(description),
            reported=description["EndpointStatus"],
            samples_every=documents.samples_every(description),
        )

    def versions(self, most_pages: int) -> Mapping[str, Version] | None:
        """The version of each endpoint that exists, as ListEndpoints shows them. None where they
        fill more pages: in an account with many others, few endpoints are cheaper to describe."""
        pages = self._client.get_paginator("list_endpoints").paginate(
            PaginationConfig={"PageSize": _PAGE, "MaxItems": _PAGE * most_pages}
        )
        with translated():
            listed = [endpoint for page in pages for endpoint in page["Endpoints"]]
        if pages.resume_token:
            return None
        return {
            e["EndpointName"]: (e["EndpointStatus"], e["CreationTime"], e["LastModifiedTime"])
            for e in listed
        }

    def in_order(self, endpoint: Endpoint) -> Endpoint:
        """`endpoint` with the pools of each variant by priority, the highest first. Only the
        configuration has priorities."""
        configured = self._cache.variants(endpoint.name, endpoint.config_name, endpoint.modified_at)
        types = {variant["VariantName"]: documents.types(variant) for variant in configured}
        ordered = (documents.by_priority(v, types.get(v.name, ())) for v in endpoint.variants)
        return replace(endpoint, variants=tuple(ordered))

    def tags(self, arn: str) -> Mapping[str, str]:
        with translated():
            pages = self._client.get_paginator("list_tags").paginate(ResourceArn=arn)
            return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    def create(
        self, name: str, config_name: str, tags: Mapping[str, str], deployment: Mapping[str, Any]
    ) -> str:
        """Creates the endpoint; returns what was left out and why, or "".

        What AWS refuses is left out: `deployment`, which may name an alarm that is gone, or not
        suit this configuration; and all `tags` but the stack's, which may be of anyone who can
        write to the table. After any other error the endpoint is not created.
        """
        try:
            self._create(name, config_name, tags, deployment)
        except AwsError as error:
            if type(error) is not AwsError:
                raise
            if deployment and _ABOUT_DEPLOYMENT.match(str(error)):
                left_out, deployment = "its deployment configuration", {}
            elif tags.keys() - {STACK_TAG} and _ABOUT_TAGS.match(str(error)):
                left_out = f"its tags but {STACK_TAG}"
                tags = {key: value for key, value in tags.items() if key == STACK_TAG}
            else:
                raise
            others = self.create(name, config_name, tags, deployment)
            return "; ".join(filter(None, (f"without {left_out} ({error})", others)))
        return ""

    def put_variants(self, name: str, changes: Iterable[Mapping[str, Any]]) -> None:
        """Sets weights or counts in one call; the endpoint is Updating until they are reached."""
        wanted: Any = [dict(change) for change in changes]
        with translated():
            self._client.update_endpoint_weights_and_capacities(
                EndpointName=name, DesiredWeightsAndCapacities=wanted
            )

    def policy(self, name: str) -> str | None:
        """The endpoint's resource policy, "" without one; None where it cannot be read: boto3
        before 1.44 has no such call, and neither a region nor a role needs to know it."""
        if not hasattr(self._client, "get_endpoint_policy"):
            return None
        try:
            with translated():
                found: dict[str, Any] = self._client.get_endpoint_policy(EndpointName=name)
        except AbsentError:
            return ""
        except DeniedError:
            return None
        except AwsError as error:
            if _NO_SUCH_CALL.match(str(error)):
                return None
            if not _NO_POLICY.match(str(error)):
                raise
            return ""
        return str(found["ResourcePolicy"])

    def put_policy(self, name: str, policy: str) -> None:
        if not hasattr(self._client, "put_endpoint_policy"):
            raise AwsError("this boto3 has no PutEndpointPolicy")
        with translated():
            self._client.put_endpoint_policy(EndpointName=name, ResourcePolicy=policy)

    def delete(self, name: str) -> None:
        """An endpoint that is gone already is a success."""
        with suppress(AbsentError), translated():
            self._client.delete_endpoint(EndpointName=name)

    def config(self, name: str) -> EndpointConfig:
        config = self._config_if_there(name)
        return documents.endpoint_config(config) if config else EndpointConfig(name)

    def missing_for(self, config: EndpointConfig) -> tuple[str, ...]:
        """The configuration, or those of its models, that do not exist."""
        if not config.exists:
            return (f"endpoint configuration {config.name}",)
        return tuple(f"model {model}" for model in config.models if not self._model_exists(model))

    def variant_names(self, endpoint: Endpoint) -> tuple[str, ...]:
        """AWS shows no variants of a failed endpoint: its configuration still names them. Raises
        AbsentError where that is gone."""
        if endpoint.variants:
            return tuple(variant.name for variant in endpoint.variants)
        variants = self._config(endpoint.config_name)["ProductionVariants"]
        return tuple(variant["VariantName"] for variant in variants)

    def deployed(
        self, endpoint: Endpoint
    ) -> tuple[Mapping[str, Any], tuple[Mapping[str, Any], ...]]:
        """The last deployment configuration, and the variants: of each its weight and count, and
        those of its configuration, where that exists. A failed endpoint shows no variants."""
        with translated():
            description = self._client.describe_endpoint(EndpointName=endpoint.name)
        config = self._config_if_there(description["EndpointConfigName"])
        initial = _weights_and_counts(config) if config else {}
        variants = tuple(
            documents.weight_and_count(summary) | initial.get(summary["VariantName"], {})
            for summary in description.get("ProductionVariants", [])
        )
        return description.get("LastDeploymentConfig", {}), variants

    def _create(
        self, name: str, config_name: str, tags: Mapping[str, str], deployment: Mapping[str, Any]
    ) -> None:
        request: Any = {"DeploymentConfig": deployment} if deployment else {}
        with translated():
            self._client.create_endpoint(
                EndpointName=name,
                EndpointConfigName=config_name,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                **request,
            )

    def _variants(self, description: DescribeEndpointOutputTypeDef) -> tuple[Variant, ...]:
        summaries = description.get("ProductionVariants", [])
        types = self._single_types(description, summaries)
        return tuple(documents.variant(summary, types) for summary in summaries)

    def _single_types(
        self,
        description: DescribeEndpointOutputTypeDef,
        summaries: list[ProductionVariantSummaryTypeDef],
    ) -> Mapping[str, str]:
        """Instance type by variant: DescribeEndpoint has the types of pools only."""
        if all("InstancePools" in v or documents.is_serverless(v) for v in summaries):
            return {}
        try:
            configured = self._cache.variants(
                description["EndpointName"],
                description["EndpointConfigName"],
                description["LastModifiedTime"],
            )
        except AbsentError:  # such an endpoint still serves
            return {summary["VariantName"]: documents.UNKNOWN_TYPE for summary in summaries}
        return {v["VariantName"]: v["InstanceType"] for v in configured if "InstanceType" in v}

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


def _weights_and_counts(
    config: DescribeEndpointConfigOutputTypeDef,
) -> Mapping[str, dict[str, Any]]:
    fields = ("InitialVariantWeight", "InitialInstanceCount")
    variants: Any = config["ProductionVariants"]
    return {v["VariantName"]: {f: v[f] for f in fields if f in v} for v in variants}
