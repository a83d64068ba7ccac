"""The status of an endpoint that the table knows and the file does not list."""

from dataclasses import replace
from typing import Any

import pytest

from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Sleep, StoredState
from lowtide.domain.schedule.override import Override, Pause
from lowtide.workflows.control.unlisted import unlisted
from tests.unit.workflows.fakes import CREATED, IN_SERVICE, MINUTE, NOW, SAVED, Aws, made_up, of

ABSENT = of(Status.ABSENT, created_at=None)
LEFT = "not in the file any more: left as it is"
ASLEEP = StoredState(Record(SAVED), None, sleep=Sleep(CREATED, {}))
DRAINING = StoredState(Record(SAVED, ending_since=CREATED, draining_since=CREATED), None)


def status(stored: StoredState, endpoint: Endpoint = ABSENT) -> dict[str, Any]:
    here = made_up(Aws(endpoint))
    here.table.memories["e"] = stored
    return unlisted("e", "not in the file any more", here.services, NOW)


@pytest.mark.parametrize(
    ("stored", "endpoint", "note", "unfinished"),
    [
        pytest.param(
            ASLEEP, ABSENT,
            "asleep since 2026-11-23 15:30Z, saved with configuration in-use: "
            "put it back on the list to wake it, or create it by hand from in-use", None,
            id="asleep: what would wake it",
        ),
        pytest.param(
            StoredState(Record(), None), ABSENT, "asleep, and nothing was saved of it", None,
            id="asleep, and nothing is saved",
        ),
        pytest.param(ASLEEP, IN_SERVICE, "it is InService", None, id="awake"),
        pytest.param(
            DRAINING, IN_SERVICE,
            "it is InService; its scaling is still suspended, as it was draining",
            "it drains, and its scaling is suspended",
            id="draining",
        ),
    ],
)  # fmt: skip
def test_how_an_endpoint_was_left(
    stored: StoredState, endpoint: Endpoint, note: str, unfinished: str | None
) -> None:
    assert status(stored, endpoint) == {
        "endpoint": "e", "status": endpoint.status, "note": f"{LEFT}; {note}",
        "unfinished": unfinished,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("awake", "until", "state"),
    [(True, NOW + MINUTE, "awake"), (False, NOW + MINUTE, "asleep"), (True, NOW, None)],
    ids=["awake", "asleep", "ended"],
)
def test_an_override_is_shown_as_without_effect(awake: bool, until: Any, state: str | None) -> None:
    override = Override(awake, until, "a test", "ann")
    shown = status(replace(ASLEEP, override=override)).get("override")
    assert shown == (state and f"ann wants it {state} until Mon 23 Nov 20:31 UTC: a test; "
        "without effect while the file does not list the endpoint")  # fmt: skip


def test_a_pause_is_shown() -> None:
    found = status(replace(ASLEEP, paused=Pause(CREATED, "by hand", "bob")))
    assert found["paused"] == "bob paused it Mon 23 Nov 15:30 UTC: by hand"
