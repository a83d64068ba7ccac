"""An alarm that triggers policies of two endpoints, of which either may sleep."""

from typing import Any

import pytest

from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, VARIANT
from tests.integration.functions.aws_calls import (
    alarm_actions,
    autoscaling,
    change_alarm,
    create_endpoint,
    policies,
    put_step_policy,
    scaled,
)
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

LANE = "lowtide-fast-lane"
LANE_ALARM = f"lowtide-{ENDPOINT}/{VARIANT}/fast-lane"
OF_THE_FILE = ("min: 1", "max: 6", "target: 0.75", "metric: exact", "fast_lane: true")
WITH_LANE = EVENING_PAUSE + "".join(f"      {line}\n" for line in OF_THE_FILE)


def share_alarm(town: Town, alarm: str) -> None:
    """With another endpoint, which is in service and has a policy."""
    create_endpoint("other", CONFIG)
    town.pass_until(lambda: town.cloud.status("other") == "InService")
    theirs = scaled(VARIANT, "other")
    autoscaling().register_scalable_target(**theirs, MinCapacity=1, MaxCapacity=2)
    change_alarm(alarm, AlarmActions=[*alarm_actions(alarm), put_step_policy("theirs", theirs)])


def step_policies() -> set[str]:
    found: Any = autoscaling().describe_scaling_policies(ServiceNamespace="sagemaker")
    kinds = {policy["PolicyARN"]: policy["PolicyType"] for policy in found["ScalingPolicies"]}
    return {arn for arn, kind in kinds.items() if kind == "StepScaling"}


@pytest.mark.parametrize("minutes", [0, 2], ids=["together", "one drains when the other goes"])
def test_where_both_endpoints_of_an_alarm_sleep_it_triggers_both_again(
    town_with: TownMaker, minutes: int
) -> None:
    entry = EVENING_PAUSE.partition("  - name:")[2].partition("\n")[2]
    town = town_with(f"{EVENING_PAUSE}  - name: other\n{entry}")
    share_alarm(town, "my-deepgram-endpoint-is-full")
    other = {"endpoint": "other", "reason": "overtime", "by": "ann", "for": "1h"}
    town.control(action="sleep", **other)
    town.pass_minutes(minutes)
    town.sleep()
    assert town.cloud.status("other") == "Absent"
    town.control(action="wake", **other)
    town.pass_minutes(minutes)
    town.wake()
    town.pass_minutes(3)
    assert alarm_actions() == step_policies()
    assert len(alarm_actions()) == 2
    restored = [outcome.partition(":")[0] for outcome in town.outcomes("Restore")]
    assert restored == ["back and equal field by field"] * 2


def test_what_others_have_with_lowtides_own_alarm_and_policy_stays(town_with: TownMaker) -> None:
    """An alarm of a user that triggers Lowtide's policy alone outlives the endpoint, unsaved."""
    town = town_with(WITH_LANE)
    town.pass_minutes(4)
    topic = "arn:aws:sns:us-east-1:123456789012:on-call"
    change_alarm(LANE_ALARM, AlarmName="mine", AlarmActions=[policies()[LANE]["PolicyARN"], topic])
    share_alarm(town, LANE_ALARM)
    town.sleep()
    town.wake()
    town.pass_minutes(2)
    jump = policies()["jump-when-full"]["PolicyARN"]
    assert alarm_actions(LANE_ALARM) == step_policies() - {jump}
    assert alarm_actions("mine") == {topic}
    assert town.outcomes("Restore")[-1].startswith("back and equal field by field")
    assert town.steps()[-2:] == ["Restore", "ApplyScaling"]
