"""What an interruption of the reconciler could lose together with a change by hand."""

from lowtide_workbench.aws.protocol.faults import Fault, Killed, Throttled
from tests.integration.functions.aws_calls import (
    ALL_SUSPENDED,
    STEPS_BY_HAND,
    TRACKING_BY_HAND,
    delete_policy,
    policies,
    suspend,
    suspended,
)
from tests.integration.functions.conftest import Town

DESCRIBE = ("application-autoscaling", "DescribeScalingPolicies", "reconciler")
KILLED = Fault(Killed(), *DESCRIBE)
THROTTLED = Fault(Throttled(), *DESCRIBE, times=8)


def suspend_between_two_sleeps(town: Town) -> None:
    town.sleep()
    town.wake()
    suspend(ALL_SUSPENDED)
    assert town.steps()[-1] == "Restore"


def test_scaling_that_a_person_suspended_stays_so_though_the_first_save_is_killed(
    town: Town,
) -> None:
    suspend_between_two_sleeps(town)
    town.cloud.faults.add(KILLED)
    town.sleep()
    town.wake()
    assert suspended() == ALL_SUSPENDED


def test_woken_before_it_was_saved_it_keeps_scaling_as_a_person_suspended_it(town: Town) -> None:
    suspend_between_two_sleeps(town)
    town.cloud.faults.add(THROTTLED)
    town.ask("sleep", 60)
    town.pass_minutes(2)
    town.ask("wake", 60)
    town.pass_until(lambda: town.steps()[-1] == "EndDrain")
    assert suspended() == ALL_SUSPENDED


def test_what_a_person_takes_away_stays_away_though_the_first_save_was_cut_short(
    town: Town,
) -> None:
    written = Fault(Killed(), "dynamodb", "PutItem", "reconciler", nth=3)  # now#snapshot
    town.cloud.faults.add(written)
    town.ask("sleep", 60)
    town.pass_until(lambda: bool(town.cloud.faults.hits))
    town.ask("wake", 60)
    town.pass_minutes(12)
    delete_policy(STEPS_BY_HAND)
    town.sleep()
    town.wake()
    assert set(policies()) == {TRACKING_BY_HAND}
