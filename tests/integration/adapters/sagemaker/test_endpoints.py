"""Endpoints as the adapter reads, creates and deletes them."""

import re
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.observed import (
    ABSENT_VERSION,
    STACK_TAG,
    ConfiguredVariant,
    Endpoint,
    EndpointConfig,
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
from tests.integration.adapters.conftest import NAME, NOW, POOLS, Account, OpenAccount, target

PRODUCTION: Any = {
    "VariantName": "AllTraffic",
    "ModelName": "model",
    "InitialInstanceCount": 1,
    "InstancePools": POOLS,
}
SHADOW: Any = PRODUCTION | {"VariantName": "Shadow", "ModelName": "shadow-model"}
SINGLE = {"VariantName": "Canary", "InstanceType": "ml.g5.2xlarge"}
DRY = [Drought(NOW.timestamp(), (NOW + timedelta(days=1)).timestamp())]


@pytest.fixture
def endpoints(account: Account) -> Endpoints:
    return Endpoints(account.sagemaker)


def configure(account: Account, *variants: Any, **fields: Any) -> None:
    """A configuration of exactly these production variants."""
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=list(variants or (PRODUCTION,)), **fields
    )


def test_an_absent_endpoint_has_a_name_and_nothing_else(endpoints: Endpoints) -> None:
    assert endpoints.observe("absent") == Endpoint("absent", Status.ABSENT)


def test_the_list_has_the_version_that_a_description_has(
    account: Account, endpoints: Endpoints
) -> None:
    """Whatever happens to it: only then may the one stand for the other."""
    account.configure()
    assert endpoints.versions(1) == {}
    assert endpoints.observe(NAME).version == ABSENT_VERSION
    account.create()
    seen = [endpoints.observe(NAME).version]
    account.wait_for("InService")
    seen.append(endpoints.observe(NAME).version)
    change = {"VariantName": "AllTraffic", "DesiredInstanceCount": 2}
    endpoints.put_variants(NAME, [change])
    assert endpoints.versions(1) == {NAME: endpoints.observe(NAME).version}
    assert len({*seen, endpoints.observe(NAME).version}) == 3


@pytest.mark.parametrize(("most_pages", "listed"), [(1, None), (2, 101), (3, 101)])
def test_a_list_of_more_pages_is_not_read_to_its_end(
    account: Account, endpoints: Endpoints, most_pages: int, listed: int | None
) -> None:
    account.configure()
    for n in range(101):
        account.sagemaker.create_endpoint(EndpointName=f"e-{n}", EndpointConfigName="config")
    versions = endpoints.versions(most_pages)
    assert (versions and len(versions)) == listed


