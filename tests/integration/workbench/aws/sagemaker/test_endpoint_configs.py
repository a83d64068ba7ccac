"""Endpoint configurations and models: what is refused in which words, and what comes back."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import CloudSettings

VARIANT = "productionVariants.1.member"
CONSTRAINT = "failed to satisfy constraint: Member must"
SMALL = "ml.g6.2xlarge"


def pools(*priorities: int, **fields: Any) -> dict[str, Any]:
    types = (
        SMALL,
        "ml.g6e.2xlarge",
        "ml.g5.2xlarge",
        "ml.g5.4xlarge",
        "ml.g5.8xlarge",
        "ml.g5.xlarge",
    )
    listed = zip(types, priorities, strict=False)
    return {"InstancePools": [{"InstanceType": t, "Priority": p} | fields for t, p in listed]}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        pytest.param(
            {"InstanceType": SMALL},
            'InstanceType and InstancePools cannot both be set for variant "AllTraffic".',
            id="InstanceType beside pools (facts 1.1)",
        ),
        pytest.param(
            {"InstancePools": None, "VariantInstanceProvisionTimeoutInSeconds": None},
            'InstanceType or InstancePools must be specified for variant "AllTraffic".',
            id="neither pools nor a type",
        ),
        pytest.param(
            pools(1, 2, 3, 4, 5, 5),
            f"Value '[...]' at '{VARIANT}.instancePools' {CONSTRAINT} have length less than or "
            "equal to 5",
            id="a sixth pool (facts 1.1)",
        ),
        pytest.param(
            pools(6),
            f"Value '6' at '{VARIANT}.instancePools.1.member.priority' {CONSTRAINT} have value "
            "less than or equal to 5",
            id="a priority above 5 (facts 1.1)",
        ),
        pytest.param(
            {"InstancePools": [{"InstanceType": "ml.x9.large", "Priority": 1}]},
            f"Value 'ml.x9.large' at '{VARIANT}.instancePools.1.member.instanceType' {CONSTRAINT} "
            "satisfy enum value set: [",
            id="an instance type that does not exist",
        ),
        pytest.param(
            pools(1, 1),
            'InstancePools of variant "AllTraffic" must differ in Priority.',
            id="the same priority twice",
        ),
        pytest.param(
            {"VariantInstanceProvisionTimeoutInSeconds": 3601},
            f"Value '3601' at '{VARIANT}.variantInstanceProvisionTimeoutInSeconds' {CONSTRAINT} "
            "have value less than or equal to 3600",
            id="a time-out above 3600 s (facts 1.1)",
        ),
        pytest.param(
            pools(1, ModelNameOverride="not_a_name"),
            f"Value 'not_a_name' at '{VARIANT}.instancePools.1.member.modelNameOverride' "
            f"{CONSTRAINT} satisfy regular expression pattern: "
            "[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?",
            id="an override that is no name (facts 1.1)",
        ),
        pytest.param(
            {"ManagedInstanceScaling": {"Status": "ENABLED", "MinInstanceCount": 0}},
            "ManagedInstanceScaling is only supported for inference component endpoints.",
            id="ManagedInstanceScaling on a variant with a model (facts 11)",
        ),
    ],
)
def test_a_configuration_is_refused_with(account: Any, fields: dict[str, Any], text: str) -> None:
    with pytest.raises(ClientError) as caught:
        account.configure(**fields)
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].removeprefix("1 validation error detected: ").startswith(text)


def test_every_problem_of_a_request_is_reported_at_once(account: Any) -> None:
    with pytest.raises(ClientError, match=r"2 validation errors detected: .*name_.*; .*'3601'"):
        account.configure(name="name_", VariantInstanceProvisionTimeoutInSeconds=3601)


def test_a_name_is_taken_whatever_its_case(account: Any) -> None:
    account.configure()
    with pytest.raises(ClientError, match="Cannot create already existing endpoint configuration"):
        account.configure(name="CONFIG")


def test_a_single_type_may_have_a_provisioning_time_out_as_well(account: Any) -> None:
    """botocore: it "waits until the timeout expires" where there is no next pool."""
    account.configure(InstancePools=None, InstanceType=SMALL)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"ModelName": "none"}, id="ModelName"),
        pytest.param(pools(1, ModelNameOverride="none"), id="ModelNameOverride"),
    ],
)
def test_a_model_that_does_not_exist_is_refused_where_models_must(
    open_account: Any, fields: dict[str, Any]
) -> None:
    """AWS refuses it; the pages that show configurations leave its creation to the reader."""
    account = open_account(CloudSettings(models_must_exist=True))
    with pytest.raises(ClientError, match=r'Could not find model ".*:model/none"'):
        account.configure(**fields)
    open_account(CloudSettings()).configure(**fields)


def test_everything_given_comes_back_as_it_was(account: Any) -> None:
    role = "arn:aws:iam::123456789012:role/execution"
    given: dict[str, Any] = {
        "DataCaptureConfig": {
            "EnableCapture": True,
            "InitialSamplingPercentage": 50,
            "DestinationS3Uri": "s3://bucket/capture",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
        "KmsKeyId": "key",
        "ExplainerConfig": {
            "ClarifyExplainerConfig": {
                "ShapConfig": {"ShapBaselineConfig": {"ShapBaseline": "1,2"}}
            }
        },
        "ShadowProductionVariants": [
            {"VariantName": "Shadow", "ModelName": "model", "InstanceType": SMALL,
             "InitialInstanceCount": 1, "InitialVariantWeight": 0.5}
        ],
        "ExecutionRoleArn": role,
        "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        "EnableNetworkIsolation": True,
        "MetricsConfig": {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": 10},
    }  # fmt: skip
    variant = {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 1}
    variant |= pools(1, 2, 3, 4, 5, ModelNameOverride="other")
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=[variant], **given
    )
    config = account.sagemaker.describe_endpoint_config(EndpointConfigName="config")
    assert {field: config[field] for field in given} == given
    assert config["ProductionVariants"] == [variant | {"InitialVariantWeight": 1.0}]
    account.create()
    account.wait_for("InService")
    described = account.described
    for field in ("ExplainerConfig", "MetricsConfig"):
        assert described[field] == given[field]
    assert described["DataCaptureConfig"]["CaptureStatus"] == "Started"
    (shadow,) = described["ShadowProductionVariants"]
    assert (shadow["VariantName"], shadow["CurrentInstanceCount"]) == ("Shadow", 1)


def test_a_metric_frequency_that_aws_does_not_have_is_refused(account: Any) -> None:
    """Facts 1.5."""
    with pytest.raises(ClientError, match="MetricPublishFrequencyInSeconds 20 is not one of"):
        account.sagemaker.create_endpoint_config(
            EndpointConfigName="config",
            ProductionVariants=[{"VariantName": "A", "ModelName": "m", "InstanceType": SMALL}],
            MetricsConfig={"MetricPublishFrequencyInSeconds": 20},
        )


def test_a_model_lives_as_others_do(account: Any) -> None:
    account.model()
    model = account.sagemaker.describe_model(ModelName="model")
    assert model["PrimaryContainer"]["Image"].endswith("model:1")
    with pytest.raises(ClientError, match="Cannot create already existing model"):
        account.sagemaker.create_model(
            ModelName="Model", ExecutionRoleArn="arn:aws:iam::123456789012:role/model"
        )
    account.sagemaker.delete_model(ModelName="model")
    for call in (account.sagemaker.describe_model, account.sagemaker.delete_model):
        with pytest.raises(ClientError, match='Could not find model "arn:'):
            call(ModelName="model")
