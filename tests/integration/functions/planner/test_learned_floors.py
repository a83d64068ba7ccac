"""An endpoint whose second Monday is served by floors that Lowtide learned on the first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions import aws_calls as aws
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

MIDNIGHT = datetime(2026, 11, 23, 5, tzinfo=UTC)  # in New York
WEEK = timedelta(days=7)
CAPACITY = "capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}"
MANAGED = f"{CAPACITY}\n      min: 1\n      max: 6\n      target: 0.75"
LEARNED = EVENING_PAUSE.replace(CAPACITY, f"{MANAGED}\n      floors: learned")
FILES_TARGET, TARGET_ABOVE_FLOORS = 7.5, 9.0


def floors(weekday: str) -> dict[str, int]:
    """The counts of Lowtide's scheduled actions on a weekday, by time."""
    pages = aws.autoscaling().get_paginator("describe_scheduled_actions")
    found = [a for p in pages.paginate(ServiceNamespace="sagemaker") for a in p["ScheduledActions"]]
    return {
        action["ScheduledActionName"][-4:]: action["ScalableTargetAction"]["MinCapacity"]
        for action in found
        if action["ScheduledActionName"].startswith(f"lowtide-floor-{weekday}-")
    }


def tracking_target() -> float:
    policy: Any = aws.policies()["lowtide-target-tracking"]
    return float(policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"])


@pytest.fixture
def learned(town_with: TownMaker) -> Town:
    """Last Monday had 9 streams in the evening, and 25 from when it opened at 22:00."""
    town = town_with(LEARNED)
    aws.delete_policy(aws.TRACKING_BY_HAND)
    aws.publish_streams(MIDNIGHT - WEEK, (20, 9), (2, 0), (2, 25))
    town.calls(*[("19:31", 28)] * 9, *[("22:00", 60)] * 25)
    return town


def test_a_second_week_is_served_by_learned_floors(learned: Town) -> None:
    learned.pass_minutes(5)
    assert floors("mon") == {"0000": 2, "2000": 1, "2150": 4}
    assert (aws.scaling_range(), tracking_target()) == ((2, 6), TARGET_ABOVE_FLOORS)
    learned.until("Mon 20:10")
    saved = learned.store.load(ENDPOINT).record.snapshot
    assert saved is not None
    assert saved.scaling.targets[0]["MinCapacity"] == 1
    assert {
        a["ScheduledActionName"] for a in saved.scaling.scheduled_actions
    } == aws.ACTIONS_BY_HAND
    lead = learned.show()["lead_time"]
    assert lead["minutes"] == 30 + 10
    assert lead["because"].endswith("; and the first floor, 10 min")
    learned.until("Mon 22:00")
    variant = aws.variant()
    assert (variant["DesiredInstanceCount"], variant["CurrentInstanceCount"]) == (4, 4)
    assert floors("mon") == {"0000": 2, "2000": 1, "2150": 4}
    assert (aws.scaling_range(), tracking_target()) == ((4, 6), TARGET_ABOVE_FLOORS)


def test_people_keep_their_say_beside_floors(learned: Town) -> None:
    """A minimum and a scheduled action by hand, a lost change, and floors taken out of the file."""
    learned.pass_minutes(3)
    assert aws.scaling_range() == (2, 6)
    aws.set_on_variant(DesiredInstanceCount=1)
    learned.pass_minutes(4)
    assert aws.variant()["DesiredInstanceCount"] == 2, "asked for again"
    aws.put_action("people", "cron(40 19 * * ? *)", MinCapacity=3, MaxCapacity=5)
    learned.until("Mon 19:43")
    assert aws.scaling_range() == (3, 5), "the larger minimum, and the maximum of people"
    aws.set_range(1, 1)
    learned.pass_minutes(2)
    assert aws.scaling_range() == (1, 1)
    shown = learned.show()["floors"]
    assert (shown["floor"], shown["of_people"]) == (2, 1)
    assert shown["differs"] == "the floor is 2, and max is 1"
    aws.set_range(1, 6)
    learned.pass_minutes(2)
    shown = learned.show()["floors"]
    assert (shown["minimum"], shown["target"], shown["differs"]) == (2, 0.9, None)
    assert shown["next"] == {"at": "2026-11-24T01:00:00Z", "floor": 1}
    assert learned.stack.failures == []
    last_monday, *_ = learned.control(action="floors", endpoint=ENDPOINT)["days"]
    assert last_monday["on"] == "2026-11-16"
    assert last_monday["streams"][::12] == [9, 9, 9, 9]
    assert last_monday["floors"][-6:] == [1, 4, 4, 4, 4, 4]
    learned.deploy(LEARNED.replace("floors: learned", ""))
    learned.pass_minutes(3)
    assert (floors("mon"), aws.scaling_range(), tracking_target()) == ({}, (1, 6), FILES_TARGET)
    called = {call.action for call in learned.stack.calls["planner"]}
    assert called == {
        "sagemaker:DescribeEndpoint",
        "cloudwatch:GetMetricData",
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScheduledActions",
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:PutScheduledAction",
        "application-autoscaling:DeleteScheduledAction",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
    }