def test_an_endpoint_name_in_another_case_is_an_error(
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


def test_an_endpoint_in_service_has_its_pools_by_type_and_the_type_of_other_variants(
    account: Account, endpoints: Endpoints
) -> None:
    """Only the configuration has the instance type of a variant without pools."""
    account.configure({"InstancePools": POOLS[:1], "InitialInstanceCount": 2}, SINGLE)
    account.in_service()
    assert endpoints.observe(NAME) == Endpoint(
        NAME,
        Status.IN_SERVICE,
        arn=f"arn:aws:sagemaker:us-east-1:123456789012:endpoint/{NAME}",
        config_name="config",
        created_at=NOW,
        modified_at=account.cloud.clock.now(),
        variants=(
            Variant("AllTraffic", (Pool("ml.g6.2xlarge", 2),), desired=2),
            Variant("Canary", (Pool("ml.g5.2xlarge", 1),), pooled=False, desired=1),
        ),
        reported="InService",
    )


def test_pools_that_an_old_boto3_drops_are_an_error(account: Account, endpoints: Endpoints) -> None:
    """An endpoint without pools would look as if it had no instances."""

    def drop(parsed: dict[str, Any], **_: object) -> None:
        for variant in parsed["ProductionVariants"]:
            variant.pop("InstancePools", None)

    account.configure()
    account.in_service()
    for operation in ("DescribeEndpoint", "DescribeEndpointConfig"):
        account.after(operation, drop)
    with pytest.raises(AwsError, match=r"AllTraffic shows neither .* boto3 older than 1\.43\.1"):
        endpoints.observe(NAME)


def test_a_failed_endpoint_has_a_reason_and_its_variants_only_in_its_configuration(
    open_account: OpenAccount,
) -> None:
    account = open_account(CloudSettings(droughts={"ml.g6.2xlarge": DRY, "ml.g6e.2xlarge": DRY}))
    account.configure()
    account.create()
    account.wait_for("Failed")
    endpoints = Endpoints(account.sagemaker)
    found = endpoints.observe(NAME)
    assert (found.status, found.variants) == (Status.FAILED, ())
    assert "InsufficientInstanceCapacity" in found.failure
    assert endpoints.variant_names(found) == ("AllTraffic",)


def test_without_its_configuration_an_endpoint_has_variants_of_an_unknown_type(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstanceType": "ml.g5.2xlarge", "InitialInstanceCount": 2}, SINGLE)
    account.in_service()
    account.sagemaker.delete_endpoint_config(EndpointConfigName="config")
    found = endpoints.observe(NAME)
    assert [v.pools for v in found.variants] == [(Pool("unknown", 2),), (Pool("unknown", 1),)]
    assert endpoints.variant_names(found) == ("AllTraffic", "Canary")


def test_a_status_that_aws_has_added_is_unknown_and_reported(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.create()
    account.after("DescribeEndpoint", lambda parsed, **_: parsed.update(EndpointStatus="Resting"))
    observed = endpoints.observe(NAME)
    assert (observed.status, observed.reported) == (Status.UNKNOWN, "Resting")


@pytest.mark.parametrize(
    ("metrics", "seconds"),
    [
        pytest.param({}, 10, id="SageMaker's own"),
        pytest.param({"MetricPublishFrequencyInSeconds": 300}, 10, id="of other metrics"),
        pytest.param(
            {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 30}, 30,
            id="of enhanced metrics",
        ),
        pytest.param({"EnableEnhancedMetrics": True}, 60, id="the default of enhanced metrics"),
    ],
)  # fmt: skip
def test_how_often_samples_come(
    account: Account, endpoints: Endpoints, metrics: dict[str, Any], seconds: int
) -> None:
    account.configure()
    account.create()
    account.after("DescribeEndpoint", lambda parsed, **_: parsed.update(MetricsConfig=metrics))
    assert endpoints.observe(NAME).samples_every == timedelta(seconds=seconds)


def test_tags_are_read_from_all_pages(
    account: Account, endpoints: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tags_of_aws, "page", lambda all_, request, **_: page(all_, request, size=30)
    )
    tags = {f"tag-{n}": str(n) for n in range(50)}
    account.configure()
    endpoints.create(NAME, "config", tags, {})
    assert endpoints.tags(endpoints.observe(NAME).arn) == tags


def test_a_deleted_endpoint_is_absent_in_the_end(account: Account, endpoints: Endpoints) -> None:
    account.configure()
    account.in_service()
    endpoints.delete(NAME)
    assert endpoints.observe(NAME).status == Status.DELETING
    account.wait_for("Absent")
    endpoints.delete(NAME)  # to delete what is absent is a success


def test_an_endpoint_that_is_being_created_can_be_neither_deleted_nor_created(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure()
    account.create()
    with pytest.raises(BusyError, match="Cannot update in-progress endpoint"):
        endpoints.delete(NAME)
    with pytest.raises(BusyError, match="Cannot create already existing endpoint"):
        endpoints.create(NAME, "config", {}, {})


def test_a_delete_without_the_permission_to_deregister_is_denied(open_account: OpenAccount) -> None:
    account = open_account(CloudSettings(may_deregister=False))
    account.configure()
    account.in_service()
    account.autoscaling.register_scalable_target(**target(MinCapacity=1, MaxCapacity=2))
    with pytest.raises(DeniedError):
        Endpoints(account.sagemaker).delete(NAME)


def test_a_creation_from_an_absent_configuration_is_an_error(endpoints: Endpoints) -> None:
    with pytest.raises(AbsentError, match="Could not find endpoint configuration"):
        endpoints.create(NAME, "config", {}, {})


def test_an_absent_configuration_has_a_name_and_nothing_else(endpoints: Endpoints) -> None:
    gone = endpoints.config("gone")
    assert gone == EndpointConfig("gone")
    assert endpoints.missing_for(gone) == ("endpoint configuration gone",)


def test_a_configuration_has_types_by_priority_models_of_all_variants_and_its_key(
    account: Account, endpoints: Endpoints
) -> None:
    first, second = POOLS
    pools = [second | {"ModelNameOverride": "compiled"}, first]
    configure(
        account,
        PRODUCTION | {"InstancePools": pools, "InitialInstanceCount": 2},
        {"VariantName": "B", "ModelName": "model", "InitialInstanceCount": 1} | SINGLE,
        KmsKeyId="alias/voice",
    )
    assert endpoints.config("config") == EndpointConfig(
        "config",
        exists=True,
        variants=(
            ConfiguredVariant("AllTraffic", "ml.g6.2xlarge", 2),
            ConfiguredVariant("Canary", "ml.g5.2xlarge", 1),
        ),
        types={"AllTraffic": ("ml.g6.2xlarge", "ml.g6e.2xlarge"), "Canary": ("ml.g5.2xlarge",)},
        models=("compiled", "model"),
        kms_key="alias/voice",
    )


def test_the_models_that_do_not_exist_are_missing(account: Account, endpoints: Endpoints) -> None:
    configure(account, ShadowProductionVariants=[SHADOW])
    found = endpoints.config("config")
    assert endpoints.missing_for(found) == ("model model", "model shadow-model")
    account.sagemaker.create_model(
        ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker-execution"
    )
    assert endpoints.missing_for(found) == ("model shadow-model",)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        pytest.param({}, set(), id="instances that serve requests"),
        pytest.param(
            {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}},
            {Kind.ASYNCHRONOUS},
            id="an asynchronous endpoint",
        ),
        pytest.param({"ShadowProductionVariants": [SHADOW]}, {Kind.SHADOWED}, id="a shadow"),
    ],
)
def test_kinds_are_read_from_the_endpoint_and_from_its_configuration(
    account: Account, endpoints: Endpoints, fields: dict[str, Any], kinds: set[Kind]
) -> None:
    configure(account, **fields)
    account.in_service()
    assert endpoints.config("config").kinds == kinds
    assert endpoints.observe(NAME).kinds == kinds


def test_a_variant_without_a_model_is_for_inference_components(
    account: Account, endpoints: Endpoints
) -> None:
    configure(account, {key: value for key, value in PRODUCTION.items() if key != "ModelName"})
    assert endpoints.config("config").kinds == {Kind.COMPONENTS}


def test_a_serverless_endpoint_has_neither_pools_nor_types(
    account: Account, endpoints: Endpoints
) -> None:
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}

    def replaced_by(key: str) -> Any:
        def change(parsed: dict[str, Any], **_: object) -> None:
            kept = {"VariantName": "AllTraffic", "ModelName": "model", key: serverless}
            parsed["ProductionVariants"] = [kept]

        return change

    account.configure()
    account.in_service()
    account.after("DescribeEndpoint", replaced_by("CurrentServerlessConfig"))
    account.after("DescribeEndpointConfig", replaced_by("ServerlessConfig"))
    found, config = endpoints.observe(NAME), endpoints.config("config")
    assert found.kinds == config.kinds == {Kind.SERVERLESS}
    assert found.variants == (Variant("AllTraffic", (), pooled=False),)
    assert config.variants == (ConfiguredVariant("AllTraffic", "unknown", 0),)


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


