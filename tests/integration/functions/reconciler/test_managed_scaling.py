"""Scaling that the file keeps: put, kept through the nights, changed and removed with the file."""

from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE, VARIANT
from tests.integration.functions.aws_calls import (
    POLICIES_BY_HAND,
    TRACKING_BY_HAND,
    add_stack_tag,
    alarm_actions,
    alarms,
    autoscaling,
    delete_policy,
    policies,
    put_action,
    put_again,
    remove_scaling,
    remove_stack_tag,
    scaling_range,
    set_range,
    variant,
)
from tests.integration.functions.conftest import EVENING_PAUSE, TownMaker

CAPACITY = "capacity: {ml.g6.2xlarge: 10, ml.g6e.2xlarge: 20}"
TRACKING, LANE = "lowtide-target-tracking", "lowtide-fast-lane"
LANE_ALARM = f"lowtide-{ENDPOINT}/{VARIANT}/fast-lane"


def file(*scaling: str) -> str:
    return EVENING_PAUSE.replace(CAPACITY, "\n      ".join((CAPACITY, *scaling)))


# The demo's person follows the weighted concurrency.
EXACT = file("min: 1", "max: 6", "target: 0.75", "metric: exact")
WITH_LANE = EXACT + "      fast_lane: true\n"
WEIGHTED = file("min: 1", "max: 6", "target: 0.75")


def tracked() -> tuple[str, float]:
    """The metric that Lowtide's policy follows, and its target."""
    config = policies()[TRACKING]["TargetTrackingScalingPolicyConfiguration"]
    return config["CustomizedMetricSpecification"]["MetricName"], config["TargetValue"]


def test_one_without_scaling_gets_it_and_edits_of_the_file_and_by_hand_count(
    town_with: TownMaker,
) -> None:
    town = town_with(WEIGHTED)
    remove_scaling()
    town.pass_minutes(3)
    assert scaling_range() == (1, 6)
    assert tracked() == ("WeightedConcurrency", 7.5)
    assert set(policies()) == {TRACKING}
    expected = f"1 scalable target registered; {RESOURCE} {TRACKING} put"
    assert town.outcomes("ApplyScaling") == [expected]
    town.deploy(WEIGHTED.replace("max: 6", "max: 9").replace("target: 0.75", "target: 0.5"))
    town.pass_minutes(3)
    assert (scaling_range(), tracked()) == ((1, 9), ("WeightedConcurrency", 5.0))
    delete_policy(TRACKING)
    set_range(2, 3)
    town.pass_minutes(5)
    assert TRACKING not in policies()
    town.sleep()
    town.wake()
    town.pass_minutes(2)
    assert TRACKING in policies()
    assert scaling_range() == (2, 3)
    assert town.stack.failures == []


def test_the_night_changes_nothing_about_it_and_what_is_by_hand_stays(
    town_with: TownMaker,
) -> None:
    town = town_with(WITH_LANE)
    put_action("evening-floor", "cron(32 19 ? * * *)", MinCapacity=3)
    town.pass_minutes(4)
    evening = policies()
    assert set(evening) == {TRACKING, LANE, *POLICIES_BY_HAND}
    assert scaling_range() == (3, 6)
    town.sleep()
    contents = town.show()["saved"]["contents"]
    assert "2 scaling policies, 3 scheduled actions, 1 alarm" in contents  # those by hand
    town.wake()
    town.pass_minutes(2)
    morning = policies()
    assert set(morning) == set(evening)
    for name in (TRACKING, LANE):
        kinds = ("TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration")
        assert [morning[name].get(k) for k in kinds] == [evening[name].get(k) for k in kinds]
    assert alarm_actions(LANE_ALARM) == {morning[LANE]["PolicyARN"]}
    assert scaling_range() == (3, 6)
    steps = ["ApplyScaling", "TakeSnapshot", "BeginDrain", "Delete", "Create", "Restore"]
    assert town.steps() == [*steps, "ApplyScaling"]


def test_the_file_of_the_morning_wins_over_the_snapshot_and_what_it_drops_is_removed(
    town_with: TownMaker,
) -> None:
    town = town_with(WITH_LANE)
    town.pass_minutes(3)
    town.sleep()
    town.deploy(EXACT.replace("target: 0.75", "target: 0.5"))
    town.wake()
    town.pass_minutes(2)
    assert tracked() == ("ExactConcurrency", 5.0)
    assert set(policies()) == {TRACKING, *POLICIES_BY_HAND}
    assert alarms(LANE_ALARM) == []
    town.deploy(EVENING_PAUSE)
    town.pass_minutes(3)
    assert set(policies()) == POLICIES_BY_HAND
    assert scaling_range() == (1, 6)


