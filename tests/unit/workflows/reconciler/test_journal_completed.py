"""What the next run makes of a step that was begun and of which nothing more is written."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.errors import (
    BusyError,
)
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, Timestamps
from lowtide.workflows.reconciler.journal import catch_up
from tests.unit.workflows.fakes import (
    ASLEEP,
    MINUTE,
    NOW,
    SAVED,
    Aws,
    context,
    made_up,
    of,
)
from tests.unit.workflows.reconciler.states import (
    ABSENT,
    AWAKE_FOR,
    TO_CREATE,
    TO_DELETE,
    TO_DRAIN,
    reconcile,
)


class Killed(BaseException):
    """The run ends here, though AWS has taken the call."""


SLEPT = Sleep(NOW - 60 * MINUTE, {"ml.g6.2xlarge": 3})
TO_WAKE = replace(TO_CREATE, sleep=SLEPT, timestamps=Timestamps(absent=NOW - 50 * MINUTE))
CREATING = of(Status.CREATING, created_at=NOW + MINUTE / 60)
DONE = "done: its run ended, or AWS's answer was lost, before that was written down"


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(Killed(), id="the run is killed"),
        pytest.param(BusyError("no answer"), id="AWS does not answer"),
    ],
)
@pytest.mark.parametrize("failed_before", [True, False], ids=["failed before", "first attempt"])
@pytest.mark.parametrize(
    ("given", "change", "endpoint", "ended", "usd"),
    [
        pytest.param(TO_DELETE, "delete", ABSENT, AWAKE_FOR, 29 / 3, id="a delete"),
        pytest.param(
            TO_WAKE, "create", CREATING, {"asleep": 50 * MINUTE}, 5.0, id="a creation"
        ),
    ],
)  # fmt: skip
def test_the_next_run_completes_the_entry_of_what_aws_has_done(
    given: Context,
    change: str,
    endpoint: Endpoint,
    ended: Any,
    usd: float,
    failed_before: bool,
    error: BaseException,
) -> None:
    here = made_up(Aws(given.endpoint, fails={change: error}))
    step = change.capitalize()
    if failed_before:
        here.table.save_entry("e", Entry(NOW - 10 * MINUTE, step, "", "failed: no", ok=False))
    with suppress(Killed, BusyError):
        reconcile(given, here.services)
    later = replace(
        context(ASLEEP, here.table.records[-1], endpoint),
        now=NOW + MINUTE,
        intent=here.table.intent,
    )
    for _ in range(2):
        catch_up(later, here.services)
    (entry,) = [entry for entry in here.table.entries if entry.ok]
    assert (entry.at, entry.step, entry.outcome) == (NOW, step, DONE)
    assert entry.ended == ended
    assert entry.kept_usd == pytest.approx(usd)
    assert here.aws.did.count("unmark") == 1


@pytest.mark.parametrize(
    ("step", "endpoint"),
    [
        pytest.param("Delete", of(Status.UPDATING), id="a delete that AWS did not take"),
        pytest.param("Create", ABSENT, id="a creation that AWS did not take"),
        pytest.param("Restore", of(Status.UPDATING), id="another step is simply taken again"),
    ],
)
@pytest.mark.parametrize(
    ("outcome", "after"),
    [
        pytest.param("begun", "failed: its run was interrupted", id="begun"),
        pytest.param("failed: no answer", "failed: no answer", id="failed"),
    ],
)
def test_a_step_that_was_not_done_is_not_left_begun(
    outcome: str, after: str, step: str, endpoint: Endpoint
) -> None:
    here = made_up(Aws(endpoint))
    intent = Intent(step, "wanted", NOW - MINUTE, {"awake": MINUTE})
    here.table.save_entry("e", Entry(intent.at, step, "wanted", outcome, ok=False))
    catch_up(replace(context(ASLEEP, Record(SAVED), endpoint), intent=intent), here.services)
    assert here.table.entries == [Entry(intent.at, step, "wanted", after, ok=False)]


def test_a_step_that_failed_before_has_no_other_begun_entry() -> None:
    here = made_up(Aws(TO_DELETE.endpoint, fails={"delete": Killed()}))
    failed = Entry(NOW - 10 * MINUTE, "Delete", "", "failed: no", ok=False)
    here.table.save_entry("e", failed)
    with suppress(Killed):
        reconcile(TO_DELETE, here.services)
    assert here.table.entries == [failed]


def test_a_delete_that_is_completed_keeps_its_entry() -> None:
    """Release 0.1.0 left the intent of a completed step in place."""
    here = made_up(Aws(ABSENT))
    completed = Entry(NOW - MINUTE, "Delete", "drained", "everything is saved")
    here.table.save_entry("e", completed)
    intent = Intent("Delete", "drained", NOW - MINUTE)
    catch_up(replace(context(ASLEEP, Record(SAVED), ABSENT), intent=intent), here.services)
    assert here.table.entries == [completed]


@pytest.mark.parametrize(
    ("given", "change"),
    [
        pytest.param(TO_DELETE, "delete", id="AWS may have taken a delete"),
        pytest.param(TO_DRAIN, "change_targets", id="a drain is begun again"),
    ],
)
def test_an_unforeseen_error_is_entered_as_what_it_is(given: Context, change: str) -> None:
    here = made_up(Aws(fails={change: TypeError("no mapping")}))
    with pytest.raises(TypeError):
        reconcile(given, here.services)
    (entry,) = here.table.entries
    assert (entry.outcome, entry.ok) == ("failed: TypeError: no mapping", False)
    assert here.table.intent is not None


def test_a_step_without_an_answer_has_failed_until_the_endpoint_shows_it() -> None:
    here = made_up(Aws(fails={"delete": BusyError("no answer")}))
    with suppress(BusyError):
        reconcile(TO_DELETE, here.services)
    (entry,) = here.table.entries
    assert (entry.outcome, entry.ok, entry.ended) == ("failed: no answer", False, {})
    assert here.table.intent is not None
    assert here.table.intent.ended == AWAKE_FOR
