"""Does the endpoint show that the step that was begun last was done?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.history.recovery import done_unseen
from lowtide.domain.lifecycle.actions import Create, Delete
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Intent
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BEGAN = NOW - 5 * MINUTE
BEFORE, AFTER = BEGAN - 300 * MINUTE, BEGAN + SECOND
S = Status
CREATE, DELETE = Create("why", "c"), Delete("why")


@pytest.mark.parametrize(
    ("step", "status", "created", "done"),
    [
        pytest.param("Delete", S.ABSENT, None, DELETE, id="deleted: it is gone"),
        pytest.param("Delete", S.DELETING, BEFORE, DELETE, id="deleted: it is about to be gone"),
        pytest.param("Delete", S.IN_SERVICE, AFTER, DELETE, id="deleted: there is another by now"),
        pytest.param("Delete", S.IN_SERVICE, BEFORE, None, id="not deleted: it is the same"),
        pytest.param("Delete", S.FAILED, BEFORE, None, id="not deleted: that failed"),
        pytest.param("Create", S.CREATING, AFTER, CREATE, id="created: it is on its way"),
        pytest.param("Create", S.FAILED, AFTER, CREATE, id="created, and failed since"),
        pytest.param("Create", S.IN_SERVICE, BEGAN, CREATE, id="created at that very instant"),
        pytest.param("Create", S.ABSENT, None, None, id="not created: there is none"),
        pytest.param("Create", S.IN_SERVICE, BEFORE, None, id="not created: it is older"),
        pytest.param(
            "Create", S.IN_SERVICE, BEGAN + 2 * MINUTE, None,
            id="created by somebody else, after that run must have ended",
        ),
        pytest.param("Restore", S.IN_SERVICE, AFTER, None, id="another step leaves no such trace"),
    ],
)  # fmt: skip
def test_what_the_endpoint_shows(
    step: str, status: Status, created: datetime | None, done: Create | Delete | None
) -> None:
    endpoint = Endpoint("e", status, config_name="c", created_at=created)
    assert done_unseen(context(endpoint, Intent(step, "why", BEGAN))) == done


def test_of_one_that_is_gone_an_hour_later_nobody_knows_who_did_it() -> None:
    gone = Endpoint("e", Status.ABSENT)
    for before, done in ((59 * MINUTE, DELETE), (60 * MINUTE, None)):
        assert done_unseen(context(gone, Intent("Delete", "why", NOW - before))) == done


def test_where_nothing_was_begun_nothing_was_done() -> None:
    assert done_unseen(context(Endpoint("e", Status.ABSENT), None)) is None


def context(endpoint: Endpoint, begun: Intent | None) -> Context:
    managed = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
    desired = DesiredState(False, "the window is closed")
    return Context(managed, desired, endpoint, Record(), "s", NOW, streams=0.0, begun=begun)
