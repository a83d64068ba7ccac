"""A person who may write to the table cannot use the reconciler's role on other resources.

Which content is foreign is decided by a table of rules: tests/unit/domain/snapshot.
"""

import json
from collections.abc import Callable
from typing import Any

from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.snapshot import content_hash
from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE
from tests.integration.functions.aws_calls import (
    STEPS_BY_HAND,
    alarms,
    change_alarm,
    create_endpoint,
    raised,
    scaled,
    targets,
)
from tests.integration.functions.conftest import Town

PAGE_ME = "arn:aws:lambda:us-east-1:123456789012:function:page-me"
PLANTED_ALARM: dict[str, Any] = {
    "AlarmName": "planted-alarm",
    "Namespace": "Test",
    "MetricName": "Load",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 0.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "AlarmActions": [
        policy_reference(RESOURCE, "jump-when-full"),
        "arn:aws:automate:us-east-1:ec2:terminate",
    ],
}
DATABASE = PLANTED_ALARM | {
    "AlarmName": "prod-db-cpu", "Namespace": "AWS/RDS", "MetricName": "CPUUtilization",
    "AlarmActions": [],
}  # fmt: skip
OWN = policy_reference(RESOURCE, STEPS_BY_HAND)
TOPIC_OF_OTHERS = "arn:aws:sns:us-east-1:999999999999:theirs"


def change_snapshot(town: Town, change: Callable[[dict[str, Any]], object]) -> None:
    """What a person with a right to write can: the hash has no key."""
    item = town.table.get_item(Key={"endpoint": ENDPOINT, "item": "now#snapshot"})["Item"]
    content = json.loads(item["text"])
    change(content["scaling"])
    text = json.dumps(content)
    town.table.put_item(Item={**item, "text": text, "sha256": content_hash(text)})


def plant(scaling: dict[str, Any]) -> None:
    of_others = scaled("AllTraffic", "naked")
    scaling["targets"].append({**of_others, "MinCapacity": 3, "MaxCapacity": 9})
    scaling["scheduled_actions"].append({**scaling["scheduled_actions"][0], **of_others})
    theirs = DATABASE | {"AlarmActions": [OWN, TOPIC_OF_OTHERS]}
    scaling["alarms"] += [PLANTED_ALARM, theirs]


def planted_alarms() -> list[Any]:
    return alarms("planted-alarm") + alarms("prod-db-cpu")


def test_nothing_of_a_planted_snapshot_is_put_and_the_next_sleep_saves_a_clean_one(
    town: Town,
) -> None:
    create_endpoint("naked")
    town.sleep()
    change_snapshot(town, plant)
    town.ask("wake", 60)
    town.pass_minutes(5)
    assert (town.status, targets(), planted_alarms()) == ("InService", [], [])
    assert raised() == ["AttentionAlarm"]
    assert "names things of others" in town.show()["blocked"]
    counted = town.logged("scheduler", reason="foreign-snapshot")
    assert counted
    assert all(line["Refusals"] for line in counted)
    town.sleep()
    town.wake()
    assert [target["ResourceId"] for target in targets()] == [RESOURCE]
    assert planted_alarms() == []


def test_a_live_alarm_that_never_triggered_the_endpoint_is_left_alone(town: Town) -> None:
    town.sleep()
    change_alarm(**DATABASE)
    live = alarms("prod-db-cpu")
    planted = DATABASE | {"Namespace": "AWS/SageMaker", "AlarmActions": [OWN]}
    change_snapshot(town, lambda scaling: scaling["alarms"].append(planted))
    town.ask("wake", 60)
    town.pass_minutes(5)
    assert alarms("prod-db-cpu") == live
    assert "the alarm prod-db-cpu has another metric" in town.outcomes("Restore")[-1]
    assert raised() == ["AttentionAlarm"]


def test_an_alarm_that_would_not_be_put_back_blocks_the_delete_until_it_is_changed(
    town: Town,
) -> None:
    change_alarm(OKActions=[PAGE_ME])
    town.ask("sleep", 60)
    town.pass_minutes(5)
    assert (town.status, town.steps()) == ("InService", ["Refuse"])
    refused = town.show()["blocked"]
    assert "it could not be restored as it is: the alarm" in refused
    assert "function:page-me" in refused
    assert raised() == ["AttentionAlarm"]
    change_alarm(OKActions=[])
    town.pass_until(lambda: town.status == "Absent")