def test_weights_and_counts_are_read_beside_those_of_the_configuration(
    account: Account, endpoints: Endpoints
) -> None:
    account.configure({"InstancePools": POOLS, "InitialInstanceCount": 2}, CANARY)
    account.in_service()
    assert weights_and_counts(endpoints) == {"AllTraffic": (1, 2, 1, 2), "Canary": (0.5, 1, 0.5, 1)}
    changes = (
        {"VariantName": "AllTraffic", "DesiredInstanceCount": 3},
        {"VariantName": "Canary", "DesiredWeight": 0.1},
    )
    endpoints.put_variants(NAME, changes)
    with pytest.raises(BusyError):  # it is Updating
        endpoints.put_variants(NAME, changes)
    account.wait_for("InService")
    assert weights_and_counts(endpoints) == {"AllTraffic": (1, 3, 1, 2), "Canary": (0.1, 1, 0.5, 1)}


def test_weights_and_counts_are_read_also_without_the_configuration(
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


INVALID = "ValidationException"
TOO_LARGE = (
    "1 validation error detected: Value '9' at 'deploymentConfig.rollingUpdatePolicy."
    "maximumBatchSize.value' failed to satisfy constraint"
)


@pytest.mark.parametrize(
    ("code", "message", "created"),
    [
        pytest.param(INVALID, "Alarm errors does not exist", True, id="its alarm is gone"),
        pytest.param(INVALID, TOO_LARGE, True, id="a field of it is named"),
        pytest.param(INVALID, "MaximumBatchSize must be at most 50%", True, id="its size"),
        pytest.param(INVALID, "The execution role cannot be assumed", False, id="another part"),
        pytest.param(INVALID, "InsufficientInstanceCapacity: deployment", False, id="no instances"),
        pytest.param("AccessDeniedException", "to describe the alarm", False, id="access denied"),
        pytest.param("InternalFailure", "ValidationException: deployment", False, id="AWS fails"),
    ],
)
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
    left_out = ""
    with nullcontext() if created else pytest.raises(AwsError, match=re.escape(message)):
        left_out = endpoints.create(NAME, "config", {}, ROLLING)
    assert has_deployment == ([True, False] if created else [True])
    assert left_out.startswith("without its deployment configuration (") == created
    assert endpoints.observe(NAME).status == (Status.CREATING if created else Status.ABSENT)


JUNK = {"junk": 1}
TAGS_LEFT = "without its tags but lowtide:stack ("


@pytest.mark.parametrize(
    ("tags", "deployment", "left_out"),
    [
        pytest.param({}, JUNK, "without its deployment configuration (", id="junk to botocore"),
        pytest.param({f"t{n}": "" for n in range(60)}, {}, TAGS_LEFT, id="more tags than AWS has"),
        pytest.param({"k" * 200: "v"}, {}, TAGS_LEFT, id="a key of 200 characters"),
        pytest.param({"": "v"}, {}, TAGS_LEFT, id="a key without characters"),
        pytest.param({"k" * 200: "v"}, JUNK, TAGS_LEFT, id="both"),
    ],
)
def test_an_endpoint_is_created_without_the_optional_parts_that_are_refused(
    account: Account,
    endpoints: Endpoints,
    tags: dict[str, str],
    deployment: dict[str, Any],
    left_out: str,
) -> None:
    account.configure()
    own = {STACK_TAG: "lowtide"}
    assert left_out in endpoints.create(NAME, "config", tags | own, deployment)
    assert endpoints.tags(endpoints.observe(NAME).arn) == own
