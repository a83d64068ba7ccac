"""Something that was saved is refused for ever: the file's scaling does not wait for it."""

from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.demo.endpoint import ENDPOINT, STACK
from tests.integration.functions.conftest import Town, TownMaker
from tests.integration.functions.reconciler.test_managed_scaling import (
    BY_HAND,
    EXACT,
    TRACKING,
    WEIGHTED,
    autoscaling,
    next_reason,
    policies,
    remove_all_by_hand,
)

OVERRIDE = {"endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}
NO = Failed("ValidationException", "no")


def refuse(town: Town, operation: str) -> None:
    fault = Fault(NO, "application-autoscaling", operation, "reconciler", times=None)
    town.cloud.faults.add(fault)


def overdue() -> bool:
    found = boto3.client("cloudwatch").describe_alarms(AlarmNames=[f"{STACK}-RestoreOverdueAlarm"])
    return found["MetricAlarms"][0]["StateValue"] == "ALARM"


def scheduled() -> list[str]:
    found = autoscaling().describe_scheduled_actions(ServiceNamespace="sagemaker")
    return [action["ScheduledActionName"] for action in found["ScheduledActions"]]


def test_a_scheduled_action_that_aws_refuses_costs_no_one_the_scaling_of_the_file(
    town_with: TownMaker,
) -> None:
    town = town_with(EXACT)
    town.until("Mon 20:10")
    slept = len(town.ledger())
    refuse(town, "PutScheduledAction")
    town.until("Mon 21:50")
    assert set(policies()) == {TRACKING, *BY_HAND}
    town.until("Mon 22:10")
    assert overdue()
    assert town.ledger()[slept:] == ["Create", "Restore", "ApplyScaling"]  # each failure once
    tried = [line for line in town.said("reconciler") if "not complete" in str(line)]
    assert len(tried) >= 15
    town.cloud.faults.clear()
    town.until("Mon 22:15")
    assert town.ledger()[slept + 3 :] == ["Restore", "ApplyScaling"]
    assert set(scheduled()) == {"morning-floor", "release-the-floor"}
    assert "everything was there" in town.entries()[-1][1]
    assert "back and equal field by field" in town.entries()[-2][1]
    assert next_reason(town).startswith("the window opened")


def test_a_policy_by_hand_that_is_refused_finds_its_place_free(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS takes one policy a metric: Lowtide's first would keep hers away for ever."""
    real = ApplicationAutoScaling.put_scaling_policy

    def not_hers(self: ApplicationAutoScaling, request: dict[str, Any]) -> Any:
        if request["PolicyName"] == "follow-weighted-concurrency":
            raise Refusal("ValidationException", "no")
        return real(self, request)

    town = town_with(WEIGHTED)
    town.until("Mon 20:10")
    monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", not_hers)
    town.until("Mon 22:00")
    assert "ApplyScaling" in town.ledger()[-2:]
    assert set(policies()) == {"jump-when-full"}
    monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", real)
    town.until("Mon 22:05")
    assert set(policies()) == BY_HAND
    assert "follow-weighted-concurrency, made by hand, follows the same metric" in next_reason(town)


def test_a_target_that_is_refused_is_not_registered_as_another(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its suspended state would be lost."""
    real = ApplicationAutoScaling.register_scalable_target

    def not_suspended(self: ApplicationAutoScaling, request: dict[str, Any]) -> Any:
        if request.get("SuspendedState", {}).get("DynamicScalingInSuspended"):
            raise Refusal("ValidationException", "no")
        return real(self, request)

    town = town_with(EXACT)
    suspend_scale_in()
    town.until("Mon 20:10")
    monkeypatch.setattr(ApplicationAutoScaling, "register_scalable_target", not_suspended)
    town.until("Mon 22:00")
    assert targets() == []
    step, outcome = town.entries()[-1]
    assert (step, outcome.rpartition(": ")[2]) == (
        "ApplyScaling",
        "AllTraffic waits for its scalable target, which was saved and is not back yet",
    )
    monkeypatch.setattr(ApplicationAutoScaling, "register_scalable_target", real)
    town.until("Mon 22:05")
    (found,) = targets()
    assert found["SuspendedState"]["DynamicScalingInSuspended"]
    assert set(policies()) == {TRACKING, *BY_HAND}


@pytest.mark.parametrize(
    ("by_hand", "floor"),
    [
        pytest.param(None, 3, id="no one touched the range"),
        pytest.param(2, 2, id="a person set a range meanwhile: it stays"),
    ],
)
def test_a_floor_that_was_due_while_its_action_was_not_back_holds_all_the_same(
    town: Town, by_hand: int | None, floor: int
) -> None:
    at_half_past_eight()
    town.until("Mon 20:10")
    refuse(town, "PutScheduledAction")
    town.control(action="wake", endpoint=ENDPOINT, reason="overtime", by="ann", **{"for": "1h"})
    town.until("Mon 20:25")
    assert [target["MinCapacity"] for target in targets()] == [1]
    if by_hand:
        (found,) = targets()
        keys = ("ServiceNamespace", "ResourceId", "ScalableDimension")
        autoscaling().register_scalable_target(
            **{key: found[key] for key in keys}, MinCapacity=by_hand
        )
    town.until("Mon 20:35")
    town.cloud.faults.clear()
    town.until("Mon 20:50")  # AWS takes a while to bring the instances
    assert "evening-floor" in scheduled()
    assert [target["MinCapacity"] for target in targets()] == [floor]
    done = town.entries()[-1]
    assert done[0] == "Restore"
    assert ("equal field by field" in done[1]) is (by_hand is None)


def at_half_past_eight() -> None:
    (found,) = targets()
    autoscaling().put_scheduled_action(
        ServiceNamespace="sagemaker",
        ScheduledActionName="evening-floor",
        ResourceId=found["ResourceId"],
        ScalableDimension=found["ScalableDimension"],
        Schedule="cron(30 20 * * ? *)",
        Timezone="America/New_York",
        ScalableTargetAction={"MinCapacity": 3},
    )


def test_neither_starves_where_both_are_refused(town_with: TownMaker) -> None:
    town = town_with(EXACT)
    remove_all_by_hand()
    town.until("Mon 20:10")
    refuse(town, "PutScalingPolicy")
    refuse(town, "RegisterScalableTarget")
    town.until("Mon 22:00")
    failed = [outcome for _, outcome in town.entries() if outcome.startswith("failed")]
    assert len(failed) == 2
    town.cloud.faults.clear()
    town.until("Mon 22:05")
    assert town.ledger()[-2:] == ["Restore", "ApplyScaling"]


def suspend_scale_in() -> None:
    (found,) = targets()
    autoscaling().register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=found["ResourceId"],
        ScalableDimension=found["ScalableDimension"],
        SuspendedState={"DynamicScalingInSuspended": True},
    )


def targets() -> list[Any]:
    found = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")
    return list(found["ScalableTargets"])


def test_while_a_person_pauses_it_no_alarm_says_that_a_restore_is_tried(town: Town) -> None:
    town.until("Mon 20:10")
    refuse(town, "PutScheduledAction")
    town.control(**OVERRIDE, action="wake", **{"for": "6h"})
    town.until("Mon 20:30")
    town.control(**OVERRIDE, action="pause")
    town.until("Mon 21:20")
    assert not overdue()
    town.control(action="resume", endpoint=ENDPOINT)
    town.until("Mon 21:34")
    assert not overdue()
    town.until("Mon 21:40")
    assert overdue()
