"""Which step a run of the reconciler takes, and what it answers."""

from dataclasses import replace
from typing import Any

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status
from lowtide.domain.errors import (
    AwsError,
    BusyError,
)
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.snapshot.suspension import SUSPENDED
from lowtide.workflows.decision import Decision
from lowtide.workflows.reconciler.reconcile import reconcile, reconcile_named
from tests.unit.workflows.fakes import (
    AWAKE,
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
from tests.unit.workflows.reconciler.states import (
    ABSENT,
    DRAINED,
    FREE,
    SINCE,
    TO_CREATE,
    TO_DELETE,
)


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


def test_while_aws_is_busy_it_waits_and_that_is_no_failure() -> None:
    here = made_up(Aws(fails={"delete": BusyError("throttled")}))
    decided = reconcile(TO_DELETE, here.services)
    assert (decided.action, decided.reason, decided.failed) == (
        "Wait", "AWS is busy: throttled", False,
    )  # fmt: skip


AWAKE_FOR = {"awake": 60 * MINUTE}


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


def test_an_error_that_nobody_foresaw_is_a_failed_step_that_is_decided_again() -> None:
    """Raised, the message would hide for minutes, and the endpoint's others behind it."""

    class Unforeseen(Aws):
        def observe(self, _: str) -> Endpoint:
            raise KeyError("ResourceId")

    decided = asked(made_up(Unforeseen()), context(AWAKE, Record()).managed)
    assert (decided.action, decided.failed) == ("Failed", True)
    assert decided.reason == "KeyError: 'ResourceId'"
