"""Who takes a draining endpoint out of Lowtide's hands does not find its scaling held for ever."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide.adapters.dynamodb.store import Store
from lowtide_workbench.aws.protocol.faults import Failed, Fault, Killed
from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import EVENING_PAUSE, Town
from tests.integration.functions.reconciler.test_refusals import counted, raised
from tests.integration.functions.reconciler.test_snapshot_saved import FREE, HELD, target

PAUSE = {"action": "pause", "endpoint": ENDPOINT, "reason": "we look at it", "by": "ann"}
NO_RELEASE = Fault(
    Failed("AccessDeniedException", "no"),
    "application-autoscaling",
    "RegisterScalableTarget",
    "reconciler",
    times=3,
)


@pytest.fixture
def held(town: Town) -> Town:
    """It drains since 20:01; streams are open until 20:50, the deadline is at 20:21."""
    town.calls(("19:50", 60))
    town.until("Mon 20:05")
    assert target()["SuspendedState"] == HELD
    return town


def store(town: Town) -> Store:
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    return Store(boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"]))


def leave_the_file(town: Town, folder: Path) -> None:
    (folder / "endpoints.yaml").write_text(EVENING_PAUSE.replace(ENDPOINT, "another"))
    for function in town.stack.functions.values():
        function.end_environment()


def test_paused_while_it_drains_it_gets_its_scaling_back_and_is_left_alone(held: Town) -> None:
    answer = held.control(**PAUSE)
    assert answer["next"]["action"] == "EndDrain"
    assert answer["next"]["reason"].endswith(
        "is still suspended, as it was draining, and is resumed"
    )
    held.until("Mon 20:07")
    assert target()["SuspendedState"] == FREE
    held.until("Mon 20:45")
    assert held.status == "InService"
    assert held.ledger() == ["TakeSnapshot", "BeginDrain", "EndDrain"]
    held.control(action="resume", endpoint=ENDPOINT)
    held.until("Mon 21:00")
    assert held.status == "Absent"
    assert store(held).suspended() == frozenset()


def test_a_release_that_aws_refuses_is_tried_again_each_minute_although_it_is_paused(
    held: Town,
) -> None:
    held.control(**PAUSE)
    held.cloud.faults.add(NO_RELEASE)
    held.until("Mon 20:08")
    assert target()["SuspendedState"] == HELD
    held.until("Mon 20:11")
    assert target()["SuspendedState"] == FREE
    ended = [outcome for step, outcome in held.entries() if step == "EndDrain"]
    assert ended[0].startswith("failed: scaling is not resumed")
    assert ended[1:] == ["delete cancelled; 1 scalable target resumed"]


def test_one_that_lost_its_tag_while_it_drained_is_told_by_alarm_log_and_status(
    held: Town,
) -> None:
    sagemaker: Any = boto3.client("sagemaker")
    arn = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    held.until("Mon 20:35")
    assert "ScalingHeldAlarm" not in raised()
    held.until("Mon 20:41")
    assert (held.status, target()["SuspendedState"]) == ("InService", HELD)
    assert "ScalingHeldAlarm" in raised()
    assert counted("ScalingHeld", service="scheduler") > 0
    said = [line for line in held.said("scheduler") if line.get("message") == "decision"][-1]
    assert "does not carry the tag" in said["reason"]
    assert said["reason"].endswith("its scaling is still suspended, as it was draining")
    assert held.control(action="status", endpoint=ENDPOINT)["refused"] == said["reason"]


def test_one_that_leaves_the_file_while_it_drains_gets_its_scaling_back(
    held: Town, tmp_path: Path
) -> None:
    leave_the_file(held, tmp_path)
    (left,) = held.control(action="status")["unlisted"]
    assert left["note"].endswith(
        "it is InService; its scaling is still suspended, as it was draining"
    )
    held.cloud.faults.add(NO_RELEASE)
    held.until("Mon 20:08")
    assert store(held).suspended() == {ENDPOINT}
    held.until("Mon 20:11")
    assert target()["SuspendedState"] == FREE
    assert store(held).suspended() == frozenset()
    held.until("Mon 20:40")
    assert held.status == "InService"
    assert held.ledger() == ["TakeSnapshot", "BeginDrain", "EndDrain", "EndDrain"]
    said = [line for line in held.said("scheduler") if line.get("endpoint") == ENDPOINT]
    assert said[-1]["timestamp"] < "2026-11-24 01:12"  # 20:12 in New York: left alone


@pytest.mark.parametrize(
    ("service", "operation", "nth"),
    [
        pytest.param("dynamodb", "PutItem", 1, id="after its drain was written down"),
        pytest.param("dynamodb", "PutItem", 2, id="after it was written down as held"),
        pytest.param(
            "application-autoscaling", "RegisterScalableTarget", 1, id="after it was held"
        ),
    ],
)
def test_killed_in_the_middle_of_a_hold_and_taken_off_the_file_it_is_released(
    town: Town, tmp_path: Path, service: str, operation: str, nth: int
) -> None:
    town.calls(("19:50", 60))
    town.until("Mon 20:00")
    town.cloud.advance(town.cloud.clock.now() + timedelta(seconds=30))
    assert town.ledger() == ["TakeSnapshot"]
    town.cloud.faults.add(Fault(Killed(), service, operation, "reconciler", nth))
    town.until("Mon 20:02")
    assert town.cloud.faults.hits
    steps = town.stack.template.known["StepsQueue"]
    boto3.client("sqs").purge_queue(QueueUrl=steps)  # else the killed message would heal it
    leave_the_file(town, tmp_path)
    town.until("Mon 20:15")
    assert town.status == "InService"
    assert target()["SuspendedState"] == FREE
    assert store(town).suspended() == frozenset()


def test_one_that_is_deleted_by_hand_and_leaves_the_file_is_forgotten(
    held: Town, tmp_path: Path
) -> None:
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    leave_the_file(held, tmp_path)
    held.until("Mon 20:12")
    assert (held.status, store(held).suspended()) == ("Absent", frozenset())