def test_a_metric_that_is_followed_by_hand_is_not_followed_twice(town_with: TownMaker) -> None:
    town = town_with(WEIGHTED)
    town.pass_minutes(5)
    assert set(policies()) == POLICIES_BY_HAND
    why = f"{TRACKING_BY_HAND}, made by hand, follows the same metric"
    expected = f"everything was there; {TRACKING} is not put on {RESOURCE}: {why}"
    assert town.outcomes("ApplyScaling") == [expected]
    assert why in town.next_reason()
    assert why in town.logged("scheduler", message="decision")[-1]["reason"]


def test_while_it_is_not_this_stacks_or_lacks_a_capacity_its_scaling_is_left_alone(
    town_with: TownMaker,
) -> None:
    town = town_with(EXACT)
    remove_stack_tag()
    town.pass_minutes(3)
    assert set(policies()) == POLICIES_BY_HAND
    assert "does not carry the tag lowtide:stack=lowtide-demo" in town.next_reason()
    add_stack_tag()
    town.deploy(EXACT.replace("10, ml.g6e.2xlarge: 20", "10"))
    town.pass_minutes(3)
    assert set(policies()) == POLICIES_BY_HAND
    assert town.next_reason() == (
        "its scaling is left as it is: scaling.capacity lacks instance type ml.g6e.2xlarge"
    )
    town.deploy(EXACT)
    town.pass_minutes(3)
    assert TRACKING in policies()


def test_while_a_policy_is_refused_it_is_tried_again_and_the_range_is_put_once(
    town_with: TownMaker,
) -> None:
    town = town_with(EXACT.replace("max: 6", "max: 9"))
    town.refuse("PutScalingPolicy")
    town.pass_minutes(3)
    assert scaling_range() == (1, 9)
    set_range(1, 5)
    town.pass_minutes(3)
    assert scaling_range() == (1, 5)
    town.cloud.faults.clear()
    town.pass_minutes(2)
    assert TRACKING in policies()
    failed, _ = town.outcomes("ApplyScaling")
    assert failed.startswith("failed: the scaling of the file is not all there")


def test_what_was_saved_under_lowtides_names_does_not_delay_the_restore(
    town_with: TownMaker,
) -> None:
    town = town_with()
    kind = "TargetTrackingScalingPolicyConfiguration"
    by_hand = policies()[TRACKING_BY_HAND]
    delete_policy(TRACKING_BY_HAND)
    put_again(by_hand, PolicyName=TRACKING, **{kind: by_hand[kind] | {"TargetValue": 3}})
    town.sleep()
    town.deploy(WEIGHTED)
    town.wake()
    town.pass_minutes(2)
    assert tracked() == ("WeightedConcurrency", 7.5)
    assert town.steps()[-2:] == ["Restore", "ApplyScaling"]


def causes() -> list[str]:
    """Of the changes that came of alarms, oldest first."""
    found = autoscaling().describe_scaling_activities(ServiceNamespace="sagemaker")
    texts = [activity["Cause"] for activity in reversed(found["ScalingActivities"])]
    return [cause for cause in texts if "alarm" in cause]


def test_a_fleet_that_saturates_grows_by_it(town_with: TownMaker) -> None:
    town = town_with(WEIGHTED.replace("max: 6", "max: 4"))
    remove_scaling()
    town.calls(*[("19:34", 15)] * 24)  # on two instances of 10
    town.pass_until(lambda: bool(variant()["DesiredInstanceCount"] == 4))
    assert {cause.split()[-1] for cause in causes()} == {TRACKING}


def test_the_fast_lane_jumps_to_what_is_needed_and_waits_for_it(town_with: TownMaker) -> None:
    """21 streams on two instances of 10 are the load of three: the figure stays high until the
    third is there."""
    town = town_with(WITH_LANE)
    town.calls(*[("19:34", 15)] * 21)
    town.pass_until(lambda: bool(variant()["DesiredInstanceCount"] == 3))
    town.until("Mon 19:43")
    assert variant()["CurrentInstanceCount"] == 3
    assert causes() == [f"monitor alarm {LANE_ALARM} in state ALARM triggered policy {LANE}"]
