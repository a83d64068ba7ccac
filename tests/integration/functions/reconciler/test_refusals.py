"""What keeps an endpoint from being deleted, where that is reported, and what ends it."""

import json
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Fault, Killed
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from tests.integration.functions.aws_calls import (
    ONE_TYPE,
    add_stack_tag,
    copy_config,
    counted,
    create_config,
    create_endpoint,
    raised,
    remove_scaling,
    remove_stack_tag,
    sagemaker,
)
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

KEY = "arn:aws:kms:us-east-1:123456789012:key/4711"
ASLEEP_SOON = '{windows: [{start: "0 22 * * *", stop: "33 19 * * *"}]}'


def file_of(*names: str, **more: str) -> str:
    """Their window ends at 19:33."""
    entries = [
        f"  - {{name: {name}, schedule: {ASLEEP_SOON}{more.get(name, '')}}}\n" for name in names
    ]
    return f"timezone: America/New_York\nendpoints:\n{''.join(entries)}"


def outcomes(town: Town) -> list[str]:
    return [entry["outcome"] for entry in town.history()]


def test_a_refusal_is_reported_by_log_history_metric_alarm_and_status(town: Town) -> None:
    remove_stack_tag()
    town.ask("sleep", 60)
    town.until("Mon 19:36")
    reason = f"it does not carry the tag lowtide:stack={STACK}"
    assert town.status == "InService"
    decision = town.logged("scheduler", message="decision")[-1]
    assert (decision["action"], decision["reason"]) == ("Refuse", reason)
    (entry,) = town.history()
    assert (entry["step"], entry["reason"], entry["outcome"]) == ("Refuse", reason, "not-tagged")
    assert counted("Refusals", service="scheduler", reason="not-tagged") == 6
    assert raised() == ["AttentionAlarm"]
    status = town.show()
    assert status["next"] == {"action": "Refuse", "reason": reason}
    assert status["blocked"] == reason


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_refusal_is_in_the_history_once_whatever_write_it_is_killed_after(
    town: Town, nth: int
) -> None:
    """Its message comes again after six minutes."""
    remove_stack_tag()
    town.cloud.faults.add(Fault(Killed(), "dynamodb", "PutItem", "reconciler", nth=nth))
    town.ask("sleep", 60)
    town.pass_minutes(10)
    assert len(town.cloud.faults.hits) == 1
    assert outcomes(town) == ["not-tagged"]
    assert town.show()["blocked"]


def test_a_new_reason_is_a_new_entry_of_the_history_and_one_that_returns_is_not(
    town: Town,
) -> None:
    remove_stack_tag()
    town.ask("sleep", 60)
    town.pass_minutes(3)
    add_stack_tag()
    sagemaker().delete_model(ModelName="my-model")
    town.pass_minutes(3)
    assert outcomes(town) == ["not-tagged", "missing"]
    town.ask("wake", 5)
    town.pass_minutes(2)
    assert town.show()["blocked"] is None
    town.ask("sleep", 60)
    town.pass_minutes(2)
    assert town.show()["blocked"] is not None
    assert outcomes(town) == ["not-tagged", "missing"]


def test_what_could_not_be_created_again_is_refused_by_name(town_with: TownMaker) -> None:
    names = ("shadow", "asynchronous", "bare", "mistyped", "encrypted", "later-encrypted")
    kms_config = f", config: [{CONFIG}, key]"
    pins = {"mistyped": ", config: my-confg", "later-encrypted": kms_config}
    town = town_with(file_of(*names, **pins))
    _create_key()
    create_config("shadow", ONE_TYPE, ShadowProductionVariants=[{**ONE_TYPE, "VariantName": "S"}])
    create_config(
        "async", ONE_TYPE, AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://b/out"}}
    )
    create_config("bare")
    copy_config("key", KmsKeyId="alias/voice")
    for name, config in zip(names, ("shadow", "async", "bare", CONFIG, "key", CONFIG), strict=True):
        create_endpoint(name, config)
    sagemaker().delete_endpoint_config(EndpointConfigName="bare")
    town.until("Mon 19:37")
    reasons = {name: town.history(name)[-1]["reason"] for name in names}
    lacks_key = "lacks kms:CreateGrant on alias/voice"
    assert reasons.pop("later-encrypted").count(lacks_key) == 1
    expected = {
        "shadow": "it has a shadow variant",
        "asynchronous": "it is asynchronous",
        "bare": "endpoint configuration bare is missing",
        "mistyped": "endpoint configuration my-confg is missing",
        "encrypted": lacks_key,
    }
    assert {name: text for name, text in expected.items() if text not in reasons[name]} == {}
    assert {town.cloud.status(name) for name in names} == {"InService"}
    assert counted("Failures", service="scheduler") == 0


def _create_key() -> None:
    kms: Any = boto3.client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/voice", TargetKeyId=arn)


def test_variants_data_capture_a_key_and_a_vpc_come_back(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key has to be there before the stack, as its ARN is a parameter."""
    monkeypatch.setattr("moto.kms.models.generate_key_id", lambda *_: "4711")
    town = town_with(EndpointKmsKeyArns=KEY)
    _create_key()
    create_config(
        "rich",
        ONE_TYPE,
        {**ONE_TYPE, "VariantName": "Canary"},
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 10,
            "DestinationS3Uri": "s3://bucket/captured",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
        KmsKeyId="alias/voice",
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
    )
    remove_scaling()
    sagemaker().update_endpoint(EndpointName=ENDPOINT, EndpointConfigName="rich")
    town.pass_until(lambda: town.status == "InService")
    before = sagemaker().describe_endpoint(EndpointName=ENDPOINT)
    town.sleep()
    town.wake()
    after = sagemaker().describe_endpoint(EndpointName=ENDPOINT)
    for field in ("EndpointConfigName", "DataCaptureConfig"):
        assert after[field] == before[field]
    assert [v["VariantName"] for v in after["ProductionVariants"]] == ["AllTraffic", "Canary"]
    assert town.stack.failures == []


def test_a_right_that_was_taken_away_is_missed_before_the_delete_not_after(town: Town) -> None:
    iam: Any = boto3.client("iam")
    role = {"RoleName": town.stack.resources["ReconcilerRole"], "PolicyName": "reconciler"}
    whole = iam.get_role_policy(**role)["PolicyDocument"]
    less = [s for s in whole["Statement"] if s["Sid"] not in ("CreateWithTag", "RestoreScaling")]
    iam.put_role_policy(**role, PolicyDocument=json.dumps(whole | {"Statement": less}))
    town.ask("sleep", 60)
    town.pass_minutes(5)
    assert town.status == "InService"
    (refusal,) = town.history()
    assert refusal["outcome"] == "denied"
    assert "sagemaker:CreateEndpoint" in refusal["reason"]
    assert "application-autoscaling:PutScalingPolicy" in refusal["reason"]
    iam.put_role_policy(**role, PolicyDocument=json.dumps(whole))
    town.pass_until(lambda: town.status == "Absent")


def test_a_key_that_is_lost_while_it_is_absent_is_what_aws_refuses(town: Town) -> None:
    town.sleep()
    _create_key()
    copy_config("encrypted", KmsKeyId="alias/voice")
    town.deploy(EVENING_PAUSE.replace("    drain:", "    config: encrypted\n    drain:"))
    town.ask("wake", 60)
    town.pass_minutes(3)
    assert town.status == "Absent"
    assert "not authorized to perform: kms:CreateGrant" in town.outcomes("Create")[0]
