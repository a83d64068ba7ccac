"""Scaling that is held stands still no longer than it must, and no drain is ended unwatched."""

from datetime import timedelta
from typing import Any

import boto3

from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import (
    EVENING_PAUSE,
    MONDAY_EVENING,
    TWO_PAUSES,
    Town,
    TownMaker,
)
from tests.integration.functions.reconciler.test_refusals import raised
from tests.integration.functions.reconciler.test_snapshot_saved import (
    FREE,
    HELD,
    action,
    scaling_range,
    target,
)

WAKE = {"action": "wake", "endpoint": ENDPOINT, "reason": "overtime", "by": "ann", "for": "1h"}
DOWN = Fault(Failed("InternalServerError", "down", 500), "dynamodb", "Query", times=None)


def test_a_drain_that_is_refused_on_its_way_is_released_at_its_deadline(town: Town) -> None:
    sagemaker: Any = boto3.client("sagemaker")
    model = sagemaker.describe_model(ModelName="my-model")
    town.calls(("19:50", 60))
    town.until("Mon 20:05")
    sagemaker.delete_model(ModelName="my-model")
    town.until("Mon 20:15")
    assert target()["SuspendedState"] == HELD
    town.until("Mon 20:30")
    assert town.status == "InService"
    assert target()["SuspendedState"] == FREE
    assert town.ledger() == ["TakeSnapshot", "BeginDrain", "Refuse", "EndDrain", "Refuse"]
    assert "my-model is missing" in town.control(action="status", endpoint=ENDPOINT)["refused"]
    sagemaker.create_model(
        ModelName="my-model",
        ExecutionRoleArn=model["ExecutionRoleArn"],
        PrimaryContainer=model["PrimaryContainer"],
    )
    town.until("Mon 21:00")
    assert town.status == "Absent"


def test_an_hour_without_a_scheduler_does_not_cut_the_streams_of_the_next_pause(
    town_with: TownMaker,
) -> None:
    town = town_with(TWO_PAUSES)
    town.calls(("19:50", 60))
    town.until("Mon 20:05")
    town.cloud.faults.add(DOWN)
    town.until("Mon 22:40")
    evening = MONDAY_EVENING + timedelta(hours=3, minutes=35)
    town.cloud.traffic(ENDPOINT, [(evening.timestamp(), 25 * 60.0)])
    town.until("Mon 23:02")
    town.cloud.faults.clear()
    town.until("Mon 23:14")
    assert town.status == "InService"
    assert town.ledger() == ["TakeSnapshot", "BeginDrain", "BeginDrain"]
    town.until("Mon 23:20")
    assert town.status in ("Deleting", "Absent")


def test_a_delete_that_aws_puts_off_for_long_is_said_to_an_alarm(town: Town) -> None:
    throttled = Failed("ThrottlingException", "Rate exceeded")
    town.cloud.faults.add(Fault(throttled, "sagemaker", "DeleteEndpoint", times=None))
    town.until("Mon 20:35")
    assert raised() == []
    town.until("Mon 20:45")
    assert (town.status, raised()) == ("InService", ["AttentionAlarm"])


def test_streams_that_cannot_be_read_put_the_delete_off_until_the_deadline_only(
    town: Town,
) -> None:
    for function in ("scheduler", "reconciler"):
        denied = Failed("AccessDenied", "no", 403)
        town.cloud.faults.add(Fault(denied, "cloudwatch", "GetMetricData", function, times=None))
    town.until("Mon 20:15")
    assert town.status == "InService"
    following = town.control(action="status", endpoint=ENDPOINT)["next"]
    assert following["action"] == "Delete"  # its own right to read was not taken
    town.until("Mon 20:25")
    assert town.status in ("Deleting", "Absent")


def test_a_floor_that_was_due_while_scaling_was_held_is_there_once_it_is_released(
    town_with: TownMaker,
) -> None:
    town = town_with(EVENING_PAUSE.replace("deadline: 20m", "deadline: 5m, then: stay"))
    action("late-floor", "cron(15 20 ? * * *)", MinCapacity=3)
    town.calls(("19:50", 60))
    town.until("Mon 20:20")
    assert scaling_range() == (1, 6)
    town.control(**WAKE)
    town.until("Mon 20:30")
    assert town.ledger()[-1] == "EndDrain"
    assert scaling_range() == (3, 6)
