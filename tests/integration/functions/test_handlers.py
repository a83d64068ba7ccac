"""The handlers with the events that AWS and people send them."""

import json
from pathlib import Path
from typing import Any

from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import Town

ROOT = Path(__file__).parents[3]
ANSWERED = {  # what is in the answer to each event that is shipped
    "scheduler-minute": "decisions",
    "scheduler-state-change": "decisions",
    "reconciler-step": "batchItemFailures",
    "publisher-minute": "published",
    "planner-minute": "floors",
    "control-wake": "desired_state",
    "control-sleep": "desired_state",
    "control-auto": "desired_state",
    "control-pause": "paused",
    "control-resume": "desired_state",
    "control-status": "status",
    "control-preview": "changes",
    "control-explain": "layers",
}


def event(name: str) -> Any:
    return json.loads((ROOT / "events" / f"{name}.json").read_text())


def test_the_events_that_are_shipped_are_understood(town: Town) -> None:
    assert set(ANSWERED) == {path.stem for path in (ROOT / "events").glob("*.json")}
    for name, answered in ANSWERED.items():
        assert answered in town.stack.invoke(name.partition("-")[0], event(name)), name


def test_a_minute_is_decided_by_the_clock_and_a_message_of_an_unlisted_endpoint_is_ignored(
    town: Town,
) -> None:
    """By the time of the event, the evening before, an endpoint would be deleted that is wanted."""
    expected = {
        "endpoint": ENDPOINT,
        "action": "Rest",
        "reason": "the window opened Sun 22 Nov 22:00 EST",
        "failed": False,
        "blocked": False,
        "wake_overdue": False,
        "creating_too_long": False,
        "delete_overdue": False,
        "forgotten": False,
        "left_suspended": False,
        "blocker_codes": [],
        "restoring_minutes": None,
    }
    for request in ({}, {"time": "2026-11-23T01:30:00Z"}):
        assert town.stack.invoke("scheduler", request)["decisions"] == [expected]
    message = event("reconciler-step")
    message["Records"][0]["body"] = json.dumps({"endpoint": "unlisted"})
    assert town.stack.invoke("reconciler", message) == {"batchItemFailures": []}
    assert town.steps() == []


def test_the_same_minute_twice_asks_for_one_step(town: Town) -> None:
    town.until("Mon 19:34")
    town.ask("sleep", 60)
    for _ in range(2):
        town.stack.invoke("scheduler", {"time": "2026-11-24T00:34:00Z"})
    town.stack.poll()
    assert town.steps() == ["TakeSnapshot"]


def test_a_person_wakes_it_at_night_and_it_goes_back_to_its_schedule(town: Town) -> None:
    town.until("Mon 20:05")
    answer = town.show()
    assert (answer["desired_state"], answer["status"]) == ("asleep", "Absent")
    assert answer["because"] == "no window is open until Mon 23 Nov 22:00 EST"
    assert answer["schedule_changes"]["at"] == "2026-11-24T03:00:00+00:00"
    town.wake(60)
    now = town.ask("explain")
    assert (now["decides"], now["desired_state"], now["schedule"]) == (
        "override",
        "awake",
        "asleep",
    )
    assert now["because"] == "ann wants it awake until Mon 23 Nov 21:05 EST: overtime"
    later = town.control(action="explain", endpoint=ENDPOINT, at="2026-11-23T21:30")
    assert (later["decides"], later["desired_state"], later["in_lead_time"]) == (
        "windows",
        "awake",
        True,
    )
    assert later["layers"][0]["says"] == ["none"]
    assert town.ask("auto")["desired_state"] == "asleep"
    town.pass_until(lambda: town.status == "Absent")
