"""The names of a KMS key in a configuration (facts 5)."""

import boto3

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.iam.resources import key_arn
from tests.integration.workbench.aws.conftest import START


def test_every_form_names_the_same_key() -> None:
    with Cloud(START):
        kms = boto3.client("kms")
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_alias(AliasName="alias/voice", TargetKeyId=arn)
        prefix, _, key_id = arn.rpartition(":key/")
        forms = (arn, key_id, "alias/voice", f"{prefix}:alias/voice")
        assert {key_arn(form) for form in forms} == {arn}
