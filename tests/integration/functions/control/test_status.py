"""What `status` tells of endpoints that are in the file, and of those that left it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Sleep
from lowtide.domain.schedule.override import Override
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT
from tests.integration.functions.conftest import EVENING_PAUSE

if TYPE_CHECKING:
    from tests.integration.functions.conftest import Town

TAGS = [{"Key": "lowtide:stack", "Value": "lowtide-demo"}]


def store(town: Town) -> Store:
    scheduler = next(s for s in town.stack.template.functions() if s.name == "scheduler")
    return Store(boto3.resource("dynamodb").Table(scheduler.environment["LOWTIDE_TABLE"]))


def remember(town: Town, name: str) -> datetime:
    """As if it had been in the file yesterday."""
    since = town.cloud.clock.now() - timedelta(hours=20)
    store(town).save_snapshot(name, Snapshot(since, "old-config", {}, Scaling()))
    store(town).save_record(name, Record(), None, since)
    store(town).save_sleep(name, Sleep(since, {"ml.g6.2xlarge": 1}))
    return since


def test_status_says_what_is_saved_and_when_the_schedule_changes(town: Town) -> None:
    town.until("Mon 20:30")
    status = town.control(action="status", endpoint=ENDPOINT)
    assert status["saved"] == {
        "at": "2026-11-24T01:00:00+00:00",
        "config": CONFIG,
        "contents": "3 tags, 1 scalable target, 2 scaling policies, 2 scheduled actions, 1 alarm",
        "left_out": None,
    }
    assert status["schedule_changes"]["to"] == "awake"
    assert status["next"]["action"] == "Rest"


def test_one_that_left_the_file_asleep_is_told_with_what_would_wake_it(town: Town) -> None:
    since = remember(town, "left")
    answer = town.control(action="status")
    assert [each["endpoint"] for each in answer["endpoints"]] == [ENDPOINT]
    assert answer["unlisted"] == [
        {
            "endpoint": "left",
            "status": "Absent",
            "note": "not in the file any more: left as it is; asleep since "
            f"{since:%Y-%m-%d %H:%M}Z, "
            "saved with configuration old-config: put it back on the list to wake it, or create it "
            "by hand from old-config",
        }
    ]


def test_one_that_left_the_file_awake_is_left_awake(town: Town) -> None:
    remember(town, "left")
    sagemaker: Any = boto3.client("sagemaker")
    sagemaker.create_endpoint(EndpointName="left", EndpointConfigName=CONFIG, Tags=TAGS)
    town.until("Mon 20:30")
    (left,) = town.control(action="status")["unlisted"]
    assert left["status"] == "InService"
    assert left["note"] == "not in the file any more: left as it is; it is InService"


def test_one_whose_entry_has_a_fault_is_not_said_to_have_been_taken_out(town: Town) -> None:
    remember(town, "left")
    town.deploy(f"{EVENING_PAUSE}  - {{name: left, schedule: no-such-schedule}}\n")
    answer = town.control(action="status")
    assert [fault.partition(":")[0] for fault in answer["errors"]] == ["endpoints[1].schedule"]
    (left,) = answer["unlisted"]
    assert left["note"].startswith(
        "the file has no entry of it without errors: left as it is; asleep"
    )


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        pytest.param(2, True, id="while it lasts"),
        pytest.param(-1, False, id="not when it is over"),
    ],
)
def test_a_wish_that_nobody_carries_out_is_told(town: Town, hours: int, told: bool) -> None:
    until = town.cloud.clock.now() + timedelta(hours=hours)
    store(town).save_override("left", Override(True, until, "a test", "ann"))
    (left,) = town.control(action="status")["unlisted"]
    said = "a test; without effect while the file does not list the endpoint"
    assert (said in left.get("override", "")) is told
    assert "nothing was saved of it" in left["note"]
