"""Endpoints as the adapter reads, creates and deletes them."""

import re
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.observed import (
    ConfiguredVariant,
    Endpoint,
    Kind,
    Pool,
    Status,
    Variant,
)
from lowtide.domain.errors import AbsentError, AwsError, BusyError, DeniedError
from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.sagemaker import tags as tags_of_aws
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.fleet.pools import Drought
from tests.integration.adapters.conftest import NAME, NOW, POOLS, Account, OpenAccount

PRODUCTION: Any = {
    "VariantName": "AllTraffic",
    "ModelName": "model",
    "InitialInstanceCount": 1,
    "InstancePools": POOLS,
}
SHADOW: Any = PRODUCTION | {"VariantName": "Shadow", "ModelName": "shadow-model"}
DRY = [Drought(NOW.timestamp(), (NOW + timedelta(days=1)).timestamp())]


@pytest.fixture
def endpoints(account: Account) -> Endpoints:
    return Endpoints(account.sagemaker)


def model(account: Account, name: str) -> None:
    account.sagemaker.create_model(
        ModelName=name, ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker-execution"
    )


def test_an_absent_endpoint_has_a_name_and_nothing_else(endpoints: Endpoints) -> None:
    assert endpoints.observe("nobody") == Endpoint("nobody", Status.ABSENT)


