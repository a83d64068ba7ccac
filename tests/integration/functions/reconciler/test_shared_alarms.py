"""An alarm that triggers policies of two endpoints, of which either may sleep."""

from collections.abc import Sequence
from typing import Any

import boto3
import pytest

from lowtide_workbench.demo.endpoint import ALARM, CONFIG, STACK, VARIANT
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker
from tests.integration.functions.reconciler.test_managed_scaling import (
    LANE,
    LANE_ALARM,
    SCALED,
    WITH_LANE,
    alarms,
    applied,
    autoscaling,
    policies,
)

THEIRS = {**SCALED, "ResourceId": f"endpoint/other/variant/{VARIANT}"}
STEPS = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
}


def share(town: Town, alarm_name: str) -> None:
    """With another endpoint, which is in service and has a policy."""
    tags: Any = [{"Key": "lowtide:stack", "Value": STACK}]
    boto3.client("sagemaker").create_endpoint(
        EndpointName="other", EndpointConfigName=CONFIG, Tags=tags
    )
    town.until("Mon 19:45")
    autoscaling().register_scalable_target(**THEIRS, MinCapacity=1, MaxCapacity=2)
    autoscaling().put_scaling_policy(
        **THEIRS,
        PolicyName="theirs",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration=STEPS,
    )
    (alarm,) = alarms(alarm_name)
    actions = [*alarm["AlarmActions"], arn("theirs")]
    cloudwatch: Any = boto3.client("cloudwatch")
    known = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    kept = {key: value for key, value in alarm.items() if key in known}
    cloudwatch.put_metric_alarm(**kept | {"AlarmActions": actions})


def arn(policy: str) -> str:
    return str(policies()[policy]["PolicyARN"])


def triggered(alarm_name: str) -> set[str]:
    (alarm,) = alarms(alarm_name)
    return set(alarm["AlarmActions"])


def outcomes(town: Town, step: str) -> Sequence[str]:
    return [outcome for name, outcome in town.entries() if name == step]


def both_listed(start: str, stop: str) -> str:
    theirs = EVENING_PAUSE.partition("  - name:")[2].partition("\n")[2]
    window = f'windows: [{{start: "{start}", stop: "{stop}"}}]'
    theirs = theirs.replace('windows: [{start: "0 22 * * *", stop: "0 20 * * *"}]', window)
    assert window in theirs
    return f"{EVENING_PAUSE}  - name: other\n{theirs}"


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param("0 22 * * *", "0 20 * * *", id="both go and come in the same minutes"),
        pytest.param("0 23 * * *", "30 20 * * *", id="the one is back while the other sleeps"),
        pytest.param("30 21 * * *", "2 20 * * *", id="one goes while the other drains"),
    ],
)
def test_what_the_other_one_does_is_no_change_of_this_one(
    town_with: TownMaker, start: str, stop: str
) -> None:
    town = town_with()
    share(town, ALARM)
    town.deploy(both_listed(start, stop))
    town.until("Mon 23:15")
    assert triggered(ALARM) == {arn("jump-when-full"), arn("theirs")}
    assert outcomes(town, "Delete") == ["everything is saved"] * 2
    restored = outcomes(town, "Restore")
    assert [outcome.partition(":")[0] for outcome in restored] == [
        "back and equal field by field"
    ] * 2


def test_what_another_endpoint_has_on_lowtides_own_alarm_stays_and_hinders_nothing(
    town_with: TownMaker,
) -> None:
    town = town_with(WITH_LANE)
    town.until("Mon 19:35")
    share(town, LANE_ALARM)
    town.until("Mon 22:00")
    assert triggered(LANE_ALARM) == {arn(LANE), arn("theirs")}
    assert len(applied(town)) == 2
    assert town.ledger()[-2:] == ["Restore", "ApplyScaling"]
