"""One endpoint's items are damaged: the others sleep and wake, and a person can replace what is."""

from decimal import Decimal
from typing import Any

import boto3
import pytest

from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, STACK
from tests.integration.functions.conftest import EVENING_PAUSE, Town, TownMaker

DAMAGED: dict[str, dict[str, Any]] = {
    "bad-override": {"item": "now#override", "awake": "no", "until": "tomorrow", "reason": 5},
    "bad-pause": {"item": "now#pause", "since": "yesterday"},
    "bad-record": {"item": "now#record", "restore_pending": "false", "creations": {"x"}},
    "bad-snapshot": {"item": "now#snapshot", "text": "{}", "sha256": "0"},
    "left-the-file": {"item": "now#pause", "since": Decimal(5)},
    "#held": {"item": "held#", "since": None},
}
# Of the counts of deletes: on New York's clock 20:00 to 20:05, and when it is created again.
DAMAGED_MINUTES = [f"01:0{minute}" for minute in range(6)] + [f"02:{m}" for m in range(20, 60)]
LISTED = [name for name in DAMAGED if name.startswith("bad-")]
FILE = EVENING_PAUSE + "".join(
    f"  - {{name: {name}, schedule: {{windows: [{{start: '0 22 * * *', stop: '0 20 * * *'}}]}}}}\n"
    for name in LISTED
)


@pytest.fixture
def town(town_with: TownMaker) -> Town:
    town = town_with(FILE)
    sagemaker: Any = boto3.client("sagemaker")
    tags = [{"Key": "lowtide:stack", "Value": STACK}]
    for name in LISTED:
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=CONFIG, Tags=tags)
    town.until("Mon 19:45")
    for endpoint, item in DAMAGED.items():
        town.table.put_item(Item={"endpoint": endpoint, **item})
    for minute in DAMAGED_MINUTES:
        item = {"item": f"minute#2026-11-24T{minute}:00+00:00", "endpoints": "none"}
        town.table.put_item(Item={"endpoint": "#deletions", **item})
    return town


def errors(town: Town) -> dict[str, str]:
    answer = town.control(action="status")
    return {
        each["endpoint"]: each["error"]
        for each in [*answer["endpoints"], *answer["unlisted"]]
        if "error" in each
    }


def test_a_damaged_item_costs_only_its_endpoint_until_it_is_replaced(town: Town) -> None:
    assert errors(town).keys() == {*LISTED, "left-the-file"}
    ledger = {"endpoint": ENDPOINT, "item": "ledger#2026-11-24T00:40:00+00:00#Create", "at": "?"}
    town.table.put_item(Item=ledger)
    town.until("Mon 20:05")
    assert town.status == "InService"
    reasons = {line["reason"] for line in town.logged("reconciler", action="Failed")}
    assert "the count of this minute's deletes in the table is damaged: none is deleted" in reasons
    town.until("Mon 20:10")
    assert town.status == "Absent"
    assert {town.cloud.status(name) for name in LISTED} == {"InService"}
    assert errors(town).keys() == {*LISTED, "left-the-file"}
    shown = town.control(action="status", endpoint=ENDPOINT)["last_steps"]
    assert "is damaged: at: '?': not an instant" in shown[0]
    assert town.stack.failures == []
    request: Any = {"endpoint": "bad-override", "reason": "test", "by": "ann", "for": "30m"}
    assert "is damaged" in town.control(action="sleep", **request)["replaced"]
    assert town.control(action="resume", endpoint="bad-pause")["desired_state"] == "asleep"
    assert "now#record of bad-record" in town.control(action="auto", endpoint="bad-record")["error"]
    town.until("Mon 20:20")
    names = ("bad-override", "bad-pause", "bad-record", "bad-snapshot")
    assert [town.cloud.status(name) for name in names] == [
        "Absent", "Absent", "InService", "InService",
    ]  # fmt: skip
    town.until("Mon 22:05")
    assert town.status == "InService"
    assert town.stack.failures == []


def test_each_request_replaces_a_damaged_override_or_pause(town: Town) -> None:
    """`auto` cannot delete it: control's role may delete none."""
    for action in ("wake", "sleep", "auto", "pause", "resume"):
        name = "bad-pause" if action in ("pause", "resume") else "bad-override"
        town.table.put_item(Item={"endpoint": name, **DAMAGED[name]})
        words = {"reason": "test", "by": "ann"} if action in ("wake", "sleep", "pause") else {}
        lasts = {"for": "1h"} if action in ("wake", "sleep") else {}
        answer = town.control(action=action, endpoint=name, **words, **lasts)
        assert answer["desired_state"] == ("asleep" if action == "sleep" else "awake"), action
