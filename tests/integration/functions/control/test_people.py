"""People keep control: what they change is adopted, and what they pause is left alone."""

from collections.abc import Callable
from typing import Any

import pytest

from lowtide_workbench.aws.protocol.faults import Fault, Meanwhile
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from lowtide_workbench.demo.endpoint_state import EndpointState
from tests.integration.functions.aws_calls import (
    config_in_use,
    copy_config,
    create_endpoint,
    delete_endpoint,
    sagemaker,
)
from tests.integration.functions.conftest import Town, pinned

SECOND = "my-second-config"


def test_a_configuration_changed_by_hand_is_created_again_unless_the_file_pins_another(
    town: Town,
) -> None:
    copy_config(SECOND)
    sagemaker().update_endpoint(EndpointName=ENDPOINT, EndpointConfigName=SECOND)
    town.pass_minutes(3)
    town.sleep()
    town.wake()
    assert config_in_use() == SECOND
    town.deploy(pinned(CONFIG))
    town.pass_minutes(2)
    difference = f"it runs {SECOND}, the file pins {CONFIG}, which is taken at the next wake"
    answer = town.show()
    assert answer["config"] == {"in_use": SECOND, "pinned": CONFIG, "difference": difference}
    assert answer["next"]["reason"].endswith(difference)
    town.sleep()
    town.wake()
    assert config_in_use() == CONFIG
    assert town.outcomes("Create")[-1].startswith(f"from {CONFIG}")


def recreate_by_hand(town: Town) -> None:
    """Within a minute, between two looks of the scheduler."""
    copy_config(SECOND)
    delete_endpoint()
    wait_for_deletion(town)
    create_endpoint(config=SECOND)


def recreate_while_only_the_deletion_is_seen(town: Town) -> None:
    copy_config(SECOND)
    delete_endpoint()
    town.pass_minutes(0.1)
    assert town.status == "Deleting"
    town.stack.invoke("scheduler", {"time": town.cloud.clock.now().isoformat()})
    wait_for_deletion(town)
    create_endpoint(config=SECOND)


def wait_for_deletion(town: Town) -> None:
    while town.status != "Absent":
        town.pass_minutes(5 / 60)


@pytest.mark.parametrize(
    "recreate",
    [
        pytest.param(recreate_by_hand, id="between two looks"),
        pytest.param(recreate_while_only_the_deletion_is_seen, id="while its deletion is seen"),
    ],
)
def test_one_that_a_person_recreates_gets_back_what_the_one_before_it_had(
    town: Town, recreate: Callable[[Town], None]
) -> None:
    """All but the tags: the person who creates an endpoint sets them."""
    evening = town.endpoint_state()
    town.sleep()
    town.wake()
    recreate(town)
    town.pass_until(lambda: "tags.cost-center: was '4711', is nothing" in last_outcome(town))
    changed = changed_since(evening, town)
    assert sorted(changed) == ["endpoint.EndpointConfigName", "tags.cost-center", "tags.team"]
    town.sleep()
    town.wake()
    assert config_in_use() == SECOND
    assert changed_since(evening, town) == changed


def last_outcome(town: Town) -> str:
    return str(town.history()[-1]["outcome"])


def changed_since(evening: EndpointState, town: Town) -> list[str]:
    return [difference.split(":")[0] for difference in town.differences(evening)]


def test_a_paused_endpoint_is_touched_by_nothing_until_a_person_resumes(town: Town) -> None:
    answer = town.ask("pause")
    assert answer["next"] == {
        "action": "Paused",
        "reason": "ann paused it Mon 23 Nov 19:30 EST: overtime",
    }
    town.ask("sleep", 60)
    town.pass_minutes(5)
    assert (town.status, town.steps()) == ("InService", [])
    assert town.logged("scheduler", action="Paused")[-1]["endpoint"] == ENDPOINT
    answer = town.show()
    assert (answer["desired_state"], answer["paused"]) == ("asleep", answer["next"]["reason"])
    assert town.ask("resume")["paused"] is None
    town.pass_until(lambda: town.status == "Absent")


@pytest.mark.parametrize("action", ["pause", "wake"])
def test_what_was_answered_right_before_a_delete_is_not_followed_by_it(
    town: Town, action: str
) -> None:
    """After the last write before it: the claim of a place, the intent, the sleep."""
    town.pass_minutes(2)
    before = town.store.load(ENDPOINT)
    answers: list[Any] = []

    def ask() -> None:
        answers.append(town.ask(action, 60 if action == "wake" else None))

    def claimed() -> None:
        town.cloud.faults.add(Fault(Meanwhile(ask), "dynamodb", "PutItem", "reconciler", nth=2))

    claim = Fault(Meanwhile(claimed), "dynamodb", "UpdateItem", "reconciler", nth=3)
    town.cloud.faults.add(claim)  # the two before it mark a change, after each of the two steps
    town.ask("sleep", 60)
    town.pass_until(lambda: "EndDrain" in town.steps())
    assert [answer["next"]["action"] for answer in answers] == ["EndDrain"]
    assert "Deleting" not in town.statuses()
    assert town.steps() == ["TakeSnapshot", "BeginDrain", "Delete", "EndDrain"]
    outcome = town.outcomes("Delete")[0]
    assert outcome.endswith("a person asked for something else meanwhile")
    after = town.store.load(ENDPOINT)
    assert (after.record.restore_pending, after.record.deleting_since) == (False, None)
    assert after.sleep == before.sleep


def test_auto_does_not_end_a_wake_that_was_answered_while_it_was_on_its_way(town: Town) -> None:
    town.sleep()
    wake = Meanwhile(lambda: town.ask("wake", 60))
    town.cloud.faults.add(Fault(wake, "dynamodb", "Query", "control"))
    answer = town.ask("auto")
    assert (answer["desired_state"], answer["next"]["action"]) == ("awake", "Create")
    assert answer["because"].endswith("overtime")
