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
def draining(town: Town) -> Town:
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


def test_paused_while_it_drains_it_gets_its_scaling_back_and_is_left_alone(
    draining: Town,
) -> None:
    answer = draining.control(**PAUSE)
    assert answer["next"]["action"] == "EndDrain"
    assert answer["next"]["reason"].endswith(
        "is still suspended, as it was draining, and is resumed"
    )
    draining.until("Mon 20:07")
    assert target()["SuspendedState"] == FREE
    draining.until("Mon 20:45")
    assert draining.status == "InService"
    assert draining.ledger() == ["TakeSnapshot", "BeginDrain", "EndDrain"]
    draining.control(action="resume", endpoint=ENDPOINT)
    draining.until("Mon 21:00")
    assert draining.status == "Absent"
    assert store(draining).suspended() == frozenset()


def test_a_release_that_aws_refuses_is_tried_again_each_minute_although_it_is_paused(
    draining: Town,
) -> None:
    draining.control(**PAUSE)
    draining.cloud.faults.add(NO_RELEASE)
    draining.until("Mon 20:08")
    assert target()["SuspendedState"] == HELD
    draining.until("Mon 20:11")
    assert target()["SuspendedState"] == FREE
    ended = [outcome for step, outcome in draining.entries() if step == "EndDrain"]
    assert ended[0].startswith("failed: scaling is not resumed")
    assert ended[1:] == ["delete cancelled; 1 scalable target resumed"]


def test_one_that_lost_its_tag_while_it_drained_is_reported_by_alarm_log_and_status(
    draining: Town,
) -> None:
    sagemaker: Any = boto3.client("sagemaker")
    arn = sagemaker.describe_endpoint(EndpointName=ENDPOINT)["EndpointArn"]
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["lowtide:stack"])
    draining.until("Mon 20:35")
    assert "ScalingHeldAlarm" not in raised()
    draining.until("Mon 20:41")
    assert (draining.status, target()["SuspendedState"]) == ("InService", HELD)
    assert "ScalingHeldAlarm" in raised()
    assert counted("ScalingHeld", service="scheduler") > 0
    lines = [line for line in draining.said("scheduler") if line.get("message") == "decision"]
    reason = lines[-1]["reason"]
    assert "does not carry the tag" in reason
    assert reason.endswith("its scaling is still suspended, as it was draining")
    assert draining.control(action="status", endpoint=ENDPOINT)["refused"] == reason


def test_one_that_leaves_the_file_while_it_drains_gets_its_scaling_back(
    draining: Town, tmp_path: Path
) -> None:
    leave_the_file(draining, tmp_path)
    (left,) = draining.control(action="status")["unlisted"]
    assert left["note"].endswith(
        "it is InService; its scaling is still suspended, as it was draining"
    )
    draining.cloud.faults.add(NO_RELEASE)
    draining.until("Mon 20:08")
    assert store(draining).suspended() == {ENDPOINT}
    draining.until("Mon 20:11")
    assert target()["SuspendedState"] == FREE
    assert store(draining).suspended() == frozenset()
    draining.until("Mon 20:40")
    assert draining.status == "InService"
    assert draining.ledger() == ["TakeSnapshot", "BeginDrain", "EndDrain", "EndDrain"]
    lines = [line for line in draining.said("scheduler") if line.get("endpoint") == ENDPOINT]
    assert lines[-1]["timestamp"] < "2026-11-24 01:12"  # 20:12 in New York: left alone


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
    draining: Town, tmp_path: Path
) -> None:
    boto3.client("sagemaker").delete_endpoint(EndpointName=ENDPOINT)
    leave_the_file(draining, tmp_path)
    draining.until("Mon 20:12")
    assert (draining.status, store(draining).suspended()) == ("Absent", frozenset())
