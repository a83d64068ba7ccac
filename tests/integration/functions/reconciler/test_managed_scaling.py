"""Scaling that the file keeps: put, kept through the nights, changed and removed with the file."""

from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, RESOURCE, VARIANT
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

CAPACITY = "capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}"
BY_HAND = {"follow-weighted-concurrency", "jump-when-full"}
TRACKING, LANE = "lowtide-target-tracking", "lowtide-fast-lane"
LANE_ALARM = f"lowtide-{ENDPOINT}/{VARIANT}/fast-lane"
SCALED = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


def file(*scaling: str) -> str:
    return EVENING_PAUSE.replace(CAPACITY, "\n      ".join((CAPACITY, *scaling)))


# The demo's owner follows the weighted concurrency herself.
EXACT = file("min: 1", "max: 6", "target: 0.75", "metric: exact")
WITH_LANE = EXACT + "      fast_lane: true\n"
WEIGHTED = file("min: 1", "max: 6", "target: 0.75")


def autoscaling() -> Any:
    return boto3.client("application-autoscaling")


def policies() -> dict[str, Any]:
    found = autoscaling().describe_scaling_policies(ServiceNamespace="sagemaker")
    return {policy["PolicyName"]: policy for policy in found["ScalingPolicies"]}


def tracked(name: str = TRACKING) -> tuple[str, float]:
    """The metric that a policy follows, and its target."""
    config = policies()[name]["TargetTrackingScalingPolicyConfiguration"]
    return config["CustomizedMetricSpecification"]["MetricName"], config["TargetValue"]


def scaling_range() -> tuple[int, int]:
    (found,) = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")[
        "ScalableTargets"
    ]  # fmt: skip
    return found["MinCapacity"], found["MaxCapacity"]


def alarms(name: str) -> list[Any]:
    found: Any = boto3.client("cloudwatch").describe_alarms(AlarmNames=[name])
    return list(found["MetricAlarms"])


def remove_all_by_hand() -> None:
    """As on an endpoint that nobody ever scaled."""
    autoscaling().deregister_scalable_target(**SCALED)


def applied(town: Town) -> list[str]:
    return [outcome for step, outcome in town.entries() if step == "ApplyScaling"]


def next_reason(town: Town) -> str:
    return str(town.control(action="status", endpoint=ENDPOINT)["next"]["reason"])


def test_an_endpoint_that_nobody_scaled_gets_a_target_and_a_policy(town_with: TownMaker) -> None:
    town = town_with(WEIGHTED)
    remove_all_by_hand()
    town.until("Mon 19:40")
    assert scaling_range() == (1, 6)
    assert tracked() == ("WeightedConcurrency", 7.5)
    assert set(policies()) == {TRACKING}
    assert applied(town) == [
        f"1 scalable target registered; {RESOURCE} {TRACKING} put"
    ]  # fmt: skip
    assert town.stack.failures == []


def test_the_night_changes_nothing_about_it_and_what_is_by_hand_stays(
    town_with: TownMaker,
) -> None:
    town = town_with(WITH_LANE)
    town.until("Mon 19:59")
    assert set(policies()) == {TRACKING, LANE, *BY_HAND}
    evening = policies()
    town.until("Mon 21:00")
    assert town.status == "Absent"
    saved = town.control(action="status", endpoint=ENDPOINT)["saved"]["contents"]
    assert "2 scaling policies, 2 scheduled actions, 1 alarm" in saved  # those of its owner
    town.until("Mon 22:00")
    morning = policies()
    assert set(morning) == set(evening)
    for name in (TRACKING, LANE):
        kinds = ("TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration")
        assert [morning[name].get(k) for k in kinds] == [evening[name].get(k) for k in kinds]
    (alarm,) = alarms(LANE_ALARM)
    assert alarm["AlarmActions"] == [morning[LANE]["PolicyARN"]]
    steps = ["ApplyScaling", "TakeSnapshot", "BeginDrain", "Delete", "Create", "Restore"]
    assert town.ledger() == [*steps, "ApplyScaling"]
    assert next_reason(town) == "the window opened Mon 23 Nov 22:00 EST"


