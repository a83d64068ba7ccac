"""Whether someone else deleted an endpoint, and how long it is not created for that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.lifecycle.actions import Blocked, Create, NoAction, Wait
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.lateness import deleted_by_others, timestamps
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.lifecycle.stored_state import Sleep, Timestamps
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule
from tests.unit.contexts import context_with

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERVED = Timestamps(in_service=NOW - 60 * MINUTE)
GONE = Timestamps(absent=NOW - 4 * MINUTE, by_others=True)
FAILED = Failures(Failure(NOW, NOW, FailureKind.OTHER, "why"), 1, 1, ("c",), {})
ABSENT = context_with(
    managed=ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")), config_name="c"),
    desired=DesiredState(True, "open"),
    endpoint=Endpoint("e", Status.ABSENT),
    now=NOW,
)


def slept(minutes_ago: int) -> Sleep:
    return Sleep(NOW - minutes_ago * MINUTE, {})


@pytest.mark.parametrize(
    ("given", "by_others"),
    [
        pytest.param(replace(ABSENT, timestamps=SERVED), True, id="it served, and is gone"),
        pytest.param(
            replace(ABSENT, timestamps=SERVED, record=Record(restore_pending=True)), True,
            id="before its restore was verified",
        ),
        pytest.param(
            replace(ABSENT, timestamps=SERVED, sleep=slept(70)), True,
            id="the sleep that is stored is of an endpoint before it",
        ),
        pytest.param(
            replace(ABSENT, timestamps=SERVED, sleep=slept(3)), False, id="Lowtide put it to sleep"
        ),
        pytest.param(
            replace(ABSENT, timestamps=SERVED, record=Record(failures=FAILED)), False,
            id="Lowtide cleaned up what failed",
        ),
        pytest.param(ABSENT, False, id="it was never seen in service"),
        pytest.param(
            replace(ABSENT, timestamps=SERVED, endpoint=Endpoint("e", Status.DELETING)), False,
            id="it is not gone yet",
        ),
    ],
)  # fmt: skip
def test_whether_someone_else_deleted_it(given: Context, *, by_others: bool) -> None:
    assert deleted_by_others(given) is by_others
    assert timestamps(given).by_others is by_others


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(replace(ABSENT, timestamps=SERVED), Wait, id="seen absent now: waits"),
        pytest.param(replace(ABSENT, timestamps=GONE), Wait, id="four minutes ago: waits"),
        pytest.param(
            replace(ABSENT, timestamps=GONE, now=NOW + MINUTE), Create,
            id="five minutes ago: created",
        ),
        pytest.param(
            replace(ABSENT, timestamps=GONE, asked=NOW - MINUTE), Create,
            id="a person asked since: created",
        ),
        pytest.param(
            replace(ABSENT, timestamps=GONE, asked=NOW - 5 * MINUTE), Wait,
            id="a person had asked before: waits",
        ),
        pytest.param(
            replace(ABSENT, timestamps=GONE, deletion_grace=timedelta(0)), Create,
            id="without a grace: created",
        ),
        pytest.param(
            replace(ABSENT, timestamps=GONE, managed=replace(ABSENT.managed, config_name=None)),
            Wait, id="there is nothing to create from, but a pipeline may create it: waits",
        ),
        pytest.param(
            replace(
                ABSENT, timestamps=GONE, now=NOW + MINUTE,
                managed=replace(ABSENT.managed, config_name=None),
            ), Blocked, id="after the grace there is nothing to create from: blocked",
        ),
        pytest.param(
            replace(ABSENT, timestamps=GONE, desired=DesiredState(False, "closed")), NoAction,
            id="not wanted: nothing",
        ),
    ],
)  # fmt: skip
def test_the_grace(given: Context, expected: type) -> None:
    assert isinstance(plan(given), expected)


def test_the_grace_is_over_when_it_is_there_again() -> None:
    there = replace(ABSENT, timestamps=GONE, endpoint=Endpoint("e", Status.CREATING))
    assert not timestamps(there).by_others
