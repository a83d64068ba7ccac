"""Whoever may write to the table cannot use the reconciler's role on anything of others."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.snapshot import content_hash
from lowtide_workbench.demo.endpoint import ALARM, CONFIG, ENDPOINT, RESOURCE, VARIANT
from tests.integration.functions.conftest import Town
from tests.integration.functions.reconciler.test_managed_scaling import alarms, autoscaling

type Content = dict[str, Any]

THEIRS: Content = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/naked/variant/{VARIANT}",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
OWN_POLICY = policy_reference(RESOURCE, "jump-when-full")
TERMINATE = "arn:aws:automate:us-east-1:ec2:terminate"
ALARM_ON_LOAD: Content = {
    "AlarmName": "planted-alarm",
    "Namespace": "Test",
    "MetricName": "Load",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def target_of_others(scaling: Content) -> None:
    scaling["targets"].append({**THEIRS, "MinCapacity": 3, "MaxCapacity": 9})


def policy_of_others(scaling: Content) -> None:
    (jump,) = (p for p in scaling["policies"] if p["PolicyName"] == "jump-when-full")
    scaling["policies"].append({**jump, **THEIRS, "PolicyName": "planted"})


def action_of_others(scaling: Content) -> None:
    scaling["scheduled_actions"].append({**scaling["scheduled_actions"][0], **THEIRS})


def alarm_that_terminates(scaling: Content) -> None:
    scaling["alarms"].append({**ALARM_ON_LOAD, "AlarmActions": [TERMINATE]})


def alarm_that_also_terminates(scaling: Content) -> None:
    scaling["alarms"].append({**ALARM_ON_LOAD, "AlarmActions": [OWN_POLICY, TERMINATE]})


def alarm_for_others(scaling: Content) -> None:
    others = policy_reference(THEIRS["ResourceId"], "theirs")
    scaling["alarms"].append({**ALARM_ON_LOAD, "AlarmActions": [others]})


def records(town: Town) -> Any:
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    return boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"])


def plant(town: Town, change: Callable[[Content], None]) -> None:
    """Writes what anybody with a right to write can: the hash has no key."""
    item = records(town).get_item(Key={"endpoint": ENDPOINT, "item": "now#snapshot"})["Item"]
    content = json.loads(item["text"])
    change(content["scaling"])
    text = json.dumps(content)
    records(town).put_item(Item={**item, "text": text, "sha256": content_hash(text)})


def targets() -> set[str]:
    found = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")
    return {target["ResourceId"] for target in found["ScalableTargets"]}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(target_of_others, id="a target of another endpoint"),
        pytest.param(policy_of_others, id="a policy of another endpoint"),
        pytest.param(action_of_others, id="a scheduled action of another endpoint"),
        pytest.param(alarm_that_terminates, id="an alarm that terminates instances"),
        pytest.param(alarm_that_also_terminates, id="an alarm that does so besides"),
        pytest.param(alarm_for_others, id="an alarm for the policy of another endpoint"),
    ],
)
def test_nothing_of_a_planted_snapshot_is_put_and_the_blocked_step_is_counted(
    town: Town, change: Callable[[Content], None]
) -> None:
    boto3.client("sagemaker").create_endpoint(EndpointName="naked", EndpointConfigName=CONFIG)
    town.until("Mon 20:10")
    plant(town, change)
    town.until("Mon 22:05")
    assert town.status == "InService"
    assert targets() == set()
    assert alarms("planted-alarm") == []
    status = town.control(action="status", endpoint=ENDPOINT)
    assert "names things of others" in status["refused"]
    counted = [line for line in town.said("scheduler") if line.get("reason") == "foreign-snapshot"]
    assert counted
    assert all(line["Refusals"] for line in counted)


def test_the_next_sleep_saves_a_clean_snapshot(town: Town) -> None:
    town.until("Mon 20:10")
    plant(town, target_of_others)
    town.until("Mon 22:05")
    sleep = {"action": "sleep", "endpoint": ENDPOINT, "reason": "again", "by": "ann"}
    town.control(**sleep, **{"for": "20m"})
    town.until("Mon 22:15")
    assert town.status == "Absent"
    town.until("Mon 22:50")
    assert targets() == {RESOURCE}
    assert town.ledger()[-1] == "Restore"


def let_the_alarm_run_a_function() -> None:
    cloudwatch: Any = boto3.client("cloudwatch")
    known = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    (alarm,) = alarms(ALARM)
    kept = {key: value for key, value in alarm.items() if key in known}
    function = "arn:aws:lambda:us-east-1:123456789012:function:page-me"
    cloudwatch.put_metric_alarm(**kept | {"OKActions": [function]})


def test_an_alarm_that_would_not_be_put_back_blocks_the_delete_until_it_is_changed(
    town: Town,
) -> None:
    before = {key: value for key, value in alarms(ALARM)[0].items() if key == "OKActions"}
    let_the_alarm_run_a_function()
    town.until("Mon 20:10")
    assert (town.status, town.ledger()) == ("InService", ["Refuse"])
    refused = town.control(action="status", endpoint=ENDPOINT)["refused"]
    assert "it could not be restored as it is: the alarm" in refused
    assert "function:page-me" in refused
    cloudwatch: Any = boto3.client("cloudwatch")
    (alarm,) = alarms(ALARM)
    known = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    kept = {key: value for key, value in alarm.items() if key in known}
    cloudwatch.put_metric_alarm(**kept | before)
    town.until("Mon 20:20")
    assert town.status == "Absent"


def test_an_alarm_changed_during_the_drain_gives_the_scaling_back_at_the_deadline(
    town: Town,
) -> None:
    town.calls(("19:59", 60))
    town.until("Mon 20:05")
    let_the_alarm_run_a_function()
    town.until("Mon 20:35")
    assert town.status == "InService"
    assert "EndDrain" in town.ledger()
    (target,) = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")[
        "ScalableTargets"
    ]
    assert not any(target["SuspendedState"].values())