def test_a_name_in_another_case_is_not_taken_for_the_endpoints(
    account: Account, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Application Auto Scaling knows it by its own name only: nothing would seem to scale it."""
    account.configure()
    account.in_service()
    real = EndpointsApi.describe_endpoint
    monkeypatch.setattr(
        EndpointsApi,
        "describe_endpoint",
        lambda self, request: real(self, request | {"EndpointName": NAME}),
    )
    with pytest.raises(AwsError, match=f"SageMaker calls it {NAME}: write it like that"):
        endpoints.observe(NAME.title())


def test_pools_are_counted_by_type(account: Account, endpoints: Endpoints) -> None:
    account.configure({"InstancePools": POOLS, "InitialInstanceCount": 2})
    account.in_service()
    found = endpoints.observe(NAME)
    assert found.status == Status.IN_SERVICE
    assert found.config_name == "config"
    assert found.arn.endswith(f":endpoint/{NAME}")
    assert found.created_at == NOW
    assert found.modified_at == account.cloud.clock.now() > NOW
    assert found.failure == ""
    (variant,) = found.variants
    assert variant.name == "AllTraffic"
    assert {p.instance_type: p.live for p in variant.pools if p.live} == {"ml.g6.2xlarge": 2}


def test_the_type_of_a_variant_without_pools_stands_in_its_configuration(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure(
        {"InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 2},
        {"VariantName": "Canary", "InstanceType": "ml.g6.2xlarge"},
    )
    account.in_service()
    assert endpoints.observe(NAME).variants == (
        Variant("AllTraffic", (Pool("ml.g5.2xlarge", 2),), pooled=False, desired=2),
        Variant("Canary", (Pool("ml.g6.2xlarge", 1),), pooled=False, desired=1),
    )


def test_pools_and_a_single_type_stand_side_by_side(account: Account, endpoints: Endpoints) -> None:
    account.configure(
        {"InstancePools": POOLS}, {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"}
    )
    account.in_service()
    pooled, canary = endpoints.observe(NAME).variants
    assert Pool("ml.g6.2xlarge", 1) in pooled.pools
    assert canary.pools == (Pool("ml.g5.2xlarge", 1),)
    assert (pooled.pooled, canary.pooled) == (True, False)


def test_pools_that_an_old_boto3_drops_are_no_empty_fleet(
    account: Account, endpoints: Endpoints
) -> None:
    def drop(parsed: dict[str, Any], **_: object) -> None:
        for variant in parsed["ProductionVariants"]:
            variant.pop("InstancePools", None)

    account.configure()
    account.in_service()
    for operation in ("DescribeEndpoint", "DescribeEndpointConfig"):
        account.sagemaker.meta.events.register(f"after-call.sagemaker.{operation}", drop)
    with pytest.raises(AwsError, match=r"AllTraffic shows neither .* boto3 older than 1\.43\.1"):
        endpoints.observe(NAME)


def test_a_failed_endpoint_says_why_and_has_no_variants(open_account: OpenAccount) -> None:
    account = open_account(CloudSettings(droughts={"ml.g6.2xlarge": DRY, "ml.g6e.2xlarge": DRY}))
    account.configure()
    account.create()
    account.wait_for("Failed")
    found = Endpoints(account.sagemaker).observe(NAME)
    assert found.status == Status.FAILED
    assert "InsufficientInstanceCapacity" in found.failure
    assert found.variants == ()
    assert Endpoints(account.sagemaker).variant_names(found) == ("AllTraffic",)


def test_an_endpoint_that_shows_its_variants_needs_no_configuration_to_name_them(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstancePools": POOLS}, {"VariantName": "B", "InstancePools": POOLS})
    account.in_service()
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    assert endpoints.variant_names(endpoints.observe(NAME)) == ("AllTraffic", "B")


def test_a_status_that_is_not_known_is_said_and_not_guessed(
    account: Account, endpoints: Endpoints
) -> None:
    def rename(parsed: dict[str, Any], **_: object) -> None:
        parsed["EndpointStatus"] = "Hibernating"

    account.configure()
    account.create()
    account.sagemaker.meta.events.register("after-call.sagemaker.DescribeEndpoint", rename)
    observed = endpoints.observe(NAME)
    assert (observed.status, observed.reported) == (Status.UNKNOWN, "Hibernating")


@pytest.mark.parametrize(
    ("metrics", "seconds"),
    [
        pytest.param(None, 10, id="which is SageMaker's own"),
        pytest.param({"MetricPublishFrequencyInSeconds": 300}, 10, id="also for other metrics"),
        pytest.param(
            {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 30},
            30,
            id="or the enhanced metrics' own",
        ),
        pytest.param({"EnableEnhancedMetrics": True}, 60, id="which is a minute by default"),
    ],
)
def test_the_pace_of_samples(
    account: Account, endpoints: Endpoints, metrics: dict[str, Any] | None, seconds: int
) -> None:
    def add(parsed: dict[str, Any], **_: object) -> None:
        parsed |= {} if metrics is None else {"MetricsConfig": metrics}

    account.configure()
    account.in_service()
    account.sagemaker.meta.events.register("after-call.sagemaker.DescribeEndpoint", add)
    assert endpoints.observe(NAME).samples_every == timedelta(seconds=seconds)


def test_all_tags_are_read_page_by_page(
    account: Account, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tags_of_aws, "page", lambda all_, request, **_: page(all_, request, size=30)
    )
    tags = {f"tag-{n}": str(n) for n in range(50)}
    asked: list[str] = []
    account.sagemaker.meta.events.register(
        "before-call.sagemaker.ListTags", lambda **_: asked.append("page")
    )
    account.configure()
    endpoints.create(NAME, "config", tags, {})
    assert endpoints.tags(endpoints.observe(NAME).arn) == tags
    assert len(asked) == 2


def test_a_delete_ends_in_absence(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    account.in_service()
    endpoints.delete(NAME)
    assert endpoints.observe(NAME).status == Status.DELETING
    account.wait_for("Absent")
    assert endpoints.observe(NAME).status == Status.ABSENT


def test_deleting_an_absent_endpoint_is_a_success(endpoints: Endpoints) -> None:
    endpoints.delete("nobody")


def test_deleting_one_that_is_created_is_refused_for_now(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.create()
    with pytest.raises(BusyError, match="Cannot update in-progress endpoint"):
        endpoints.delete(NAME)


def test_deleting_without_the_permission_to_deregister_is_denied(open_account: OpenAccount) -> None:
    account = open_account(CloudSettings(may_deregister=False))
    account.configure()
    account.in_service()
    account.autoscaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/AllTraffic",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    with pytest.raises(DeniedError):
        Endpoints(account.sagemaker).delete(NAME)


def test_creating_one_that_is_there_may_succeed_later(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.create()
    with pytest.raises(BusyError):
        endpoints.create(NAME, "config", {}, {})


def test_creating_from_an_absent_configuration_says_so(endpoints: Endpoints) -> None:
    with pytest.raises(AbsentError, match="Could not find endpoint configuration"):
        endpoints.create(NAME, "config", {}, {})


def test_without_its_configuration_an_endpoint_cannot_be_created_again(
    endpoints: Endpoints,
) -> None:
    assert endpoints.missing_for("config") == ("endpoint configuration config",)


def test_every_model_that_is_missing_is_named_also_a_pools_own(
    account: Account, endpoints: Endpoints
) -> None:
    first, second = POOLS
    account.configure({"InstancePools": [first, second | {"ModelNameOverride": "compiled"}]})
    assert endpoints.missing_for("config") == ("model compiled", "model model")
    model(account, "model")
    assert endpoints.missing_for("config") == ("model compiled",)
    model(account, "compiled")
    assert endpoints.missing_for("config") == ()


def test_a_shadows_models_are_needed_too(account: Account, endpoints: Endpoints) -> None:
    variants: Any = [PRODUCTION]
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=variants, ShadowProductionVariants=[SHADOW]
    )
    assert endpoints.missing_for("config") == ("model model", "model shadow-model")


@pytest.mark.parametrize(
    ("request_", "kinds"),
    [
        pytest.param({}, set(), id="instances that serve requests"),
        pytest.param(
            {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}},
            {Kind.ASYNCHRONOUS},
            id="an asynchronous endpoint",
        ),
        pytest.param({"ShadowProductionVariants": [SHADOW]}, {Kind.SHADOWED}, id="a shadow"),
        pytest.param(
            {
                "DataCaptureConfig": {
                    "EnableCapture": True,
                    "InitialSamplingPercentage": 10,
                    "DestinationS3Uri": "s3://bucket/captured",
                    "CaptureOptions": [{"CaptureMode": "Input"}],
                },
                "KmsKeyId": "alias/voice",
                "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
            },
            set(),
            id="data capture, a key and a VPC are no kinds of their own",
        ),
    ],
)
def test_kinds_are_read_from_the_endpoint_and_from_its_configuration(
    account: Account, endpoints: Endpoints, request_: dict[str, Any], kinds: set[Kind]
) -> None:
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=[PRODUCTION], **request_
    )
    account.in_service()
    assert endpoints.kinds("config") == kinds
    assert endpoints.observe(NAME).kinds == kinds


def test_a_variant_without_a_model_is_for_inference_components(
    account: Account, endpoints: Endpoints
) -> None:
    bare: Any = {key: value for key, value in PRODUCTION.items() if key != "ModelName"}
    account.sagemaker.create_endpoint_config(EndpointConfigName="config", ProductionVariants=[bare])
    assert endpoints.kinds("config", "gone") == {Kind.COMPONENTS}


def test_a_serverless_endpoint_is_seen_as_what_it_is(
    account: Account, endpoints: Endpoints
) -> None:
    """boto3 is too old: no call is made."""
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}

    def shown(parsed: dict[str, Any], **_: object) -> None:
        (variant,) = parsed["ProductionVariants"]
        for key in ("InstancePools", "CurrentInstanceCount", "DesiredInstanceCount"):
            variant.pop(key, None)
        variant["CurrentServerlessConfig"] = serverless

    def configured(parsed: dict[str, Any], **_: object) -> None:
        (variant,) = parsed["ProductionVariants"]
        for key in ("InstancePools", "InitialInstanceCount"):
            variant.pop(key)
        variant["ServerlessConfig"] = serverless

    account.configure()
    account.in_service()
    events = account.sagemaker.meta.events
    events.register("after-call.sagemaker.DescribeEndpoint", shown)
    events.register("after-call.sagemaker.DescribeEndpointConfig", configured)
    found = endpoints.observe(NAME)
    assert found.kinds == endpoints.kinds("config") == {Kind.SERVERLESS}
    assert found.variants == (Variant("AllTraffic", (), pooled=False),)
    assert endpoints.fleet("config") == (ConfiguredVariant("AllTraffic", "unknown", 0),)


def test_without_its_configuration_a_type_is_not_known_and_nothing_fails(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 2})
    account.in_service()
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    (variant,) = endpoints.observe(NAME).variants
    assert variant.pools == (Pool("unknown", 2),)


def test_a_fleet_starts_with_the_first_pool_or_the_only_type(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure(
        {"InstancePools": POOLS[::-1], "InitialInstanceCount": 2},
        {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"},
    )
    assert endpoints.fleet("config") == (
        ConfiguredVariant("AllTraffic", "ml.g6.2xlarge", 2),
        ConfiguredVariant("Canary", "ml.g5.2xlarge", 1),
    )
    assert endpoints.fleet("gone") == ()


CANARY = {"VariantName": "Canary", "InstancePools": POOLS, "InitialVariantWeight": 0.5}
ROLLING: dict[str, Any] = {
    "RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 60,
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
}


def weights_and_counts(endpoints: Endpoints) -> dict[str, tuple[float, int, float, int]]:
    _, variants = endpoints.deployed(endpoints.observe(NAME))
    return {
        v["VariantName"]: (
            v["DesiredWeight"],
            v["DesiredInstanceCount"],
            v["InitialVariantWeight"],
            v["InitialInstanceCount"],
        )
        for v in variants
    }


def test_weights_and_counts_stand_beside_those_of_the_configuration(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstancePools": POOLS, "InitialInstanceCount": 2}, CANARY)
    account.in_service()
    assert weights_and_counts(endpoints) == {"AllTraffic": (1, 2, 1, 2), "Canary": (0.5, 1, 0.5, 1)}
    endpoints.put_variants(
        NAME,
        (
            {"VariantName": "AllTraffic", "DesiredInstanceCount": 3},
            {"VariantName": "Canary", "DesiredWeight": 0.1},
        ),
    )
    assert endpoints.observe(NAME).status == Status.UPDATING
    account.wait_for("InService")
    assert weights_and_counts(endpoints) == {"AllTraffic": (1, 3, 1, 2), "Canary": (0.1, 1, 0.5, 1)}


def test_weights_of_an_endpoint_that_is_updating_may_be_put_later(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstancePools": POOLS}, CANARY)
    account.in_service()
    changes = ({"VariantName": "Canary", "DesiredWeight": 0.1},)
    endpoints.put_variants(NAME, changes)
    with pytest.raises(BusyError):
        endpoints.put_variants(NAME, changes)


def test_of_a_configuration_that_is_gone_the_weights_are_known_all_the_same(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstancePools": POOLS})
    account.in_service()
    observed = endpoints.observe(NAME)
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    assert endpoints.deployed(observed)[1] == (
        {"VariantName": "AllTraffic", "DesiredWeight": 1.0, "DesiredInstanceCount": 1},
    )


def test_a_deployment_configuration_is_passed_on(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    assert endpoints.create(NAME, "config", {}, ROLLING) == ""
    account.wait_for("InService")
    assert endpoints.deployed(endpoints.observe(NAME))[0] == ROLLING


def test_a_deployment_configuration_that_sagemaker_refuses_is_left_out(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    refused = ROLLING | {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        }
    }
    left_out = endpoints.create(NAME, "config", {}, refused)
    assert left_out.startswith("without its deployment configuration (")
    assert endpoints.observe(NAME).status == Status.CREATING


@pytest.mark.parametrize(
    ("code", "message", "created"),
    [
        pytest.param(
            "ValidationException", "Alarm errors does not exist", True,
            id="the alarm of its automatic rollback is gone: created without it",
        ),
        pytest.param(
            "ValidationException",
            "1 validation error detected: Value '9' at 'deploymentConfig.rollingUpdatePolicy."
            "maximumBatchSize.value' failed to satisfy constraint",
            True,
            id="a field of it is named: created without it",
        ),
        pytest.param(
            "ValidationException", "MaximumBatchSize must be at most 50%", True,
            id="a size does not suit the fleet: created without it",
        ),
        pytest.param(
            "ValidationException", "The execution role cannot be assumed", False,
            id="another part of the request is refused: not created",
        ),
        pytest.param(
            "ValidationException", "InsufficientInstanceCapacity during the deployment", False,
            id="no capacity: not created",
        ),
        pytest.param(
            "AccessDeniedException", "not authorized to describe the alarm", False,
            id="no permission to see the alarm: not created",
        ),
        pytest.param(
            "InternalFailure", "ValidationException of the deployment failed", False,
            id="a fault of SageMaker's own: not created",
        ),
        pytest.param("ThrottlingException", "Rate exceeded", False, id="throttled: not created"),
    ],
)  # fmt: skip
def test_only_a_validation_error_about_the_deployment_configuration_leaves_it_out(
    account: Account, endpoints: Endpoints, code: str, message: str, *, created: bool
) -> None:
    account.configure()
    has_deployment: list[bool] = []

    def refuse(params: dict[str, Any], **_: object) -> Any:
        has_deployment.append(b"DeploymentConfig" in params["body"])
        if has_deployment == [True]:
            error = {"Error": {"Code": code, "Message": message}}
            return SimpleNamespace(status_code=400, headers={}), error
        return None

    account.sagemaker.meta.events.register("before-call.sagemaker.CreateEndpoint", refuse)
    with nullcontext() if created else pytest.raises(AwsError, match=re.escape(message)):
        endpoints.create(NAME, "config", {}, ROLLING)
    assert has_deployment == ([True, False] if created else [True])
    assert endpoints.observe(NAME).status == (Status.CREATING if created else Status.ABSENT)


def test_a_configuration_tells_the_types_of_each_variant_the_preferred_first(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure(
        {"InstancePools": POOLS[::-1]}, {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"}
    )
    assert endpoints.types("config") == {
        "AllTraffic": ("ml.g6.2xlarge", "ml.g6e.2xlarge"),
        "Canary": ("ml.g5.2xlarge",),
    }
    assert endpoints.types("gone") is None
