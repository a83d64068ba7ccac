"""A person who may write to the table cannot use the reconciler's role on other resources.

Which content is foreign is decided by a table of rules: tests/unit/domain/snapshot.
"""

import json
from typing import Any

from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.snapshot import content_hash
from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE
from tests.integration.functions.aws_calls import (
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


def plant(town: Town) -> None:
    """What a person with a right to write can: the hash has no key."""
    item = town.table.get_item(Key={"endpoint": ENDPOINT, "item": "now#snapshot"})["Item"]
    content = json.loads(item["text"])
    scaling = content["scaling"]
    of_others = scaled("AllTraffic", "naked")
    scaling["targets"].append({**of_others, "MinCapacity": 3, "MaxCapacity": 9})
    scaling["scheduled_actions"].append({**scaling["scheduled_actions"][0], **of_others})
    scaling["alarms"].append(PLANTED_ALARM)
    text = json.dumps(content)
    town.table.put_item(Item={**item, "text": text, "sha256": content_hash(text)})


def test_nothing_of_a_planted_snapshot_is_put_and_the_next_sleep_saves_a_clean_one(
    town: Town,
) -> None:
    create_endpoint("naked")
    town.sleep()
    plant(town)
    town.ask("wake", 60)
    town.pass_minutes(5)
    assert (town.status, targets(), alarms("planted-alarm")) == ("InService", [], [])
    assert "names things of others" in town.show()["refused"]
    counted = town.logged("scheduler", reason="foreign-snapshot")
    assert counted
    assert all(line["Refusals"] for line in counted)
    town.sleep()
    town.wake()
    assert [target["ResourceId"] for target in targets()] == [RESOURCE]
    assert alarms("planted-alarm") == []


def test_an_alarm_that_would_not_be_put_back_blocks_the_delete_until_it_is_changed(
    town: Town,
) -> None:
    change_alarm(OKActions=[PAGE_ME])
    town.ask("sleep", 60)
    town.pass_minutes(5)
    assert (town.status, town.steps()) == ("InService", ["Refuse"])
    refused = town.show()["refused"]
    assert "it could not be restored as it is: the alarm" in refused
    assert "function:page-me" in refused
    assert raised() == ["AttentionAlarm"]
    change_alarm(OKActions=[])
    town.pass_until(lambda: town.status == "Absent")
