"""What keeps an endpoint from being deleted, where it is told, and what lets it go on."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Failed, Fault, Killed
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoints_api import EndpointsApi
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from tests.integration.functions.conftest import EVENING_PAUSE

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Town, TownMaker

TAGS = [{"Key": "lowtide:stack", "Value": STACK}]
FLEET = [f"e-{number:02}" for number in range(12)]
PAUSE = '{windows: [{start: "0 22 * * *", stop: "0 20 * * *"}]}'
TWELVE = "\n".join(
    ["timezone: America/New_York", "endpoints:"]
    + [f"  - {{name: {name}, schedule: {PAUSE}}}" for name in FLEET]
)
PRODUCTION: dict[str, Any] = {
    "VariantName": "AllTraffic",
    "ModelName": "my-model",
    "InitialInstanceCount": 1,
    "InstanceType": "ml.g6.2xlarge",
}
SHADOW = PRODUCTION | {"VariantName": "Shadow"}


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def ledger(town: Town, endpoint: str = ENDPOINT) -> list[Any]:
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    table = boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])
    items: list[Any] = table.scan()["Items"]
    mine = [i for i in items if i["endpoint"] == endpoint and i["item"].startswith("ledger#")]
    return sorted(mine, key=lambda item: str(item["item"]))


def counted(metric: str, **dimensions: str) -> float:
    """The sum of all that was ever counted."""
    wanted = {"stack": STACK, **dimensions}
    points = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="Lowtide",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in wanted.items()],
        StartTime="2026-11-23T00:00:00Z",
        EndTime="2026-11-25T00:00:00Z",
        Period=86_400,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


def raised() -> list[str]:
    alarms = boto3.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]
    states = [(a["AlarmName"].removeprefix(f"{STACK}-"), a["StateValue"]) for a in alarms]
    return [name for name, state in states if state == "ALARM"]


def reconciler_policy(town: Town) -> Any:
    role = town.stack.template.known["ReconcilerRole"]
    found: Any = boto3.client("iam").get_role_policy(RoleName=role, PolicyName="reconciler")
    return found["PolicyDocument"]


def put_reconciler_policy(town: Town, document: Any) -> None:
    boto3.client("iam").put_role_policy(
        RoleName=town.stack.template.known["ReconcilerRole"],
        PolicyName="reconciler",
        PolicyDocument=json.dumps(document),
    )


def test_a_refusal_is_told_by_log_ledger_metric_alarm_and_status(town: Town) -> None:
    arn = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker().delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    town.until("Mon 20:06")
    reason = f"it does not carry the tag lowtide:stack={STACK}"
    assert town.status == "InService"
    said = [line for line in town.said("scheduler") if line.get("message") == "decision"][-1]
    assert (said["action"], said["reason"]) == ("Refuse", reason)
    assert [(e["step"], e["reason"], e["outcome"]) for e in ledger(town)] == [
        ("Refuse", reason, "not-tagged")
    ]
    assert counted("Refusals", service="scheduler", reason="not-tagged") == 7
    assert raised() == ["AttentionAlarm"]
    status = town.control(action="status", endpoint=ENDPOINT)
    assert status["next"] == {"action": "Refuse", "reason": reason}
    assert status["refused"] == reason


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_refusal_is_in_the_ledger_once_whatever_write_it_is_killed_after(
    town: Town, nth: int
) -> None:
    """Its message comes again after six minutes."""
    arn = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker().delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    town.until("Mon 19:59")
    town.cloud.faults.add(Fault(Killed(), "dynamodb", "PutItem", "reconciler", nth=nth))
    town.until("Mon 20:15")
    assert len(town.cloud.faults.hits) == 1
    assert [e["outcome"] for e in ledger(town)] == ["not-tagged"]
    assert town.control(action="status", endpoint=ENDPOINT)["refused"]


def test_a_new_reason_is_a_new_line_of_the_ledger_and_one_that_returns_is_not(town: Town) -> None:
    arn = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker().delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    town.until("Mon 20:03")
    sagemaker().add_tags(ResourceArn=arn, Tags=TAGS)
    sagemaker().delete_model(ModelName="my-model")
    town.until("Mon 20:06")
    assert [e["outcome"] for e in ledger(town)] == ["not-tagged", "missing"]
    town.control(action="wake", endpoint=ENDPOINT, reason="x", by="ann", **{"for": "5m"})
    town.until("Mon 20:08")
    assert town.control(action="status", endpoint=ENDPOINT)["refused"] is None
    town.until("Mon 20:20")
    assert town.control(action="status", endpoint=ENDPOINT)["refused"] is not None
    assert [e["outcome"] for e in ledger(town)] == ["not-tagged", "missing"]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        pytest.param(
            {"ShadowProductionVariants": [SHADOW]}, "it has a shadow variant", id="a shadow variant"
        ),
        pytest.param(
            {"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}},
            "it is asynchronous",
            id="an asynchronous endpoint",
        ),
    ],
)
def test_what_lowtide_cannot_put_to_sleep_is_refused_by_name(
    town_with: TownMaker, request_: dict[str, Any], said: str
) -> None:
    town = town_with(f"{EVENING_PAUSE}  - {{name: odd, schedule: {PAUSE}}}\n")
    sagemaker().create_endpoint_config(
        EndpointConfigName="odd", ProductionVariants=[PRODUCTION], **request_
    )
    sagemaker().create_endpoint(EndpointName="odd", EndpointConfigName="odd", Tags=TAGS)
    town.until("Mon 20:10")
    assert (town.status, town.cloud.status("odd")) == ("Absent", "InService")
    assert said in ledger(town, "odd")[0]["reason"]


def test_variants_data_capture_a_key_and_a_vpc_come_back(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moto.kms.models.generate_key_id", lambda *_: "4711")
    key = "arn:aws:kms:us-east-1:123456789012:key/4711"
    file = f"{EVENING_PAUSE}  - {{name: rich, schedule: {PAUSE}}}\n"
    town = town_with(file, EndpointKmsKeyArns=key)
    kms: Any = boto3.client("kms")
    assert kms.create_key()["KeyMetadata"]["Arn"] == key
    kms.create_alias(AliasName="alias/voice", TargetKeyId=key)
    sagemaker().create_endpoint_config(
        EndpointConfigName="rich",
        ProductionVariants=[PRODUCTION, PRODUCTION | {"VariantName": "Canary"}],
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 10,
            "DestinationS3Uri": "s3://bucket/captured",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
        KmsKeyId="alias/voice",
        VpcConfig={"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
    )
    sagemaker().create_endpoint(EndpointName="rich", EndpointConfigName="rich", Tags=TAGS)
    town.until("Mon 19:59")
    before = sagemaker().describe_endpoint(EndpointName="rich")
    town.until("Mon 20:30")
    assert town.cloud.status("rich") == "Absent"
    town.until("Mon 22:00")
    after = sagemaker().describe_endpoint(EndpointName="rich")
    for field in ("EndpointConfigName", "DataCaptureConfig"):
        assert after[field] == before[field]
    assert [v["VariantName"] for v in after["ProductionVariants"]] == ["AllTraffic", "Canary"]
    config = sagemaker().describe_endpoint_config(EndpointConfigName="rich")
    assert config["KmsKeyId"] == "alias/voice"
    assert config["VpcConfig"]["Subnets"] == ["subnet-1"]


def test_without_its_configuration_one_of_a_single_type_is_refused_not_failed(
    town_with: TownMaker,
) -> None:
    town = town_with(f"{EVENING_PAUSE}  - {{name: bare, schedule: {PAUSE}}}\n")
    sagemaker().create_endpoint_config(EndpointConfigName="bare", ProductionVariants=[PRODUCTION])
    sagemaker().create_endpoint(EndpointName="bare", EndpointConfigName="bare", Tags=TAGS)
    town.until("Mon 19:55")
    sagemaker().delete_endpoint_config(EndpointConfigName="bare")
    town.until("Mon 20:05")
    assert town.cloud.status("bare") == "InService"
    assert "endpoint configuration bare is missing" in ledger(town, "bare")[0]["reason"]
    assert counted("Failures", service="scheduler") == 0


def test_a_right_that_was_taken_away_is_missed_before_the_delete_not_after(town: Town) -> None:
    whole = reconciler_policy(town)
    less = [s for s in whole["Statement"] if s["Sid"] not in ("CreateWithTag", "RestoreScaling")]
    put_reconciler_policy(town, whole | {"Statement": less})
    town.until("Mon 20:10")
    assert town.status == "InService"
    (refusal,) = ledger(town)
    assert refusal["outcome"] == "denied"
    assert "sagemaker:CreateEndpoint" in refusal["reason"]
    assert "application-autoscaling:PutScalingPolicy" in refusal["reason"]
    put_reconciler_policy(town, whole)
    town.until("Mon 20:25")
    assert town.status == "Absent"


def test_while_iam_cannot_say_nothing_is_deleted(town: Town) -> None:
    denied = Failed("AccessDenied", "not authorized to perform: iam:SimulatePrincipalPolicy", 403)
    town.cloud.faults.add(Fault(denied, "iam", "SimulatePrincipalPolicy", times=None))
    town.until("Mon 20:10")
    assert town.status == "InService"
    assert [e["outcome"] for e in ledger(town)] == ["rights-unknown"]
    town.cloud.faults.clear()
    town.until("Mon 20:25")
    assert town.status == "Absent"


def test_twelve_that_close_at_once_go_five_a_minute(town_with: TownMaker) -> None:
    town = town_with(TWELVE)
    for name in FLEET:
        sagemaker().create_endpoint(EndpointName=name, EndpointConfigName=CONFIG, Tags=TAGS)
    town.until("Mon 20:10")
    deleted = [(at, name) for at, name, status in town.cloud.statuses if status == "Deleting"]
    minutes = Counter(at.replace(second=0) for at, name in deleted if name in FLEET)
    assert sorted(minutes.values(), reverse=True) == [5, 5, 2]
    assert max(minutes) - min(minutes) == timedelta(minutes=2)
    assert {town.cloud.status(name) for name in FLEET} == {"Absent"}
    told = Counter(
        e["outcome"] for name in FLEET for e in ledger(town, name) if e["step"] == "Refuse"
    )
    assert told == {"too-many-deletions": 7}
    assert counted("Refusals", service="reconciler", reason="too-many-deletions") == 7 + 2


def test_one_that_keeps_changing_takes_nobodys_place(town_with: TownMaker) -> None:
    town = town_with(TWELVE, DeletionsPerMinute="1")
    restless, *others = FLEET[:3]
    for name in FLEET[:3]:
        sagemaker().create_endpoint(EndpointName=name, EndpointConfigName=CONFIG, Tags=TAGS)
    arn = sagemaker().describe_endpoint(EndpointName=restless)["EndpointArn"]

    def relabel(now: datetime) -> None:
        tag = {"Key": "seen", "Value": f"{now:%H:%M}"}
        sagemaker().add_tags(ResourceArn=arn, Tags=[tag])

    town.cloud.every(timedelta(minutes=1), relabel)
    town.until("Mon 20:12")
    assert town.cloud.status(restless) == "InService"
    assert {town.cloud.status(name) for name in others} == {"Absent"}


def test_those_that_aws_refuses_to_delete_do_not_keep_the_others_awake(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There are more of them than places in a minute, and they come first."""
    four = "\n".join(TWELVE.split("\n")[:6])
    town = town_with(four, DeletionsPerMinute="1")
    *stuck, last, one = FLEET[:4]
    for name in FLEET[:4]:
        sagemaker().create_endpoint(EndpointName=name, EndpointConfigName=CONFIG, Tags=TAGS)
    real = EndpointsApi.delete_endpoint

    def denied(self: EndpointsApi, request: dict[str, Any]) -> Any:
        if request["EndpointName"] in stuck:
            raise Refusal("AccessDeniedException", "a policy of the organization says no")
        return real(self, request)

    monkeypatch.setattr(EndpointsApi, "delete_endpoint", denied)
    town.until("Mon 20:20")
    assert {town.cloud.status(name) for name in (last, one)} == {"Absent"}
    assert {town.cloud.status(name) for name in stuck} == {"InService"}
    assert raised() == ["AttentionAlarm"]
    for name in stuck:
        told = Counter(entry["step"] for entry in ledger(town, name))
        assert told["Delete"] == 1
        assert told["Refuse"] <= 2
    monkeypatch.setattr(EndpointsApi, "delete_endpoint", real)
    town.until("Mon 20:26")
    assert {town.cloud.status(name) for name in stuck} == {"Absent"}


