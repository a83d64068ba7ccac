"""Something that was saved is refused for ever: the file's scaling does not wait for it."""

from typing import Any

import pytest

from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.aws.protocol.refusal import Refusal
from tests.integration.functions.aws_calls import (
    ACTIONS_BY_HAND,
    NOT_SUSPENDED,
    POLICIES_BY_HAND,
    STEPS_BY_HAND,
    TRACKING_BY_HAND,
    actions,
    policies,
    put_action,
    raised,
    remove_scaling,
    scaling_range,
    suspend,
    suspended,
    targets,
)
from tests.integration.functions.conftest import Town, TownMaker
from tests.integration.functions.reconciler.test_managed_scaling import EXACT, TRACKING, WEIGHTED

NO_SCALE_IN = NOT_SUSPENDED | {"DynamicScalingInSuspended": True}


def wake_in_part(town: Town) -> None:
    """Its restore fails, for as long as something is refused."""
    town.ask("wake", 120)
    town.pass_minutes(10)  # the file's scaling waits for a restore of 5 minutes
    assert town.status == "InService"


def test_a_scheduled_action_that_aws_refuses_costs_no_one_the_scaling_of_the_file(
    town_with: TownMaker,
) -> None:
    town = town_with(EXACT)
    town.sleep()
    slept = len(town.steps())
    town.refuse("PutScheduledAction")
    wake_in_part(town)
    assert set(policies()) == {TRACKING, *POLICIES_BY_HAND}
    town.pass_minutes(5)
    assert "RestoreOverdueAlarm" not in raised()
    town.pass_until(lambda: "RestoreOverdueAlarm" in raised())
    assert town.steps()[slept:] == ["Create", "Restore", "ApplyScaling"]  # each failure once
    tried = [line for line in town.logged("reconciler") if "not complete" in str(line)]
    assert len(tried) >= 15
    town.cloud.faults.clear()
    town.pass_minutes(5)
    assert town.steps()[slept + 3 :] == ["Restore", "ApplyScaling"]
    assert actions() == ACTIONS_BY_HAND
    assert "everything was there" in town.outcomes("ApplyScaling")[-1]
    assert "back and equal field by field" in town.outcomes("Restore")[-1]
    assert "RestoreOverdueAlarm" not in raised()


def test_a_policy_by_hand_that_is_refused_finds_its_place_free(
    town_with: TownMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS takes one policy a metric: Lowtide's first would keep the other away for ever."""
    real = ApplicationAutoScaling.put_scaling_policy

    def not_by_hand(self: ApplicationAutoScaling, request: dict[str, Any]) -> Any:
        if request["PolicyName"] == TRACKING_BY_HAND:
            raise Refusal("ValidationException", "no")
        return real(self, request)

    town = town_with(WEIGHTED)
    town.sleep()
    monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", not_by_hand)
    wake_in_part(town)
    assert "ApplyScaling" in town.steps()[-2:]
    assert set(policies()) == {STEPS_BY_HAND}
    monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", real)
    town.pass_minutes(3)
    assert set(policies()) == POLICIES_BY_HAND
    assert f"{TRACKING_BY_HAND}, made by hand, follows the same metric" in town.next_reason()


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
    suspend(NO_SCALE_IN)
    town.sleep()
    monkeypatch.setattr(ApplicationAutoScaling, "register_scalable_target", not_suspended)
    wake_in_part(town)
    assert targets() == []
    outcome = town.outcomes("ApplyScaling")[-1]
    waits = "AllTraffic waits for its scalable target, which was saved and is not back yet"
    assert outcome.endswith(f": {waits}")
    monkeypatch.setattr(ApplicationAutoScaling, "register_scalable_target", real)
    town.pass_minutes(4)
    assert suspended() == NO_SCALE_IN
    assert set(policies()) == {TRACKING, *POLICIES_BY_HAND}


def test_a_floor_that_was_due_while_its_action_was_not_back_counts_all_the_same(
    town: Town,
) -> None:
    put_action("evening-floor", "cron(50 19 * * ? *)", MinCapacity=3)
    town.sleep()
    town.refuse("PutScheduledAction")
    wake_in_part(town)
    assert scaling_range() == (1, 6)
    town.until("Mon 19:53")
    town.cloud.faults.clear()
    town.pass_until(lambda: "evening-floor" in actions())
    town.pass_minutes(3)
    assert scaling_range() == (3, 6)
    assert "equal field by field" in town.outcomes("Restore")[-1]


def test_neither_starves_where_both_are_refused(town_with: TownMaker) -> None:
    town = town_with(EXACT)
    remove_scaling()
    town.pass_minutes(2)
    town.sleep()
    town.refuse("PutScalingPolicy")
    town.refuse("RegisterScalableTarget")
    wake_in_part(town)
    town.cloud.faults.clear()
    town.pass_minutes(4)
    assert town.steps()[-2:] == ["Restore", "ApplyScaling"]


def test_while_it_is_paused_no_alarm_says_that_a_restore_is_tried(town: Town) -> None:
    town.sleep()
    town.refuse("PutScheduledAction")
    wake_in_part(town)
    town.ask("pause")
    town.pass_minutes(35)
    assert "RestoreOverdueAlarm" not in raised()
    town.ask("resume")
    town.pass_minutes(5)
    assert "RestoreOverdueAlarm" not in raised()
    town.pass_until(lambda: "RestoreOverdueAlarm" in raised())
