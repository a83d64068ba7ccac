"""What is stored of a step before and after it, and what a failure or a killed run leaves."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lowtide.domain.errors import (
    AbsentError,
    AwsError,
    BusyError,
    DeniedError,
    LowtideError,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.lifecycle.stored_state import Sleep, Timestamps
from lowtide.domain.snapshot.suspension import SUSPENDED
from tests.unit.workflows.fakes import (
    ASLEEP,
    AWAKE,
    MINUTE,
    NOW,
    SAVED,
    TAGS,
    Aws,
    context,
    made_up,
)
from tests.unit.workflows.reconciler.states import (
    ABSENT,
    AWAKE_FOR,
    DRAINED,
    FAILED,
    SINCE,
    TO_CREATE,
    TO_DELETE,
    TO_DRAIN,
    TO_SAVE,
    reconcile,
)


@pytest.mark.parametrize(
    ("given", "did"),
    [
        pytest.param(
            TO_SAVE, ["intent", "begun", "snapshot", "entry", "record"],
            id="a snapshot: after the record says that a delete follows",
        ),
        pytest.param(
            TO_DRAIN,
            ["intent", "begun", "mark", ("change_targets", dict(SUSPENDED)), "entry", "record"],
            id="a drain: marked as suspended before it is",
        ),
        pytest.param(
            TO_DELETE, ["intent", "begun", "sleep", "delete", "entry", "record", "unmark"],
            id="a delete: after the record of a restore to come, and the sleep",
        ),
        pytest.param(
            TO_CREATE,
            [
                "intent", "begun", ("create", "in-use", TAGS, {}),
                "entry", "record", "no sleep", "unmark",
            ],
            id="a creation: after the record of a restore to come",
        ),
        pytest.param(
            context(AWAKE, Record(SAVED, restore_pending=True)),
            ["intent", "begun", "entry", "record"],
            id="a restore with nothing to put",
        ),
    ],
)  # fmt: skip
def test_what_is_stored_before_and_after_a_step(given: Context, did: list[Any]) -> None:
    here = made_up(Aws(given.endpoint))
    decided = reconcile(given, here.services)
    assert (decided.failed, here.aws.did) == (False, did)
    assert len(here.table.claims) == ("delete" in did)  # a place in the limit is for deletes


@pytest.mark.parametrize(
    ("given", "change", "error", "known"),
    [
        (TO_DELETE, "delete", BusyError("no answer"), False),
        (TO_DELETE, "delete", DeniedError("no"), True),
        (TO_CREATE, "create", BusyError("no answer"), False),
        (TO_CREATE, "create", DeniedError("no"), True),
        (TO_CREATE, "create", AwsError("ICE"), True),
    ],
)
def test_an_intent_is_over_only_where_aws_refused_the_step(
    given: Context, change: str, error: AwsError, known: bool
) -> None:
    here = made_up(Aws(given.endpoint, fails={change: error}))
    with suppress(AwsError):
        reconcile(given, here.services)
    assert (here.table.intent is None) == known


def test_a_failure_that_lasts_has_one_entry_and_another_failure_another() -> None:
    here = made_up(Aws(fails={"delete": AwsError("refused")}))
    for minute, error in enumerate(("refused", "refused", "down", "refused", "down")):
        here.aws.fails = {"delete": AwsError(error)}
        with suppress(AwsError):
            reconcile(replace(TO_DELETE, now=NOW + minute * MINUTE), here.services)
    assert [entry.outcome for entry in here.table.entries] == ["failed: refused", "failed: down"]


def test_a_delete_that_succeeds_after_failures_has_an_entry_of_its_own() -> None:
    here = made_up(Aws(fails={"delete": AwsError("refused")}))
    with suppress(AwsError):
        reconcile(TO_DELETE, here.services)
    here.aws.fails = {}
    reconcile(replace(TO_DELETE, now=NOW + MINUTE), here.services)
    assert [(e.at, e.outcome) for e in here.table.entries] == [
        (NOW, "failed: refused"), (NOW + MINUTE, "everything is saved"),
    ]  # fmt: skip


def test_a_blocked_step_has_one_entry_and_is_stored_until_it_is_not_blocked() -> None:
    here = made_up(Aws(missing=("model m",)))
    first = reconcile(TO_DELETE, here.services)
    reconcile(replace(TO_DELETE, blocked=first.reason), here.services)
    assert [(e.step, e.outcome, e.ok) for e in here.table.entries] == [("Refuse", "missing", False)]
    here.aws.missing = ()
    reconcile(replace(TO_DELETE, blocked=first.reason), here.services)
    assert here.table.blocked == [first.reason, ""]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(AwsError("no capacity"), FailureKind.CAPACITY, id="no instances"),
        pytest.param(AbsentError("gone"), FailureKind.MISSING, id="no configuration"),
        pytest.param(AwsError("ResourceLimitExceeded"), FailureKind.QUOTA_IN_USE, id="a quota"),
        pytest.param(AwsError("unheard of"), FailureKind.REFUSED, id="an unknown reason"),
        pytest.param(DeniedError("no"), FailureKind.REFUSED, id="the role may not"),
    ],
)
def test_a_creation_that_aws_refuses_at_once_has_failed_like_a_later_one(
    error: LowtideError, kind: FailureKind
) -> None:
    here = made_up(Aws(ABSENT, fails={"create": error}))
    with pytest.raises(type(error)):
        reconcile(TO_CREATE, here.services)
    failures = here.table.records[-1].failures
    assert failures is not None
    assert failures.newest == Failure(at=NOW, attempt_id=NOW, kind=kind, why=str(error))
    assert here.table.records[-1].restore_pending


def test_the_clean_up_of_a_failed_creation_is_no_sleep() -> None:
    creating = Record(SAVED, restore_pending=True, creating_since=SINCE)
    here = made_up(Aws(FAILED))
    reconcile(context(AWAKE, creating, FAILED), here.services)
    assert "delete" in here.aws.did
    assert here.table.sleeps == []
    known = here.table.records[0].failures
    assert isinstance(known, Failures)  # before it was deleted
    assert known.newest.kind == FailureKind.CAPACITY


def test_the_entry_of_a_creation_has_what_the_sleep_saved() -> None:
    here = made_up(Aws(ABSENT))
    slept = Sleep(NOW - 60 * MINUTE, {"ml.g6.2xlarge": 3})
    gone = Timestamps(absent=NOW - 50 * MINUTE)
    reconcile(replace(TO_CREATE, sleep=slept, timestamps=gone), here.services)
    (entry,) = here.table.entries
    assert entry.ended == {"asleep": 50 * MINUTE}
    assert (entry.kept_hours, entry.kept_usd) == ({"ml.g6.2xlarge": 2.5}, 5.0)


def test_the_entry_of_a_delete_has_what_being_awake_cost_at_least() -> None:
    """From when it was seen in service, one instance: its scalable target keeps so many."""
    here = made_up()
    reconcile(TO_DELETE, here.services)
    (entry,) = here.table.entries
    hours = AWAKE_FOR["awake"] / timedelta(hours=1)
    reason, outcome = "the window is closed; saved; drained", "everything is saved"
    assert (entry.at, entry.step, entry.ok) == (NOW, "Delete", True)
    assert (entry.reason, entry.outcome, entry.ended) == (reason, outcome, AWAKE_FOR)
    assert (entry.kept_hours, entry.kept_usd) == ({"ml.g6.2xlarge": hours}, 2.0 * hours)


def test_failures_are_reset_once_the_endpoint_is_not_desired_awake() -> None:
    failure = Failure(SINCE, SINCE, FailureKind.OTHER, "why")
    tried = Record(SAVED, creating_since=SINCE, failures=Failures(failure, 1, 1, ("in-use",), {}))
    here = made_up(Aws(ABSENT))
    reconcile(context(ASLEEP, tried, ABSENT), here.services)
    assert here.table.records[-1] == Record(SAVED)


def test_after_a_delete_that_aws_refuses_a_restore_is_pending_and_scaling_suspended() -> None:
    here = made_up(Aws(fails={"delete": AwsError("half done")}))
    with pytest.raises(AwsError, match="half done"):
        reconcile(TO_DELETE, here.services)
    pending = replace(DRAINED, restore_pending=True, deleting_since=NOW)
    assert (here.table.records, here.table.intent) == ([pending, pending], None)
    assert "unmark" not in here.aws.did
    assert [(e.step, e.outcome, e.ok) for e in here.table.entries] == [
        ("Delete", "failed: half done", False)
    ]
