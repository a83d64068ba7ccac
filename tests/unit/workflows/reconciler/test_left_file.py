"""What is told of an endpoint that the table knows and the file does not."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Sleep, StoredState
from lowtide.domain.schedule.override import Override, Pause
from lowtide.workflows.control.unlisted import unlisted
from tests.unit.workflows.fakes import CREATED, IN_SERVICE, MINUTE, NOW, SAVED, Aws, made_up, of

GONE = of(Status.ABSENT, created_at=None)
LEFT = "not in the file any more: left as it is"
ASLEEP = StoredState(Record(SAVED), None, sleep=Sleep(CREATED, {}))
DRAINING = Record(SAVED, ending_since=CREATED, draining_since=CREATED)


def told(memory: StoredState, endpoint: Endpoint = GONE) -> dict[str, Any]:
    here = made_up(Aws(endpoint))
    here.table.memories["e"] = memory
    return unlisted("e", "not in the file any more", here.services, NOW)


@pytest.mark.parametrize(
    ("memory", "endpoint", "note"),
    [
        pytest.param(
            ASLEEP, GONE,
            f"{LEFT}; asleep since 2026-11-23 15:30Z, saved with configuration in-use: "
            "put it back on the list to wake it, or create it by hand from in-use",
            id="asleep, with what would wake it",
        ),
        pytest.param(
            StoredState(Record(), None), GONE, f"{LEFT}; asleep, and nothing was saved of it",
            id="asleep since nobody knows when, and nothing to wake it from",
        ),
        pytest.param(ASLEEP, IN_SERVICE, f"{LEFT}; it is InService", id="awake"),
        pytest.param(
            StoredState(DRAINING, None), IN_SERVICE,
            f"{LEFT}; it is InService; its scaling is still suspended, as it was draining",
            id="held",
        ),
    ],
)  # fmt: skip
def test_how_it_was_left(memory: StoredState, endpoint: Endpoint, note: str) -> None:
    assert told(memory, endpoint) == {"endpoint": "e", "status": endpoint.status, "note": note}


def desired_state(until: datetime, *, awake: bool) -> StoredState:
    return replace(ASLEEP, override=Override(awake, until, "a test", "ann"))


@pytest.mark.parametrize(
    ("memory", "state"),
    [
        pytest.param(
            desired_state(NOW + MINUTE, awake=True), "awake", id="somebody wants it awake"
        ),
        pytest.param(desired_state(NOW + MINUTE, awake=False), "asleep", id="or asleep"),
        pytest.param(desired_state(NOW, awake=True), None, id="it ends at its very instant"),
    ],
)
def test_a_wish_is_told_that_nobody_carries_out(memory: StoredState, state: str | None) -> None:
    said = (
        f"ann wants it {state} until Mon 23 Nov 20:31 UTC: a test; without effect while the file "
        "does not list the endpoint"
    )
    assert told(memory).get("override") == (said if state else None)


def test_a_pause_is_told_too() -> None:
    paused = replace(
        desired_state(NOW + MINUTE, awake=True), paused=Pause(CREATED, "by hand", "bob")
    )
    found = told(paused)
    assert found["paused"] == "bob paused it Mon 23 Nov 15:30 UTC: by hand"
    assert "override" in found
