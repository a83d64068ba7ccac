"""What docs/operate/runbook.md tells people to do does end the alarm."""

from tests.integration.functions.aws_calls import (
    ALL_SUSPENDED,
    NOT_SUSPENDED,
    POLICIES_BY_HAND,
    counted,
    create_endpoint,
    policies,
    put_again,
    raised,
    remove_stack_tag,
    suspend,
    suspended,
)
from tests.integration.functions.conftest import Town


def test_what_aws_refuses_to_take_back_is_put_by_hand_under_its_name(town: Town) -> None:
    """Also with other contents: what exists belongs to a person."""
    before = policies()
    town.sleep()
    town.refuse("PutScalingPolicy")
    town.ask("wake", 120)
    town.pass_until(lambda: "RestoreOverdueAlarm" in raised(), minutes=40)
    left = town.show()["last_steps"][-1]
    for name, policy in before.items():
        assert name in left
        put_again(policy)
    town.pass_minutes(5)
    assert "RestoreOverdueAlarm" not in raised()


def test_scaling_that_lowtide_may_not_resume_is_resumed_by_hand_then_paused_and_resumed(
    town: Town,
) -> None:
    town.calls(("19:31", 180))
    town.pass_minutes(1)
    town.ask("sleep", 180)
    town.pass_until(lambda: suspended() == ALL_SUSPENDED)
    remove_stack_tag()
    town.until("Mon 20:05")
    assert "ScalingHeldAlarm" not in raised()
    town.until("Mon 20:12")
    assert "ScalingHeldAlarm" in raised()
    assert counted("ScalingHeld", service="scheduler") > 0
    reason = town.show()["blocked"]
    assert "does not carry the tag" in reason
    assert reason.endswith("its scaling is still suspended, as it was draining")
    suspend(NOT_SUSPENDED)
    town.ask("pause")
    town.pass_minutes(5)
    town.ask("resume")
    town.pass_minutes(10)
    assert "ScalingHeldAlarm" not in raised()
    assert suspended() == NOT_SUSPENDED


def test_one_that_lowtide_cannot_create_is_created_by_hand_and_completed(town: Town) -> None:
    town.sleep()
    town.refuse("CreateEndpoint", "sagemaker")
    town.ask("wake", 120)
    town.pass_until(lambda: "NotInServiceAlarm" in raised(), minutes=60)
    create_endpoint()
    town.pass_until(lambda: raised() == [])
    assert set(policies()) == POLICIES_BY_HAND
