"""A configuration whose variants have other names: nothing is lost, and nothing waits for ever."""

from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import (
    ALARM,
    CONFIG,
    ENDPOINT,
    LOWTIDE_DIMENSIONS,
    STACK,
    VARIANT,
)
from tests.integration.functions.conftest import EVENING_PAUSE, TWO_PAUSES, Town, TownMaker

SECOND = "my-fallback-config"
ONLY_THERE = "OnFallback"
FALLS_BACK = EVENING_PAUSE.replace("    drain:", f"    config: [{CONFIG}, {SECOND}]\n    drain:")
TWICE = TWO_PAUSES.replace("    drain:", f"    config: [{CONFIG}, {SECOND}]\n    drain:")
KEEPS_RANGE = FALLS_BACK.replace("      capacity:", "      min: 1\n      max: 6\n      capacity:")
WAKE = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}
NO_CAPACITY = Failed("ValidationException", "InsufficientInstanceCapacity: try later")
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
LEFT_OUT = (
    f"what was saved of the variant {VARIANT} stays in the snapshot, not restored: "
    f"{SECOND} does not have it"
)


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def autoscaling() -> Any:
    return boto3.client("application-autoscaling")


def create_config(name: str, *variants: str) -> None:
    production = [
        {
            "VariantName": variant,
            "ModelName": "my-model",
            "InitialInstanceCount": 1,
            "InstanceType": "ml.g6.2xlarge",
        }
        for variant in variants
    ]
    sagemaker().create_endpoint_config(EndpointConfigName=name, ProductionVariants=production)


def scaled(variant: str) -> dict[str, str]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{ENDPOINT}/variant/{variant}",
        "ScalableDimension": DIMENSION,
    }


def set_up_by_hand(variant: str) -> str:
    """A target, a scheduled action and a step policy, whose ARN is the answer."""
    of = scaled(variant)
    autoscaling().register_scalable_target(**of, MinCapacity=1, MaxCapacity=3)
    autoscaling().put_scheduled_action(
        **of,
        ScheduledActionName="night",
        Schedule="cron(0 3 ? * * *)",
        ScalableTargetAction={"MinCapacity": 1},
    )
    put = autoscaling().put_scaling_policy(
        **of,
        PolicyName="jump",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    )
    return str(put["PolicyARN"])


def in_use() -> str:
    return str(sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"])


def ranges() -> dict[str, tuple[int, int]]:
    found = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")
    return {
        target["ResourceId"].rpartition("/")[2]: (target["MinCapacity"], target["MaxCapacity"])
        for target in found["ScalableTargets"]
    }


def policies(variant: str) -> dict[str, str]:
    found = autoscaling().describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=scaled(variant)["ResourceId"]
    )
    return {policy["PolicyName"]: policy["PolicyARN"] for policy in found["ScalingPolicies"]}


def triggers(alarm: str = ALARM) -> list[str]:
    (found,) = boto3.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return list(found["AlarmActions"])


def restores(town: Town) -> list[str]:
    return [outcome for step, outcome in town.entries() if step == "Restore"]


def wake_without_capacity(town: Town, day_and_time: str = "Mon 20:10") -> None:
    """For 40 minutes, from the fallback."""
    town.until(day_and_time)
    assert town.status == "Absent"
    town.cloud.faults.add(Fault(NO_CAPACITY, "sagemaker", "CreateEndpoint", "reconciler"))
    town.control(**WAKE, **{"for": "40m"})
    town.cloud.advance(town.cloud.clock.now() + timedelta(minutes=30))
    assert (town.status, in_use()) == ("InService", SECOND)


def overdue() -> bool:
    found = boto3.client("cloudwatch").describe_alarms(AlarmNames=[f"{STACK}-RestoreOverdueAlarm"])
    return found["MetricAlarms"][0]["StateValue"] == "ALARM"


def test_what_the_fallback_cannot_have_is_back_with_the_first_configuration(
    town_with: TownMaker,
) -> None:
    town = town_with(TWICE)
    create_config(SECOND, ONLY_THERE)
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    wake_without_capacity(town)
    assert restores(town)[-1].endswith(LEFT_OUT)
    assert town.control(action="status", endpoint=ENDPOINT)["saved"]["left_out"] == LEFT_OUT
    assert ranges() == {}
    set_up_by_hand(ONLY_THERE)
    town.until("Mon 21:10")
    assert town.status == "Absent"
    town.until("Mon 22:00")
    assert in_use() == CONFIG
    assert (
        endpoint_state.compare(evening, endpoint_state.read(town.cloud.clock.now())).differences
        == ()
    )
    assert f"of the variant {ONLY_THERE} stays" in restores(town)[-1]
    wake_without_capacity(town, "Mon 23:10")
    assert ranges() == {ONLY_THERE: (1, 3)}
    assert set(policies(ONLY_THERE)) == {"jump"}
    assert [step for step in town.ledger() if step == "Restore"] == ["Restore"] * 3
    assert town.stack.failures == []


