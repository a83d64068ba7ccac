"""From the end of a window to the delete: saved, then suspended, then drained."""

from typing import Any

import boto3

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.demo import endpoint_state
from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

WAKE = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann"}


def suspended() -> bool | None:
    """Whether scaling stands still; None where there is none."""
    autoscaling: Any = boto3.client("application-autoscaling")
    found = autoscaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[RESOURCE]
    )["ScalableTargets"]
    states = [set(target.get("SuspendedState", {}).values()) for target in found]
    assert all(len(state) < 2 for state in states)
    return (True in states[0]) if states else None


def test_scaling_stands_still_while_streams_end_and_goes_on_when_it_is_wanted(town: Town) -> None:
    town.calls(("19:50", 60))
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    town.until("Mon 20:05")
    assert town.ledger() == ["TakeSnapshot", "BeginDrain"]
    assert suspended() is True
    town.control(**WAKE, **{"for": "1h"})
    town.until("Mon 20:08")
    assert town.ledger()[-1] == "EndDrain"
    assert (
        endpoint_state.compare(evening, endpoint_state.read(town.cloud.clock.now())).differences
        == ()
    )


def test_with_then_stay_it_stays_held_past_the_deadline_until_the_streams_end(
    town_with: TownMaker,
) -> None:
    town = town_with(EVENING_PAUSE.replace("deadline: 20m", "deadline: 5m, then: stay"))
    town.calls(("19:50", 25))
    town.until("Mon 20:13")
    assert (town.status, suspended()) == ("InService", True)
    assert "past the deadline" in town.control(action="status", endpoint=ENDPOINT)["next"]["reason"]
    town.until("Mon 20:24")
    assert town.status == "Absent"
    assert town.ledger() == ["TakeSnapshot", "BeginDrain", "Delete"]


def test_scaling_that_cannot_be_held_is_tried_again_and_does_not_put_the_deadline_off(
    town_with: TownMaker,
) -> None:
    town = town_with(EVENING_PAUSE.replace("deadline: 20m", "deadline: 6m"))
    town.calls(("19:50", 60))
    refused = Failed("AccessDeniedException", "no")
    town.cloud.faults.add(
        Fault(refused, "application-autoscaling", "RegisterScalableTarget", "reconciler", times=3)
    )
    town.until("Mon 20:06")
    outcomes = [outcome for step, outcome in town.entries() if step == "BeginDrain"]
    assert [outcome.startswith("failed: scaling is not suspended") for outcome in outcomes] == [
        True, False,  # the same failure is reported once
    ]  # fmt: skip
    assert suspended() is True
    town.until("Mon 20:11")
    assert town.status in ("Deleting", "Absent")


def test_an_endpoint_deleted_by_hand_while_it_is_suspended_comes_back_free(town: Town) -> None:
    town.calls(("19:50", 60))
    town.until("Mon 19:59")
    evening = endpoint_state.read(town.cloud.clock.now())
    town.until("Mon 20:05")
    assert suspended() is True
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    town.until("Mon 20:10")
    assert (town.status, suspended()) == ("Absent", None)
    town.control(**WAKE, **{"for": "1h"})
    town.until("Mon 20:26")
    assert town.ledger()[-2:] == ["Create", "Restore"]
    assert (
        endpoint_state.compare(evening, endpoint_state.read(town.cloud.clock.now())).differences
        == ()
    )
