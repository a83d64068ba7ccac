"""The control function tells what a schedule is going to do, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from lowtide.adapters.dynamodb.store import Store
from lowtide.bootstrap import lifecycle
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import RequestError
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.override import Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window
from lowtide.settings import LifecycleSettings
from lowtide.workflows.control.dispatch import ControlContext, control
from lowtide.workflows.control.requests import parse

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)  # a Monday evening


def schedule(start: str, stop: str) -> Schedule:
    return Schedule((Window(parse_cron(start), parse_cron(stop), NEW_YORK),), NEW_YORK)


class Remembering:
    """A table that knows three creations, a pause and nothing else."""

    def load(self, _name: str) -> StoredState:
        creations = tuple(timedelta(minutes=minutes) for minutes in (30, 35, 40))
        pause = Pause(NOW, "repairs", "ann")
        return StoredState(Record(creations=creations), override=None, paused=pause)


@pytest.fixture
def context() -> ControlContext:
    """Of its world only the table is reached."""
    environment = {
        "LOWTIDE_CONFIG": "unused",
        "LOWTIDE_STACK": "lowtide-dev",
        "LOWTIDE_TABLE": "unused",
        "LOWTIDE_LEAD_MINUTES": "30",
    }
    managed = (
        ManagedEndpoint("office", schedule("0 8 * * MON-FRI", "0 20 * * MON-FRI")),
        ManagedEndpoint("restless", schedule("*/2 * * * *", "1-59/2 * * * *")),
        ManagedEndpoint("late", schedule("0 8 * * *", "0 20 * * *"), ready="after-start"),
    )
    services = lifecycle.services(LifecycleSettings.from_env(environment), prices={})
    services = replace(services, store=cast("Store", Remembering()))
    return ControlContext(managed, services, lifecycle.scaling_views())


def asked(context: ControlContext, **request: Any) -> Any:
    return control(parse(request), context, NOW)


def test_a_preview_is_of_the_next_seven_days(context: ControlContext) -> None:
    answer = asked(context, action="preview", endpoint="office")
    assert (answer["from"], answer["to"]) == ("2026-11-24T00:30:00Z", "2026-12-01T00:30:00Z")
    assert (answer["endpoint"], answer["timezone"]) == ("office", "America/New_York")
    assert answer["lead_time"]["minutes"] == 45
    assert len(answer["changes"]) == 10
    assert answer["changes"][:2] == [
        {
            "at": "2026-11-24T01:00:00Z",
            "to": "asleep",
            "because": "the window closes: 0 20 * * MON-FRI",
        },
        {
            "at": "2026-11-24T13:00:00Z",
            "to": "awake",
            "because": "the window opens: 0 8 * * MON-FRI",
            "create_at": "2026-11-24T12:15:00Z",
        },
    ]


def test_a_preview_is_of_the_span_that_is_named(context: ControlContext) -> None:
    answer = asked(
        context,
        action="preview",
        endpoint="office",
        **{"from": "2027-01-01T20:00", "to": "2027-01-02"},
    )
    assert [change["at"] for change in answer["changes"]] == ["2027-01-02T01:00:00Z"]


def test_an_endpoint_that_may_be_late_is_created_at_the_start(context: ControlContext) -> None:
    change = asked(context, action="preview", endpoint="late")["changes"][1]
    assert change["create_at"] == change["at"]


def test_an_answer_that_would_be_too_long_says_where_it_ends(context: ControlContext) -> None:
    answer = asked(context, action="preview", endpoint="restless")
    assert len(answer["changes"]) == 1_000
    assert answer["to"] == "2026-11-24T17:10:00Z"
    again = asked(context, action="preview", endpoint="restless", **{"from": answer["to"]})
    assert again["changes"][0]["at"] == answer["to"]


def test_what_was_is_explained_without_the_overrides_of_then(context: ControlContext) -> None:
    answer = asked(context, action="explain", endpoint="office", at="2026-11-23T07:20")
    assert (answer["desired_state"], answer["schedule"]) == ("awake", "asleep")
    assert answer["in_lead_time"]
    assert answer["create_at"] == "2026-11-23T12:15:00Z"
    assert answer["paused"] == "ann paused it Mon 23 Nov 19:30 EST: repairs"
    assert answer["layers"][0]["says"] == ["not known for the past; `status` has the history"]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(
            {"action": "preview", "endpoint": "office", "from": "soon"},
            "from: 'soon' is not a date or a date-time; write for example 2026-11-23",
            id="no instant",
        ),
        pytest.param(
            {"action": "preview", "endpoint": "office", "from": "2026-11-24", "to": "2026-11-24"},
            "to: '2026-11-24' is not after from, 2026-11-24T05:00:00+00:00",
            id="an empty span",
        ),
        pytest.param(
            {"action": "preview", "endpoint": "office", "to": "2027-11-24"},
            "to: more than 31 days after from",
            id="a year",
        ),
        pytest.param(
            {"action": "explain", "endpoint": "office", "at": 5},
            "at: 5: not text; write it in quotes",
            id="a number",
        ),
        pytest.param(
            {"action": "explain", "endpoint": "offce"}, "the file lists office", id="no endpoint"
        ),
    ],
)
def test_an_impossible_request_is_refused_with_a_reason(
    context: ControlContext, request_: object, expected: str
) -> None:
    with pytest.raises(RequestError) as refused:
        control(parse(request_), context, NOW)
    assert expected in str(refused.value)
