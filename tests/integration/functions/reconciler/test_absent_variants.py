"""A configuration whose variants have other names: nothing is lost, and nothing waits for ever."""

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.demo.endpoint import ALARM, CONFIG, VARIANT
from tests.integration.functions.aws_calls import (
    ONE_TYPE,
    STEPS_BY_HAND,
    alarm_actions,
    autoscaling,
    change_alarm,
    config_in_use,
    create_config,
    policies,
    put_step_policy,
    raised,
    ranges,
    remove_scaling,
    scaled,
    set_range,
)
from tests.integration.functions.conftest import Town, TownMaker, pinned

SECOND, BOTH = "my-fallback-config", "my-config-of-two"
ONLY_THERE = "OnFallback"
FALLS_BACK = pinned(CONFIG, SECOND)
KEEPS_RANGE = FALLS_BACK.replace("      capacity:", "      min: 1\n      max: 6\n      capacity:")
NO_CAPACITY = Failed("ValidationException", "InsufficientInstanceCapacity: try later")
LEFT_OUT = (
    f"what was saved of the variant {VARIANT} stays in the snapshot, not restored: "
    f"{SECOND} does not have it"
)


def create_config_of(name: str, *variants: str) -> None:
    create_config(name, *({**ONE_TYPE, "VariantName": variant} for variant in variants))


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
    return put_step_policy("jump", of)


def wake_without_capacity(town: Town) -> None:
    """From the fallback."""
    town.cloud.faults.add(Fault(NO_CAPACITY, "sagemaker", "CreateEndpoint", "reconciler"))
    town.ask("wake", 60)
    town.pass_until(lambda: town.status == "InService" and "Restore" in town.steps()[-2:])
    assert config_in_use() == SECOND


def test_what_the_fallback_cannot_have_is_back_with_the_first_configuration(
    town_with: TownMaker,
) -> None:
    town = town_with(FALLS_BACK)
    create_config_of(SECOND, ONLY_THERE)
    evening = town.endpoint_state()
    town.sleep()
    wake_without_capacity(town)
    assert town.outcomes("Restore")[-1].endswith(LEFT_OUT)
    assert town.show()["saved"]["left_out"] == LEFT_OUT
    assert ranges() == {}
    set_up_by_hand(ONLY_THERE)
    town.sleep()
    town.wake()
    assert config_in_use() == CONFIG
    assert town.differences(evening) == ()
    assert f"of the variant {ONLY_THERE} stays" in town.outcomes("Restore")[-1]
    remove_scaling()
    town.sleep()
    wake_without_capacity(town)
    assert ranges() == {ONLY_THERE: (1, 3)}
    assert set(policies(ONLY_THERE)) == {"jump"}
    assert len(town.outcomes("Restore")) == 3
    town.sleep()
    town.wake()
    assert (config_in_use(), ranges()) == (CONFIG, {})  # a person removed its scaling
    assert town.stack.failures == []


def test_a_pin_that_is_renamed_for_good_is_reported_once_and_raises_no_alarm(town: Town) -> None:
    create_config_of(SECOND, ONLY_THERE)
    town.sleep()
    town.deploy(pinned(SECOND))
    town.ask("wake", 180)
    town.pass_minutes(45)
    assert (town.status, config_in_use(), raised()) == ("InService", SECOND, [])
    (outcome,) = town.outcomes("Restore")
    assert outcome.endswith(LEFT_OUT)
    assert town.show()["next"]["action"] == "Rest"


def test_an_alarm_of_two_variants_gets_each_action_back_with_its_variant(
    town_with: TownMaker,
) -> None:
    town = town_with(pinned(BOTH, SECOND))
    create_config_of(BOTH, VARIANT, "Canary")
    create_config_of(SECOND, VARIANT)
    town.sleep()
    town.wake()
    canary = set_up_by_hand("Canary")
    change_alarm(AlarmActions=[*alarm_actions(), canary])
    change_alarm(AlarmName="canary-is-full", AlarmActions=[canary])
    town.sleep()
    wake_without_capacity(town)
    town.pass_minutes(2)
    assert alarm_actions() == {policies()[STEPS_BY_HAND]["PolicyARN"]}
    assert "of the variant Canary stays" in town.outcomes("Restore")[-1]
    town.sleep()
    town.wake()
    assert config_in_use() == BOTH
    jump = policies("Canary")["jump"]["PolicyARN"]
    assert alarm_actions(ALARM) == {policies()[STEPS_BY_HAND]["PolicyARN"], jump}
    assert alarm_actions("canary-is-full") == {jump}
    assert town.stack.failures == []


def test_the_files_range_reaches_a_variant_that_was_not_there_when_it_changed(
    town_with: TownMaker,
) -> None:
    town = town_with(KEEPS_RANGE)
    create_config_of(SECOND, ONLY_THERE)
    town.pass_minutes(2)
    set_range(2, 6)
    town.sleep()
    wake_without_capacity(town)
    town.pass_minutes(2)
    assert ranges() == {ONLY_THERE: (1, 6)}
    town.deploy(KEEPS_RANGE.replace("max: 6", "max: 9"))
    town.pass_minutes(3)
    assert ranges() == {ONLY_THERE: (1, 9)}
    town.sleep()
    town.wake()
    town.pass_minutes(2)
    assert (config_in_use(), ranges()) == (CONFIG, {VARIANT: (1, 9)})
