"""What SageMaker refuses of asynchronous endpoints, and what an update does to them."""

from typing import Any

import pytest

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import AsynchronousSettings
from tests.integration.workbench.aws.conftest import Account, OpenAccount, refusal

OUTPUT = {"OutputConfig": {"S3OutputPath": "s3://answers/out"}}
VARIANT = {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 1,
           "InstanceType": "ml.g6.2xlarge"}  # fmt: skip
MARKETPLACE = "arn:aws:sagemaker:us-east-1:865070037744:model-package/speech-1"
OWN = "arn:aws:sagemaker:us-east-1:123456789012:model-package/speech/1"
REFUSED = "Marketplace images are not supported when specifying an AsyncInferenceConfig."


def configure(account: Account, name: str = "config", **fields: Any) -> None:
    given: Any = {"AsyncInferenceConfig": OUTPUT, "ProductionVariants": [VARIANT]} | fields
    account.sagemaker.create_endpoint_config(EndpointConfigName=name, **given)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        pytest.param({"ProductionVariants": [VARIANT | {"EnableSSMAccess": True}]},
                     "EnableSSMAccess is not supported", id="SSM access (facts A9)"),
        pytest.param({"ShadowProductionVariants": [VARIANT | {"VariantName": "Shadow"}]},
                     "ShadowProductionVariants is not supported", id="a shadow (facts A65)"),
        pytest.param({"DataCaptureConfig": {"InitialSamplingPercentage": 1, "CaptureOptions": [
                      {"CaptureMode": "Input"}], "DestinationS3Uri": "s3://bucket/capture"}},
                     "DataCaptureConfig is not supported", id="data capture (facts A65)"),
        pytest.param({"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "answers"}}},
                     "s3OutputPath' failed to satisfy constraint", id="a path that is not of S3"),
        pytest.param({"AsyncInferenceConfig": OUTPUT | {"ClientConfig":
                      {"MaxConcurrentInvocationsPerInstance": 1001}}},
                     "have value less than or equal to 1000", id="too many jobs at once"),
    ],
)  # fmt: skip
def test_a_configuration_is_refused(account: Account, fields: dict[str, Any], text: str) -> None:
    code, message = refusal(lambda: configure(account, **fields))
    assert code == "ValidationException"
    assert text in message


@pytest.mark.parametrize(
    ("accepted", "package", "text"),
    [
        pytest.param(False, MARKETPLACE, REFUSED, id="refused (facts A10a)"),
        pytest.param(True, MARKETPLACE, None, id="or accepted, as two users report (facts A67)"),
        pytest.param(False, OWN, None, id="of one's own: accepted"),
    ],
)
def test_a_model_package(
    open_account: OpenAccount, package: str, text: str | None, *, accepted: bool
) -> None:
    account = open_account(CloudSettings(asynchronous=AsynchronousSettings(marketplace=accepted)))
    account.sagemaker.create_model(
        ModelName="model",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/model",
        PrimaryContainer={"ModelPackageName": package},
    )
    if text is None:
        configure(account)
    else:
        assert refusal(lambda: configure(account)) == ("ValidationException", text)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [("config", "real-time", "removed from"), ("real-time", "config", "added to")],
    ids=["to real time", "from real time"],
)
def test_an_update_does_not_change_the_kind_of_an_endpoint(
    account: Account, before: str, after: str, text: str
) -> None:
    """Facts A10c; that it cannot be added is assumed."""
    configure(account)
    account.configure(name="real-time")
    account.create(EndpointConfigName=before)
    account.wait_for("InService")
    update: Any = {"EndpointName": account.name, "EndpointConfigName": after}
    code, message = refusal(lambda: account.sagemaker.update_endpoint(**update))
    assert code == "ValidationException"
    assert f"AsyncInferenceConfig parameter cannot be {text} this endpoint" in message


@pytest.mark.parametrize(
    ("retained", "count"),
    [
        pytest.param(False, 1, id="brings the first count back (facts A54)"),
        pytest.param(True, 0, id="stays at zero if properties are retained"),
    ],
)
def test_an_update_at_zero_instances(account: Account, count: int, *, retained: bool) -> None:
    configure(account)
    configure(account, "second")
    account.create()
    account.wait_for("InService")
    account.scale(0)
    account.wait_for("InService")
    account.sagemaker.update_endpoint(
        EndpointName=account.name, EndpointConfigName="second", RetainAllVariantProperties=retained
    )
    account.wait_for("InService")
    assert account.desired == count
