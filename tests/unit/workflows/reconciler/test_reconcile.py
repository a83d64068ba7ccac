"""A step of the reconciler: what is written down before and after it, and what a failure leaves."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.errors import (
    AbsentError,
    AwsError,
    BusyError,
    CapacityError,
    DeniedError,
    LowtideError,
    QuotaError,
)
from lowtide.domain.history.entry import BEGUN, Entry
from lowtide.domain.lifecycle.actions import Delete
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, Failures, Kind
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, StoredState, Timestamps
from lowtide.domain.schedule.override import Pause
from lowtide.domain.snapshot.snapshot import Scaling
from lowtide.domain.snapshot.suspension import SUSPENDED
from lowtide.workflows.decision import Decision
from lowtide.workflows.reconciler.deletion import within_limit
from lowtide.workflows.reconciler.reconcile import reconcile, reconcile_named, reconcile_or_wait
from tests.unit.workflows.fakes import (
    ASLEEP,
    AWAKE,
    CREATED,
    IN_SERVICE,
    MINUTE,
    NOW,
    SAVED,
    STACK,
    TAGS,
    Aws,
    MadeUp,
    context,
    made_up,
    of,
)

SINCE = NOW - 5 * MINUTE
DRAINED = Record(
    SAVED, ending_since=SINCE, draining_since=SINCE, suspended=True, verified_created_at=CREATED
)
FREE = dict.fromkeys(SUSPENDED, False)
ABSENT = of(Status.ABSENT, arn="", config_name="", created_at=None, variants=())
FAILED = of(Status.FAILED, failure="InsufficientInstanceCapacity", modified_at=NOW - 6 * MINUTE)
TO_SAVE = context(ASLEEP, Record(SAVED, verified_created_at=CREATED))
TO_HOLD = context(ASLEEP, replace(DRAINED, draining_since=None, suspended=False))
SERVED = Timestamps(in_service=CREATED + 10 * MINUTE)
TO_DELETE = replace(context(ASLEEP, DRAINED), timestamps=SERVED)
TO_CREATE = context(AWAKE, Record(SAVED), ABSENT)


@pytest.mark.parametrize(
    ("given", "did"),
    [
        pytest.param(
            TO_SAVE, ["intent", "begun", "snapshot", "entry", "record"],
            id="that the steps towards its delete begin, first",
        ),
        pytest.param(
            TO_HOLD,
            ["intent", "mark", "begun", ("change_targets", dict(SUSPENDED)), "entry", "record"],
            id="the drain, and by name that scaling may be suspended, before it is",
        ),
        pytest.param(
            TO_DELETE, ["intent", "sleep", "begun", "delete", "entry", "record", "unmark"],
            id="that a restore will be due, and the sleep, before the delete",
        ),
        pytest.param(
            TO_CREATE,
            [
                "intent", "begun", ("create", "in-use", TAGS, {}),
                "entry", "record", "no sleep", "unmark",
            ],
            id="that a restore will be due, before the creation",
        ),
        pytest.param(
            context(AWAKE, Record(SAVED, restore_pending=True)),
            ["intent", "begun", "entry", "record"],
            id="a restore with nothing to put back changes nothing",
        ),
    ],
)  # fmt: skip
def test_what_is_written_down_before_and_after(given: Context, did: list[Any]) -> None:
    here = made_up(Aws(given.endpoint))
    decided = reconcile(given, here.services)
    assert (decided.failed, here.aws.did) == (False, did)
    assert len(here.table.claims) == ("delete" in did)  # a place in the limit is for deletes


def test_a_drain_that_ends_is_resumed_before_its_record_is_gone() -> None:
    held = Aws(scaling=replace(SAVED.scaling, targets=(_held(),)))
    here = made_up(held)
    reconcile(context(AWAKE, DRAINED), here.services)
    resumed = ("change_targets", FREE)
    assert held.did == ["intent", "begun", resumed, "entry", "record", "no sleep", "unmark"]
    assert here.table.records[0].draining_since == SINCE
    assert here.table.records[-1].draining_since is None


def _held() -> dict[str, Any]:
    return {**SAVED.scaling.targets[0], "SuspendedState": dict(SUSPENDED)}


def test_a_delete_that_aws_refuses_leaves_a_restore_to_be_done_and_the_endpoint_held() -> None:
    here = made_up(Aws(fails={"delete": AwsError("half done")}))
    with pytest.raises(AwsError, match="half done"):
        reconcile(TO_DELETE, here.services)
    pending = replace(DRAINED, restore_pending=True, deleting_since=NOW)
    assert (here.table.records, here.table.intent) == ([pending, pending], None)
    assert "unmark" not in here.aws.did
    assert [(e.step, e.outcome, e.ok) for e in here.table.entries] == [
        ("Delete", "failed: half done", False)
    ]


def test_a_delete_that_somebody_asks_against_meanwhile_is_as_if_it_had_never_begun() -> None:
    here, before = made_up(), Sleep(CREATED, {})
    here.table.memories["e"] = StoredState(DRAINED, None, paused=Pause(NOW, "by hand", "ann"))
    decided = reconcile_or_wait(replace(TO_DELETE, sleep=before), here.services)
    assert (decided.action, decided.failed) == ("Wait", False)
    assert here.aws.did == ["intent", "sleep", "begun", "entry", "record", "sleep"]
    assert (here.table.records[-1], here.table.sleeps[-1]) == (DRAINED, before)


def test_while_aws_is_busy_it_waits_and_that_is_no_failure() -> None:
    here = made_up(Aws(fails={"delete": BusyError("throttled")}))
    decided = reconcile_or_wait(TO_DELETE, here.services)
    assert (decided.action, decided.reason, decided.failed) == (
        "Wait", "AWS is busy: throttled", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "change", "error", "known"),
    [
        (TO_DELETE, "delete", BusyError("no answer"), False),
        (TO_DELETE, "delete", DeniedError("no"), True),
        (TO_CREATE, "create", BusyError("no answer"), False),
        (TO_CREATE, "create", DeniedError("no"), True),
        (TO_CREATE, "create", CapacityError("ICE"), True),
    ],
)
def test_an_intent_is_over_only_where_aws_refused_the_step(
    given: Context, change: str, error: AwsError, known: bool
) -> None:
    here = made_up(Aws(given.endpoint, fails={change: error}))
    with suppress(AwsError):
        reconcile(given, here.services)
    assert (here.table.intent is None) == known


BEGAN = NOW - 3 * MINUTE
AWAKE_FOR = {"awake": 60 * MINUTE}
BEGUN_DELETE = Entry(BEGAN, "Delete", "drained", BEGUN, ok=False, ended=AWAKE_FOR, kept_usd=6.0)
BEGUN_CREATE = Entry(BEGAN, "Create", "wanted", BEGUN, ok=False)
CREATED_THEN = of(Status.CREATING, created_at=BEGAN + MINUTE / 60)
DONE = "done: its run ended, or AWS's answer was lost, before that was written down"


@pytest.mark.parametrize(
    ("begun", "endpoint", "outcome", "after"),
    [
        pytest.param(
            BEGUN_DELETE, ABSENT, DONE, ["entry", "unmark"], id="a delete that was done",
        ),
        pytest.param(
            BEGUN_CREATE, CREATED_THEN, DONE, ["entry", "no sleep", "unmark"],
            id="a creation that was done",
        ),
        pytest.param(
            BEGUN_DELETE, of(Status.UPDATING), "failed: its run was interrupted", ["entry"],
            id="a delete that was not done",
        ),
        pytest.param(
            replace(BEGUN_DELETE, outcome="begun: throttled"), of(Status.UPDATING),
            "failed: throttled", ["entry"], id="a delete that AWS did not take",
        ),
        pytest.param(
            replace(BEGUN_DELETE, step="Restore"), of(Status.UPDATING), BEGUN, [],
            id="another step is simply taken again",
        ),
        pytest.param(
            replace(BEGUN_DELETE, outcome="everything is saved", ok=True), ABSENT,
            "everything is saved", [], id="one that is completed, as release 0.1.0 left them",
        ),
    ],
)  # fmt: skip
def test_an_entry_that_a_run_left_begun_is_completed_by_the_next(
    begun: Entry, endpoint: Endpoint, outcome: str, after: list[str]
) -> None:
    here = made_up(Aws(endpoint))
    here.table.saved[BEGAN, begun.step] = begun
    intent = Intent(begun.step, begun.reason, BEGAN)
    given = replace(context(ASLEEP, Record(SAVED, restore_pending=True), endpoint), intent=intent)
    reconcile(given, here.services)
    reconcile(given, here.services)
    (entry,) = here.table.entries
    assert here.aws.did == after
    assert (entry.at, entry.outcome, entry.ok) == (BEGAN, outcome, outcome not in BEGUN_OR_FAILED)
    assert entry.ended == ({} if outcome.startswith("failed") else begun.ended)


BEGUN_OR_FAILED = (BEGUN, "failed: its run was interrupted", "failed: throttled")


@pytest.mark.parametrize(("endpoint", "entries"), [(ABSENT, 1), (of(Status.UPDATING), 0)])
def test_a_delete_of_release_0_1_0_that_has_no_entry_gets_one_where_it_was_done(
    endpoint: Endpoint, entries: int
) -> None:
    here = made_up(Aws(endpoint))
    intent = Intent("Delete", "drained", BEGAN)
    given = replace(context(ASLEEP, Record(SAVED, restore_pending=True), endpoint), intent=intent)
    reconcile(given, here.services)
    found = [(entry.at, entry.step, entry.reason, entry.ok) for entry in here.table.entries]
    assert found == [(BEGAN, "Delete", "drained", True)][:entries]


def test_a_failure_that_lasts_has_one_entry_and_another_failure_its_own() -> None:
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


def test_a_delete_that_aws_does_not_answer_stays_begun_with_its_figures() -> None:
    here = made_up(Aws(fails={"delete": BusyError("no answer")}))
    reconcile_or_wait(TO_DELETE, here.services)
    (entry,) = here.table.entries
    assert (entry.outcome, entry.ok, entry.is_open) == ("begun: no answer", False, True)
    assert set(entry.ended) == {"awake", "drain"}


def test_what_changed_since_it_was_saved_is_saved_and_not_deleted_in_that_minute() -> None:
    here = made_up(Aws(own_tags=TAGS | {"team": "mine"}))
    decided = reconcile_or_wait(TO_DELETE, here.services)
    assert decided.action == "Wait"
    assert here.aws.did == ["snapshot", "entry"]
    assert here.table.snapshots[0].tags["team"] == "mine"
    assert here.table.claims == []
    assert [(e.step, e.outcome, e.ok) for e in here.table.entries] == [
        ("Delete", "put off: it changed after it was saved: it is saved anew", False)
    ]


class Unreadable(Aws):
    """Its scaling cannot be read."""

    def read(self, *_: Any) -> Scaling:
        raise DeniedError("no policies for you")


def test_a_delete_that_cannot_read_once_more_what_it_would_lose_says_so() -> None:
    here = made_up(Unreadable())
    with pytest.raises(DeniedError):
        reconcile(TO_DELETE, here.services)
    assert here.aws.did == ["entry"]
    assert here.table.entries == [
        Entry(
            NOW,
            "Delete",
            "the window is closed; saved; drained",
            "failed: no policies for you",
            ok=False,
        )
    ]


def test_what_vanishes_while_it_is_looked_at_is_neither_saved_nor_deleted() -> None:
    here = made_up(Aws(of(Status.DELETING)))
    decided = reconcile_or_wait(TO_DELETE, here.services)
    assert (decided.action, decided.reason) == (
        "Wait", "it changed while it was read: it is Deleting",
    )  # fmt: skip
    assert here.table.snapshots == []
    assert "delete" not in here.aws.did


def test_beyond_the_limit_nothing_is_deleted_and_the_refusal_is_told() -> None:
    here = made_up(free=False)
    decided = reconcile(TO_DELETE, here.services)
    assert (decided.action, decided.blocker_codes) == ("Refuse", ("too-many-deletions",))
    assert here.aws.did == ["entry"]
    assert (here.table.claims, here.table.blocked) == ([5], [decided.reason])


def test_one_that_failed_takes_no_place_and_needs_none() -> None:
    here = made_up(free=False)
    delete = Delete("it failed")
    assert within_limit(delete, context(AWAKE, DRAINED, FAILED), here.services) == delete
    assert here.table.claims == []


def test_a_refusal_is_told_once_while_it_lasts_and_when_it_is_over() -> None:
    here = made_up(Aws(missing=("model m",)))
    first = reconcile(TO_DELETE, here.services)
    reconcile(replace(TO_DELETE, blocked=first.reason), here.services)
    assert [(e.step, e.outcome, e.ok) for e in here.table.entries] == [
        ("Refuse", "missing", False)
    ]
    here.aws.missing = ()
    reconcile(replace(TO_DELETE, blocked=first.reason), here.services)
    assert here.table.blocked == [first.reason, ""]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(CapacityError("ICE"), Kind.CAPACITY, id="no instances"),
        pytest.param(AbsentError("gone"), Kind.MISSING, id="no configuration"),
        pytest.param(QuotaError("0"), Kind.QUOTA, id="a quota"),
    ],
)
def test_a_creation_that_aws_refuses_at_once_has_failed_like_a_later_one(
    error: LowtideError, kind: Kind
) -> None:
    here = made_up(Aws(ABSENT, fails={"create": error}))
    with pytest.raises(type(error)):
        reconcile(TO_CREATE, here.services)
    failures = here.table.records[-1].failures
    assert failures is not None
    assert failures.newest == Failure(at=NOW, attempt_id=NOW, kind=kind, why=str(error))
    assert here.table.records[-1].restore_pending


def test_a_creation_that_the_role_may_not_make_is_no_failed_creation() -> None:
    """It would be tried from the next configuration, which changes nothing about the role."""
    here = made_up(Aws(ABSENT, fails={"create": DeniedError("no")}))
    with pytest.raises(DeniedError):
        reconcile(TO_CREATE, here.services)
    assert here.table.records[-1].failures is None


def test_an_endpoint_that_was_never_saved_is_created_with_this_stacks_tag() -> None:
    given = context(AWAKE, Record(), ABSENT)
    pinned = replace(given, managed=replace(given.managed, config_name="pinned"))
    here = made_up(Aws(ABSENT))
    reconcile(pinned, here.services)
    assert ("create", "pinned", {"lowtide:stack": STACK}, {}) in here.aws.did


def test_an_endpoint_that_was_another_stacks_is_created_as_this_ones() -> None:
    before = replace(SAVED, tags=TAGS | {"lowtide:stack": "lowtide-old"})
    here = made_up(Aws(ABSENT))
    reconcile(context(AWAKE, Record(before), ABSENT), here.services)
    assert ("create", "in-use", TAGS, {}) in here.aws.did


def test_the_clean_up_of_a_failed_creation_is_no_sleep() -> None:
    creating = Record(SAVED, restore_pending=True, creating_since=SINCE)
    here = made_up(Aws(FAILED))
    reconcile(context(AWAKE, creating, FAILED), here.services)
    assert "delete" in here.aws.did
    assert here.table.sleeps == []
    known = here.table.records[0].failures
    assert isinstance(known, Failures)  # before it was deleted
    assert known.newest.kind == Kind.CAPACITY


class Picky(Aws):
    """Takes a creation, but not all of it."""

    def create(self, *_: Any) -> str:
        return "without its deployment configuration"


def test_what_a_creation_left_out_is_told() -> None:
    picky, usual = made_up(Picky(ABSENT)), made_up(Aws(ABSENT))
    for here in (picky, usual):
        reconcile(TO_CREATE, here.services)
    assert [here.table.entries[0].outcome for here in (picky, usual)] == [
        "from in-use, with 2 tags, without its deployment configuration",
        "from in-use, with 2 tags",
    ]


def test_the_history_tells_what_was_done_and_why() -> None:
    here = made_up()
    reconcile(TO_DELETE, here.services)
    (entry,) = here.table.entries
    assert (entry.at, entry.step, entry.ok) == (NOW, "Delete", True)
    assert (entry.reason, entry.outcome) == (
        "the window is closed; saved; drained", "everything is saved",
    )  # fmt: skip
    assert entry.ended == {"awake": NOW - CREATED - 10 * MINUTE, "drain": 5 * MINUTE}


def test_the_history_tells_what_a_sleep_saved() -> None:
    here = made_up(Aws(ABSENT))
    slept = Sleep(NOW - 60 * MINUTE, {"ml.g6.2xlarge": 3})
    gone = Timestamps(absent=NOW - 50 * MINUTE)
    reconcile(replace(TO_CREATE, sleep=slept, timestamps=gone), here.services)
    (entry,) = here.table.entries
    assert entry.ended == {"asleep": 50 * MINUTE}
    assert (entry.kept_hours, entry.kept_usd) == ({"ml.g6.2xlarge": 2.5}, 5.0)


def test_the_history_tells_what_being_awake_cost_at_least() -> None:
    """From when it was seen in service, one instance, which its scalable target keeps."""
    here = made_up()
    reconcile(TO_DELETE, here.services)
    (entry,) = here.table.entries
    hours = (NOW - CREATED - 10 * MINUTE) / timedelta(hours=1)
    assert (entry.kept_hours, entry.kept_usd) == ({"ml.g6.2xlarge": hours}, 2.0 * hours)


def unlisted(record: Record, endpoint: Endpoint = IN_SERVICE) -> MadeUp:
    here = made_up(Aws(endpoint, scaling=replace(SAVED.scaling, targets=(_held(),))))
    here.table.memories["e"] = StoredState(record, None)
    return here


def asked(here: MadeUp, *listed: ManagedEndpoint) -> Decision:
    return reconcile_named({"endpoint": "e"}, listed, here.services, NOW)


def test_one_that_left_the_file_while_it_drained_is_released_and_known_until_that_is_proven() -> (
    None
):
    here = unlisted(DRAINED)
    assert asked(here).action == "EndDrain"
    assert ("change_targets", FREE) in here.aws.did
    refused = unlisted(DRAINED)
    refused.aws.refuses = ("v: no",)
    assert asked(refused).failed
    assert "unmark" not in refused.aws.did


def test_while_aws_is_at_work_on_one_that_left_the_file_its_hold_is_not_forgotten() -> None:
    here = unlisted(DRAINED, of(Status.UPDATING))
    assert asked(here).action == "Paused"
    assert here.aws.did == []


def test_one_that_left_the_file_and_is_not_held_is_forgotten() -> None:
    here = unlisted(Record(SAVED))
    assert asked(here).action == "Paused"
    assert here.aws.did == ["unmark"]


def test_a_step_that_failed_is_said_to_have() -> None:
    """It is decided anew a minute later: the message is done with."""
    here = made_up()
    here.table.unreadable = AwsError("Query: nobody may")
    managed = [replace(TO_DELETE.managed, name=name) for name in ("other", "e")]
    decided = asked(here, *managed)
    assert (decided.endpoint, decided.action, decided.failed) == ("e", "Failed", True)
    assert decided.reason == "Query: nobody may"


def test_what_failed_is_forgotten_when_it_is_not_wanted_any_more() -> None:
    failure = Failure(SINCE, SINCE, Kind.OTHER, "why")
    tried = Record(SAVED, creating_since=SINCE, failures=Failures(failure, 1, 1, 0, ("in-use",)))
    here = made_up(Aws(ABSENT))
    reconcile(context(ASLEEP, tried, ABSENT), here.services)
    assert here.table.records[-1] == Record(SAVED)