def test_a_pin_that_is_renamed_for_good_is_told_once_and_alarms_nobody(
    town_with: TownMaker,
) -> None:
    town = town_with()
    create_config(SECOND, ONLY_THERE)
    town.until("Mon 20:30")
    town.deploy(EVENING_PAUSE.replace("    drain:", f"    config: {SECOND}\n    drain:"))
    town.until("Mon 22:30")
    assert (town.status, in_use()) == ("InService", SECOND)
    (said,) = restores(town)
    assert said.endswith(LEFT_OUT)
    assert not overdue()
    assert town.control(action="status", endpoint=ENDPOINT)["next"]["action"] == "Rest"


def test_what_fired_meanwhile_counts_for_a_variant_that_was_not_there(
    town_with: TownMaker,
) -> None:
    town = town_with(FALLS_BACK)
    create_config(SECOND, ONLY_THERE)
    autoscaling().put_scheduled_action(
        **scaled(VARIANT),
        ScheduledActionName="night-floor",
        Schedule="cron(35 20 ? * * *)",
        Timezone="America/New_York",
        ScalableTargetAction={"MinCapacity": 3},
    )
    wake_without_capacity(town)
    town.until("Mon 22:00")
    assert ranges() == {VARIANT: (3, 6)}


def test_an_alarm_of_two_variants_gets_each_action_back_with_its_variant(
    town_with: TownMaker,
) -> None:
    both = "my-config-of-two"
    town = town_with(TWICE.replace(f"[{CONFIG},", f"[{both},"))
    create_config(both, VARIANT, "Canary")
    create_config(SECOND, VARIANT)
    town.until("Mon 20:10")
    town.control(**WAKE, **{"for": "40m"})
    town.until("Mon 20:40")
    canary = set_up_by_hand("Canary")
    put_alarm(ALARM, *triggers(), canary)
    put_alarm("canary-is-full", canary)
    town.until("Mon 21:10")
    assert town.status == "Absent"
    town.cloud.faults.add(Fault(NO_CAPACITY, "sagemaker", "CreateEndpoint", "reconciler"))
    town.until("Mon 22:30")
    assert (town.status, in_use()) == ("InService", SECOND)
    assert triggers() == [policies(VARIANT)["jump-when-full"]]
    assert "of the variant Canary stays" in restores(town)[-1]
    town.until("Tue 01:00")
    assert in_use() == both
    jumps = [policies(VARIANT)["jump-when-full"], policies("Canary")["jump"]]
    assert sorted(triggers()) == sorted(jumps)
    assert triggers("canary-is-full") == jumps[1:]
    assert town.stack.failures == []


def put_alarm(name: str, *actions: str) -> None:
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="Lowtide",
        MetricName="CapacityUtilization",
        Dimensions=LOWTIDE_DIMENSIONS,  # type: ignore[arg-type]
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=list(actions),
    )


def test_what_its_owner_removes_of_a_variant_that_is_there_stays_away(
    town_with: TownMaker,
) -> None:
    town = town_with(TWICE)
    create_config(SECOND, ONLY_THERE)
    wake_without_capacity(town)
    set_up_by_hand(ONLY_THERE)
    town.until("Mon 22:00")
    autoscaling().deregister_scalable_target(**scaled(VARIANT))
    wake_without_capacity(town, "Mon 23:10")
    assert ranges() == {ONLY_THERE: (1, 3)}
    town.until("Tue 01:00")
    assert (in_use(), ranges()) == (CONFIG, {})


@pytest.mark.parametrize("changed", [False, True], ids=["the same file", "another range meanwhile"])
def test_the_files_range_reaches_a_variant_that_was_not_there_when_it_changed(
    town_with: TownMaker, changed: bool
) -> None:
    town = town_with(KEEPS_RANGE)
    create_config(SECOND, ONLY_THERE)
    town.until("Mon 19:50")
    autoscaling().register_scalable_target(**scaled(VARIANT), MinCapacity=2)
    wake_without_capacity(town)
    assert ranges() == {ONLY_THERE: (1, 6)}
    if changed:
        town.deploy(KEEPS_RANGE.replace("max: 6", "max: 9"))
        town.until("Mon 20:45")
        assert ranges() == {ONLY_THERE: (1, 9)}
    town.until("Mon 22:00")
    assert (in_use(), ranges()) == (CONFIG, {VARIANT: (1, 9) if changed else (2, 6)})
