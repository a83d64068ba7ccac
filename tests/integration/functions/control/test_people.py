"""People keep control: what they change is adopted, and what they pause is left alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws.protocol.faults import Fault, Meanwhile
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from lowtide_workbench.demo.endpoint_state import EndpointState
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker
from tests.integration.functions.reconciler.test_scaling_resumed import PAUSE, store

SECOND = "my-second-config"
TAGS = [{"Key": "lowtide:stack", "Value": STACK}]
WAKE = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann", "for": "1h"}
PINNED = EVENING_PAUSE.replace("    drain:", f"    config: {CONFIG}\n    drain:")


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def in_use() -> str:
    return str(sagemaker().describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"])


def configure() -> None:
    """Like the first, under another name."""
    first = sagemaker().describe_endpoint_config(EndpointConfigName=CONFIG)
    sagemaker().create_endpoint_config(
        EndpointConfigName=SECOND, ProductionVariants=first["ProductionVariants"]
    )


def update_by_hand() -> None:
    configure()
    sagemaker().update_endpoint(EndpointName=ENDPOINT, EndpointConfigName=SECOND)


def recreate_by_hand(town: Town) -> None:
    """Within a minute, so that nobody sees it absent."""
    configure()
    sagemaker().delete_endpoint(EndpointName=ENDPOINT)
    while town.status != "Absent":
        town.cloud.advance(town.cloud.clock.now() + timedelta(seconds=5))
    sagemaker().create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=SECOND, Tags=TAGS)


def test_a_configuration_changed_by_hand_is_the_one_created_again(town: Town) -> None:
    update_by_hand()
    town.until("Mon 20:15")
    assert town.status == "Absent"
    town.control(**WAKE)
    town.until("Mon 20:30")
    assert in_use() == SECOND


def test_one_that_somebody_recreates_with_another_configuration_is_adopted(town: Town) -> None:
    recreate_by_hand(town)
    town.until("Mon 19:55")
    assert (town.status, in_use(), town.ledger()) == ("InService", SECOND, [])
    town.until("Mon 20:15")
    assert town.status == "Absent"
    town.control(**WAKE)
    town.until("Mon 20:30")
    assert in_use() == SECOND


def slept_and_woken(town: Town) -> EndpointState:
    """As it was when its owner had set it up, all of it proven back at 20:25."""
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    town.until("Mon 20:10")
    assert town.status == "Absent"
    town.control(**{**WAKE, "for": "3h"})
    town.until("Mon 20:25")
    assert (town.status, town.ledger()[-1]) == ("InService", "Restore")
    return evening


def while_it_is_paused(town: Town) -> None:
    town.control(action="pause", endpoint=ENDPOINT, reason="another configuration", by="ann")
    recreate_by_hand(town)
    town.pass_minutes(5)
    assert town.ledger()[-1] == "Restore"
    town.control(action="resume", endpoint=ENDPOINT)


def while_only_the_deletion_is_seen(town: Town) -> None:
    configure()
    sagemaker().delete_endpoint(EndpointName=ENDPOINT)
    town.pass_minutes(0.1)
    assert town.status == "Deleting"
    town.stack.invoke("scheduler", {"time": town.cloud.clock.now().isoformat()})
    while town.status != "Absent":
        town.cloud.advance(town.cloud.clock.now() + timedelta(seconds=5))
    sagemaker().create_endpoint(EndpointName=ENDPOINT, EndpointConfigName=SECOND, Tags=TAGS)


@pytest.mark.parametrize(
    "recreate",
    [
        pytest.param(recreate_by_hand, id="between two looks"),
        pytest.param(while_only_the_deletion_is_seen, id="while only the deletion is seen"),
        pytest.param(while_it_is_paused, id="while it is paused"),
    ],
)
def test_one_that_somebody_recreates_gets_back_what_the_one_before_it_had(
    town: Town, recreate: Callable[[Town], None]
) -> None:
    """All but the tags: whoever creates an endpoint gives it those that it is to have."""
    evening = slept_and_woken(town)
    recreate(town)
    town.pass_minutes(12)
    step, outcome = town.entries()[-1]
    assert step == "Restore"
    assert "tags.cost-center: was '4711', is nothing" in outcome
    changed = not_as_in_the(evening, town)
    assert sorted(changed) == ["endpoint.EndpointConfigName", "tags.cost-center", "tags.team"]
    town.control(action="sleep", endpoint=ENDPOINT, reason="done", by="ann", **{"for": "15m"})
    town.pass_minutes(10)
    assert (town.status, town.ledger()[-1]) == ("Absent", "Delete")
    town.control(**WAKE)
    town.pass_minutes(12)
    assert (town.status, in_use()) == ("InService", SECOND)
    assert not_as_in_the(evening, town) == changed


def not_as_in_the(evening: EndpointState, town: Town) -> list[str]:
    now = endpoint_state.read(town.cloud.clock.now())
    return [told.split(":")[0] for told in endpoint_state.compare(evening, now).differences]


def test_a_pin_that_is_not_in_use_is_said_and_taken_at_the_next_wake(town_with: TownMaker) -> None:
    town = town_with(PINNED)
    update_by_hand()
    town.until("Mon 19:50")
    difference = f"it runs {SECOND}, the file pins {CONFIG}, which is taken at the next wake"
    answer = town.control(action="status", endpoint=ENDPOINT)
    assert answer["config"] == {"in_use": SECOND, "pinned": CONFIG, "difference": difference}
    assert answer["next"]["reason"].endswith(difference)
    town.until("Mon 20:15")
    town.control(**WAKE)
    town.until("Mon 20:30")
    assert in_use() == CONFIG
    created = [outcome for step, outcome in town.entries() if step == "Create"]
    assert created[0].startswith(f"from {CONFIG}")


def test_a_paused_endpoint_is_touched_by_nothing_until_somebody_resumes(town: Town) -> None:
    town.calls(("19:50", 12))
    answer = town.control(
        action="pause", endpoint=ENDPOINT, reason="we look at it by hand", by="ann"
    )
    assert answer["next"] == {
        "action": "Paused",
        "reason": "ann paused it Mon 23 Nov 19:30 EST: we look at it by hand",
    }
    town.until("Mon 20:15")
    assert (town.status, town.ledger()) == ("InService", [])
    said = [line for line in town.said("scheduler") if line.get("action") == "Paused"]
    assert said[-1]["endpoint"] == ENDPOINT
    answer = town.control(action="status", endpoint=ENDPOINT)
    assert (answer["desired_state"], answer["paused"]) == ("asleep", answer["next"]["reason"])
    assert town.control(action="resume", endpoint=ENDPOINT)["paused"] is None
    town.until("Mon 20:25")
    assert town.status == "Absent"


def ask_right_before_the_delete(town: Town, request: dict[str, Any], answers: list[Any]) -> None:
    """After the last write before it: the claim of a place, the intent, the sleep."""

    def ask() -> None:
        answers.append(town.control(**request))

    def claimed() -> None:
        town.cloud.faults.add(Fault(Meanwhile(ask), "dynamodb", "PutItem", "reconciler", nth=2))

    town.cloud.faults.add(Fault(Meanwhile(claimed), "dynamodb", "UpdateItem", "reconciler"))


@pytest.mark.parametrize(
    "request_", [pytest.param(PAUSE, id="a pause"), pytest.param(WAKE, id="a wake")]
)
def test_what_was_answered_right_before_a_delete_is_not_followed_by_it(
    town: Town, request_: dict[str, Any]
) -> None:
    town.until("Mon 20:00")
    before = store(town).load(ENDPOINT)
    answers: list[Any] = []
    ask_right_before_the_delete(town, request_, answers)
    town.until("Mon 20:30")
    assert [answer["next"]["action"] for answer in answers] == ["EndDrain"]
    assert "Deleting" not in town.statuses()
    assert town.ledger() == ["TakeSnapshot", "BeginDrain", "Delete", "EndDrain"]
    assert town.entries()[2][1].endswith("a person asked for something else meanwhile")
    after = store(town).load(ENDPOINT)
    assert (after.record.restore_pending, after.record.deleting_since) == (False, None)
    assert after.sleep == before.sleep


def test_a_sleep_that_was_asked_for_again_right_before_the_delete_costs_a_minute(
    town: Town,
) -> None:
    town.until("Mon 20:00")
    request, answers = {**WAKE, "action": "sleep"}, list[Any]()
    ask_right_before_the_delete(town, request, answers)
    town.until("Mon 20:30")
    assert [answer["desired_state"] for answer in answers] == ["asleep"]
    assert town.status == "Absent"
    assert town.ledger() == ["TakeSnapshot", "BeginDrain", "Delete", "Delete"]


def test_auto_does_not_end_a_wake_that_was_answered_while_it_was_on_its_way(town: Town) -> None:
    town.until("Mon 20:30")
    assert town.status == "Absent"
    town.control(**{**WAKE, "action": "sleep"})
    wake = Meanwhile(lambda: town.control(**WAKE))
    town.cloud.faults.add(Fault(wake, "dynamodb", "Query", "control"))
    answer = town.control(action="auto", endpoint=ENDPOINT)
    assert (answer["desired_state"], answer["next"]["action"]) == ("awake", "Create")
    assert answer["because"].endswith("overtime")
