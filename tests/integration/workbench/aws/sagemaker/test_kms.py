"""CreateEndpoint with a KMS key: who may let SageMaker use it (facts 5)."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lowtide_workbench.aws import Cloud, CloudSettings
from lowtide_workbench.aws.kms import key_arn
from tests.integration.workbench.aws.conftest import START

VARIANT: Any = {
    "VariantName": "AllTraffic",
    "ModelName": "model",
    "InitialInstanceCount": 1,
    "InstanceType": "ml.g6.2xlarge",
}


@pytest.mark.parametrize(
    ("allowed", "key"),
    [
        pytest.param(False, "alias/voice", id="with a key, without the right"),
        pytest.param(True, "alias/voice", id="with a key and the right"),
        pytest.param(False, None, id="without a key"),
    ],
)
def test_a_key_needs_the_right(allowed: bool, key: str | None) -> None:
    with Cloud(START, CloudSettings(may_create_grants=allowed)) as cloud:
        sagemaker: Any = boto3.client("sagemaker")
        named = {"KmsKeyId": key} if key else {}
        sagemaker.create_endpoint_config(
            EndpointConfigName="c", ProductionVariants=[VARIANT], **named
        )
        refusals = []
        try:
            sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
        except ClientError as error:
            refusals.append(error.response["Error"])
        assert cloud.status("e") == ("Creating" if allowed or not key else "Absent")
    assert [refusal["Code"] for refusal in refusals] == (
        [] if allowed or not key else ["AccessDeniedException"]
    )
    assert all("kms:CreateGrant" in refusal["Message"] for refusal in refusals)


def test_every_form_names_the_same_key() -> None:
    with Cloud(START):
        kms = boto3.client("kms")
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName="alias/voice", TargetKeyId=arn)
        prefix, _, key_id = arn.rpartition(":key/")
        forms = (arn, key_id, "alias/voice", f"{prefix}:alias/voice")
        assert {key_arn(form) for form in forms} == {arn}
