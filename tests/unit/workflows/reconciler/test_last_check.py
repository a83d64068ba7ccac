"""The last check before a delete: what it reads and counts, and what is done instead."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.errors import DeniedError
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.actions import Blocked, Delete
from lowtide.domain.lifecycle.stored_state import Sleep, StoredState
from lowtide.domain.schedule.override import Pause
from lowtide.domain.snapshot.policy_reference import policy_reference
from lowtide.domain.snapshot.snapshot import Documents, Scaling
from lowtide.domain.snapshot.suspension import SUSPENDED
from lowtide.workflows.reconciler.last_check import claim_deletion
from tests.unit.workflows.fakes import (
    AWAKE,
    CREATED,
    MINUTE,
    NOW,
    SAVED,
    SCALING,
    TAGS,
    TARGET,
    Aws,
    context,
    made_up,
    of,
)
from tests.unit.workflows.reconciler.states import (
    DRAINED,
    FAILED,
    FREE,
    TO_DELETE,
    TO_SAVE,
    reconcile,
)


def test_a_request_that_comes_during_the_checks_undoes_a_begun_delete() -> None:
    here, before = made_up(), Sleep(CREATED, {})
    here.table.memories["e"] = StoredState(DRAINED, None, paused=Pause(NOW, "by hand", "ann"))
    decided = reconcile(replace(TO_DELETE, sleep=before), here.services)
    assert (decided.action, decided.failed) == ("Wait", False)
    assert here.aws.did == ["intent", "begun", "sleep", "entry", "record", "sleep"]
    assert (here.table.records[-1], here.table.sleeps[-1]) == (DRAINED, before)


def test_what_changed_since_it_was_saved_is_saved_and_the_delete_put_off() -> None:
    here = made_up(Aws(own_tags=TAGS | {"team": "mine"}))
    assert reconcile(TO_DELETE, here.services).action == "Wait"
    assert here.aws.did == ["snapshot", "entry"]
    assert here.table.snapshots[0].tags["team"] == "mine"
    assert here.table.claims == []
    assert [(e.step, e.outcome, e.ok) for e in here.table.entries] == [
        ("Delete", "put off: it changed after it was saved: it is saved anew", False)
    ]


class Counting(Aws):
    """Counts how often its scaling is read."""

    reads = 0

    def read(self, *arguments: Any) -> Scaling:
        self.reads += 1
        return super().read(*arguments)


def test_a_snapshot_is_read_once_for_the_last_checks_and_to_be_saved() -> None:
    here = made_up(aws := Counting())
    reconcile(TO_SAVE, here.services)
    assert len(here.table.snapshots) == aws.reads == 1


class Unreadable(Aws):
    def read(self, *_: Any) -> Scaling:
        raise DeniedError("not authorized")


def test_a_delete_whose_scaling_cannot_be_read_has_failed() -> None:
    here = made_up(Unreadable())
    with pytest.raises(DeniedError):
        reconcile(TO_DELETE, here.services)
    reason, outcome = "the window is closed; saved; drained", "failed: not authorized"
    assert here.table.entries == [Entry(NOW, "Delete", reason, outcome, ok=False)]
    assert here.aws.did == ["entry"]


def test_an_endpoint_that_changes_while_it_is_read_is_neither_saved_nor_deleted() -> None:
    here = made_up(Aws(of(Status.DELETING)))
    decided = reconcile(TO_DELETE, here.services)
    assert decided.action == "Wait"
    assert decided.reason == "it changed while it was read: it is Deleting"
    assert here.aws.did == ["entry"]


def test_beyond_the_limit_a_delete_is_blocked() -> None:
    here = made_up(free=False)
    decided = reconcile(TO_DELETE, here.services)
    assert (decided.action, decided.blocker_codes) == ("Refuse", ("too-many-deletions",))
    assert here.aws.did == ["entry"]
    assert (here.table.claims, here.table.blocked) == ([5], [decided.reason])


def test_a_failed_endpoint_does_not_count_for_the_limit() -> None:
    here = made_up(free=False)
    delete = Delete("it failed")
    assert claim_deletion(delete, context(AWAKE, DRAINED, FAILED), here.services) == delete
    assert here.table.claims == []


@pytest.mark.parametrize(
    ("deleting_since", "claimed_before", "stands_back"),
    [
        pytest.param(NOW, 5, True, id="after a minute that was full, others come first"),
        pytest.param(NOW, 4, False, id="after a minute with room it is tried again"),
        pytest.param(None, 5, False, id="its first delete stands back for none"),
    ],
)
def test_a_delete_that_was_tried_in_vain_stands_back_for_a_minute(
    deleting_since: datetime | None, claimed_before: int, *, stands_back: bool
) -> None:
    here = made_up()
    here.table.claimed_before = claimed_before
    record = replace(DRAINED, deleting_since=deleting_since)
    action = claim_deletion(Delete("why"), replace(TO_DELETE, record=record), here.services)
    assert isinstance(action, Blocked) is stands_back
    assert here.table.claims == ([] if stands_back else [5])


@pytest.mark.parametrize(
    ("alarm_names", "decided"),
    [
        pytest.param("prod-*", "Refuse", id="the role could not put it back"),
        pytest.param("page-*", "Delete", id="the pattern names it"),
    ],
)
def test_an_alarm_that_the_pattern_does_not_name_keeps_its_endpoint(
    alarm_names: str, decided: str
) -> None:
    own = policy_reference("endpoint/e/variant/v", "jump")
    scaling = replace(SCALING, alarms=({"AlarmName": "page-me", "AlarmActions": [own]},))
    here = made_up(Aws(scaling=scaling))
    saved = replace(DRAINED, snapshot=replace(SAVED, scaling=scaling))
    services = replace(here.services, alarm_names=alarm_names)
    found = reconcile(replace(TO_DELETE, record=saved), services)
    assert found.action == decided
    assert ("delete" in here.aws.did) == (decided == "Delete")
    assert ("AlarmNamePattern" in found.reason) == (decided == "Refuse")


@pytest.mark.parametrize(
    ("foreign", "decided", "code"),
    [
        pytest.param((), "EndDrain", (), id="its scaling is resumed"),
        pytest.param(
            ({**TARGET, "ResourceId": "endpoint/other/variant/v"},),
            "Refuse",
            ("foreign-snapshot",),
            id="its scaling is left alone where its snapshot names things of others",
        ),
    ],
)
def test_past_its_deadline_an_endpoint_that_could_not_be_restored_serves_on(
    foreign: Documents, decided: str, code: tuple[str, ...]
) -> None:
    suspended = {**TARGET, "SuspendedState": dict(SUSPENDED)}
    alarm = {
        "AlarmName": "page-me",
        "AlarmActions": [policy_reference("endpoint/e/variant/v", "jump")],
    }
    scaling = replace(SCALING, targets=(suspended,), alarms=(alarm,))
    here = made_up(Aws(scaling=scaling))
    saved = replace(SAVED, scaling=replace(SCALING, targets=(TARGET, *foreign), alarms=(alarm,)))
    began = NOW - 61 * MINUTE
    record = replace(DRAINED, snapshot=saved, ending_since=began, draining_since=began)
    services = replace(here.services, alarm_names="prod-*")
    found = reconcile(replace(TO_DELETE, record=record), services)
    assert (found.action, found.blocker_codes) == (decided, code)
    assert ("change_targets", FREE) in here.aws.did or decided == "Refuse"
    assert "delete" not in here.aws.did
