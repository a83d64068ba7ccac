"""Whether the endpoint shows that AWS has taken a delete or a creation."""

from datetime import UTC, datetime, timedelta

import pytest

from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.history.evidence import was_done
from lowtide.domain.lifecycle.stored_state import Intent

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BEGAN = NOW - 5 * MINUTE
BEFORE, AFTER = BEGAN - 300 * MINUTE, BEGAN + SECOND
S = Status


@pytest.mark.parametrize(
    ("step", "status", "created", "done"),
    [
        pytest.param("Delete", S.ABSENT, None, True, id="deleted: it is gone"),
        pytest.param("Delete", S.DELETING, BEFORE, True, id="deleted: it is about to be gone"),
        pytest.param("Delete", S.IN_SERVICE, AFTER, True, id="deleted: there is another by now"),
        pytest.param("Delete", S.IN_SERVICE, BEFORE, False, id="not deleted: it is the same"),
        pytest.param("Delete", S.FAILED, BEFORE, False, id="not deleted: that failed"),
        pytest.param("Create", S.CREATING, AFTER, True, id="created: it is on its way"),
        pytest.param("Create", S.FAILED, AFTER, True, id="created, and failed since"),
        pytest.param("Create", S.IN_SERVICE, BEGAN, True, id="created at that very instant"),
        pytest.param("Create", S.ABSENT, None, False, id="not created: there is none"),
        pytest.param("Create", S.IN_SERVICE, BEFORE, False, id="not created: it is older"),
        pytest.param(
            "Create", S.IN_SERVICE, BEGAN + 2 * MINUTE, False,
            id="created by another, after that run must have ended",
        ),
        pytest.param("Restore", S.IN_SERVICE, AFTER, False, id="another step leaves no such trace"),
    ],
)  # fmt: skip
def test_what_the_endpoint_shows(
    step: str, status: Status, created: datetime | None, done: bool
) -> None:
    endpoint = Endpoint("e", status, config_name="c", created_at=created)
    assert was_done(Intent(step, "why", BEGAN), endpoint, NOW) is done


@pytest.mark.parametrize(("minutes", "done"), [(59, True), (60, False)])
def test_an_hour_later_another_may_have_deleted_it(minutes: int, done: bool) -> None:
    intent = Intent("Delete", "why", NOW - minutes * MINUTE)
    assert was_done(intent, Endpoint("e", Status.ABSENT), NOW) is done