def test_the_file_of_the_morning_wins_over_the_snapshot_of_the_evening(
    town_with: TownMaker,
) -> None:
    town = town_with(WITH_LANE)
    town.until("Mon 21:00")
    town.deploy(EXACT.replace("target: 0.75", "target: 0.5"))
    town.until("Mon 22:00")
    assert tracked() == ("ExactConcurrency", 5.0)
    assert set(policies()) == {TRACKING, *BY_HAND}
    assert alarms(LANE_ALARM) == []


def test_a_change_of_the_file_is_put_while_it_is_awake(town_with: TownMaker) -> None:
    town = town_with(EXACT)
    town.until("Mon 19:40")
    town.deploy(EXACT.replace("max: 6", "max: 9").replace("target: 0.75", "target: 0.5"))
    town.until("Mon 19:45")
    assert scaling_range() == (1, 9)
    assert tracked() == ("ExactConcurrency", 5.0)
    assert len(applied(town)) == 2


def test_what_the_file_does_not_ask_for_any_more_goes_and_nothing_else(
    town_with: TownMaker,
) -> None:
    town = town_with(WITH_LANE)
    town.until("Mon 19:40")
    town.deploy(EVENING_PAUSE)
    town.until("Mon 19:45")
    assert set(policies()) == BY_HAND
    assert alarms(LANE_ALARM) == []
    assert scaling_range() == (1, 6)
    town.until("Mon 22:00")
    assert set(policies()) == BY_HAND


def test_edits_by_hand_are_not_fought(town_with: TownMaker) -> None:
    town = town_with(EXACT)
    town.until("Mon 19:40")
    autoscaling().delete_scaling_policy(**SCALED, PolicyName=TRACKING)
    autoscaling().register_scalable_target(**SCALED, MinCapacity=2, MaxCapacity=3)
    town.until("Mon 19:55")
    assert TRACKING not in policies()
    town.until("Mon 22:00")  # the next wake
    assert TRACKING in policies()
    assert scaling_range() == (2, 3)


def test_a_metric_that_is_followed_by_hand_is_not_followed_twice(town_with: TownMaker) -> None:
    town = town_with(WEIGHTED)
    town.until("Mon 19:45")
    assert set(policies()) == BY_HAND
    why = "follow-weighted-concurrency, made by hand, follows the same metric"
    assert applied(town) == [f"everything was there; {TRACKING} is not put on {RESOURCE}: {why}"]
    assert why in next_reason(town)
    decided = [line["reason"] for line in town.said("scheduler") if "action" in line]
    assert why in decided[-1]


def test_the_range_of_a_scheduled_action_survives(town_with: TownMaker) -> None:
    town = town_with(EXACT)
    autoscaling().put_scheduled_action(
        **SCALED,
        ScheduledActionName="evening-floor",
        Schedule="cron(45 19 ? * * *)",
        Timezone="America/New_York",
        ScalableTargetAction={"MinCapacity": 3},
    )
    town.until("Mon 19:50")
    assert scaling_range() == (3, 6)
    town.until("Mon 22:00")
    assert scaling_range() == (3, 6)


def test_a_type_without_a_capacity_is_refused_once_and_put_when_it_has_one(
    town_with: TownMaker,
) -> None:
    town = town_with(EXACT.replace("10, ml.g6e.2xlarge: 20", "10"))
    town.until("Mon 19:45")
    assert set(policies()) == BY_HAND
    assert town.ledger() == ["Refuse"]
    assert next_reason(town) == (
        "its scaling is left as it is: scaling.capacity lacks instance type ml.g6e.2xlarge"
    )
    town.deploy(EXACT)
    town.until("Mon 19:50")
    assert TRACKING in policies()


def test_a_configuration_that_is_gone_is_refused(town_with: TownMaker) -> None:
    town = town_with(EXACT)
    boto3.client("sagemaker").delete_endpoint_config(EndpointConfigName=CONFIG)
    town.until("Mon 19:40")
    assert f"its configuration {CONFIG} is gone" in next_reason(town)
    assert town.ledger() == ["Refuse"]