def test_a_restore_that_does_not_end_alarms_and_goes_on_until_it_does(town: Town) -> None:
    town.until("Mon 20:10")
    refused = Failed("ValidationException", "no")
    town.cloud.faults.add(
        Fault(refused, "application-autoscaling", "PutScalingPolicy", "reconciler", times=None)
    )
    town.until("Mon 21:50")
    assert "RestoreOverdueAlarm" not in raised()
    town.until("Mon 21:59")
    assert "RestoreOverdueAlarm" in raised()
    town.cloud.faults.clear()
    town.until("Mon 22:05")
    assert ledger(town)[-1]["step"] == "Restore"
    assert ledger(town)[-1]["ok"]
    assert raised() == []


def test_a_restore_of_what_somebody_deleted_is_not_overdue(town: Town) -> None:
    town.until("Mon 20:10")
    refused = Failed("ValidationException", "no")
    town.cloud.faults.add(
        Fault(refused, "application-autoscaling", "PutScalingPolicy", "reconciler", times=None)
    )
    town.control(action="wake", endpoint=ENDPOINT, reason="x", by="ann", **{"for": "20m"})
    town.until("Mon 20:28")
    sagemaker().delete_endpoint(EndpointName=ENDPOINT)
    town.until("Mon 21:10")
    assert (town.status, raised()) == ("Absent", [])