def test_what_is_not_this_stacks_is_left_alone(town_with: TownMaker) -> None:
    town = town_with(EXACT)
    arn = boto3.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    boto3.client("sagemaker").delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    town.until("Mon 19:40")
    assert set(policies()) == BY_HAND
    assert "does not carry the tag lowtide:stack=lowtide-demo" in next_reason(town)


def test_a_policy_that_aws_refuses_is_put_a_minute_later(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = town_with(EXACT)
    real = ApplicationAutoScaling.put_scaling_policy
    refused: list[str] = []

    def refuse_once(self: ApplicationAutoScaling, request: dict[str, Any]) -> Any:
        if not refused:
            refused.append(request["PolicyName"])
            raise Refusal("ValidationException", "not now")
        return real(self, request)

    monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", refuse_once)
    town.until("Mon 19:40")
    assert TRACKING in policies()
    assert applied(town)[0].startswith("failed: the scaling of the file is not all there")
    assert len(applied(town)) == 2


def test_a_range_is_put_once_however_long_a_policy_is_refused(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Any:
        raise Refusal("ValidationException", "never")

    town = town_with(EXACT.replace("max: 6", "max: 9"))
    monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", refuse)
    town.until("Mon 19:40")
    assert scaling_range() == (1, 9)
    autoscaling().register_scalable_target(**SCALED, MaxCapacity=5)
    town.until("Mon 19:45")
    assert scaling_range() == (1, 5)


def test_what_was_saved_under_lowtides_names_does_not_hold_up_the_restore(
    town_with: TownMaker,
) -> None:
    town = town_with()
    by_hand = policies()["follow-weighted-concurrency"]
    config = by_hand["TargetTrackingScalingPolicyConfiguration"] | {"TargetValue": 3}
    autoscaling().delete_scaling_policy(**SCALED, PolicyName="follow-weighted-concurrency")
    autoscaling().put_scaling_policy(
        **SCALED,
        PolicyName=TRACKING,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=config,
    )
    town.until("Mon 21:00")
    town.deploy(WEIGHTED)
    town.until("Mon 22:00")
    assert tracked() == ("WeightedConcurrency", 7.5)
    assert town.ledger()[-2:] == ["Restore", "ApplyScaling"]


def test_a_paused_endpoint_keeps_its_scaling_whatever_the_file_says(town_with: TownMaker) -> None:
    town = town_with(EVENING_PAUSE)
    town.until("Mon 19:35")
    town.control(action="pause", endpoint=ENDPOINT, reason="by hand", by="ann")
    town.deploy(EXACT)
    town.until("Mon 19:45")
    assert set(policies()) == BY_HAND


def test_a_fleet_that_saturates_grows_by_it(town_with: TownMaker) -> None:
    town = town_with(WEIGHTED.replace("max: 6", "max: 4"))
    remove_all_by_hand()
    town.calls(*[("19:40", 15)] * 24)  # on two instances of 10
    town.until("Mon 19:50")
    assert variant()["DesiredInstanceCount"] == 4
    assert {cause.split()[-1] for cause in causes()} == {TRACKING}


def test_the_fast_lane_jumps_to_what_is_needed_and_waits_for_it(town_with: TownMaker) -> None:
    """21 streams on two instances of 10 are the load of three: the figure stays high until the
    third is there."""
    town = town_with(WITH_LANE)
    town.calls(*[("19:40", 20)] * 21)
    town.until("Mon 19:42")
    assert variant()["DesiredInstanceCount"] == 3
    assert variant()["CurrentInstanceCount"] == 2
    town.until("Mon 19:57")
    assert variant()["CurrentInstanceCount"] == 3
    assert causes() == [f"monitor alarm {LANE_ALARM} in state ALARM triggered policy {LANE}"]


def variant() -> Any:
    found = boto3.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    return found["ProductionVariants"][0]


def causes() -> list[str]:
    """Of the changes that came of alarms, oldest first."""
    found = autoscaling().describe_scaling_activities(ServiceNamespace="sagemaker")
    told = [activity["Cause"] for activity in reversed(found["ScalingActivities"])]
    return [cause for cause in told if "alarm" in cause]
