"""What a step changes in the record before it is taken, and once it is verified."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.lifecycle.actions import (
    ApplyScaling,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    ResetRetries,
    Restore,
    Step,
    TakeSnapshot,
)
from lowtide.domain.lifecycle.record import Record, complete, intend
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CREATED_AT = NOW - 300 * MINUTE
BEFORE = NOW - 5 * MINUTE
FRESH = Record()
SAVED = Record(Snapshot(NOW - 600 * MINUTE, "in-use", {}, Scaling()))
FAILED = Failures(
    Failure(NOW - MINUTE, CREATED_AT, FailureKind.OTHER, "why"), 1, 1, ("in-use",), {}
)
PENDING = replace(SAVED, restore_pending=True)
CREATING = replace(PENDING, creating_since=BEFORE)
TRIED = replace(CREATING, failures=FAILED)
ENDING = replace(SAVED, ending_since=BEFORE)
DRAINING = replace(ENDING, draining_since=BEFORE, suspended=True)
DELETED = replace(DRAINING, restore_pending=True, ending_since=None)
APPLIED = AppliedScaling("before", CREATED_AT, (1, 4), "one is left out", ("v",))
LAST_NIGHTS = AppliedScaling("asked", BEFORE, (1, 4))

NOTHING: dict[str, Any] = {}
BEGUN = {"restore_pending": True, "creating_since": NOW}
TRYING = {"restoring_since": NOW, "restored_last": True}
VERIFIED = {
    "restore_pending": False, "restoring_since": None, "restored_last": False,
    "verified_created_at": CREATED_AT, "creating_since": None, "failures": None,
}  # fmt: skip
NOT_DRAINING = {
    "ending_since": None, "draining_since": None, "suspended": False, "deleting_since": None,
}  # fmt: skip
DELETING = {"restore_pending": True, "deleting_since": NOW}
ACCEPTED = {"ending_since": None, "deleting_since": None, "restoring_since": None}
CREATE = Create("", "c")

STEPS = {  # the record, the step, what it changes before it is taken, and once it is verified
    "a creation leaves the restore pending, also where it crashes": (SAVED, CREATE, BEGUN, NOTHING),
    "a creation of what was never saved is to be verified as well": (FRESH, CREATE, BEGUN, NOTHING),
    "a creation stores the start of the window that it is early for": (
        SAVED, Create("", "c", None, NOW + 9 * MINUTE),
        BEGUN | {"created_for": NOW + 9 * MINUTE}, NOTHING,
    ),
    "another try belongs to the creation that the first began": (
        TRIED, Create("", "c", FAILED), NOTHING, NOTHING,
    ),
    "a creation that a person asked for begins anew": (
        TRIED, CREATE, {"creating_since": NOW, "failures": None}, NOTHING,
    ),
    "the drain of an endpoint that was deleted by hand is over": (
        DRAINING, CREATE, BEGUN | NOT_DRAINING, NOTHING,
    ),
    "the suspension of a deleted endpoint is over once another is created": (
        DELETED, CREATE, BEGUN | NOT_DRAINING, NOTHING,
    ),
    "a creation begins the time of its restore anew": (
        replace(PENDING, restoring_since=BEFORE), CREATE, BEGUN | {"restoring_since": None},
        NOTHING,
    ),
    "a restore is pending until it is verified, and the creation's time is stored then": (
        CREATING, Restore("", 9 * MINUTE), TRYING, VERIFIED | {"creations": (9 * MINUTE,)},
    ),
    "a creation of unknown length is not stored": (TRIED, Restore("", None), TRYING, VERIFIED),
    "the last twenty creations are kept": (
        replace(CREATING, creations=(MINUTE,) * 20), Restore("", 9 * MINUTE), TRYING,
        VERIFIED | {"creations": (*(MINUTE,) * 19, 9 * MINUTE)},
    ),
    "a restore that is tried again has lasted since the first try": (
        replace(CREATING, restoring_since=BEFORE), Restore(""), {"restored_last": True}, VERIFIED,
    ),
    "the file's scaling that was applied before the restore is verified again": (
        replace(CREATING, applied=APPLIED), Restore(""), TRYING,
        VERIFIED | {"applied": AppliedScaling(range=(1, 4), variants=("v",))},
    ),
    "the file's scaling of last night's endpoint is known to be another's": (
        replace(CREATING, applied=LAST_NIGHTS), Restore(""), TRYING, VERIFIED,
    ),
    "the steps towards a delete begin with a snapshot": (
        SAVED, TakeSnapshot(""), {"ending_since": NOW}, NOTHING,
    ),
    "the first snapshot of all has the endpoint complete": (
        FRESH, TakeSnapshot(""), {"ending_since": NOW, "verified_created_at": CREATED_AT}, NOTHING,
    ),
    "a drain begins before scaling is suspended": (
        ENDING, BeginDrain(""), {"draining_since": NOW}, {"suspended": True},
    ),
    "suspending again does not begin the drain again": (
        replace(DRAINING, suspended=False), BeginDrain("", BEFORE), NOTHING, {"suspended": True},
    ),
    "a drain that begins anew suspends anew": (
        DRAINING, BeginDrain(""), {"draining_since": NOW, "suspended": False}, {"suspended": True},
    ),
    "a creation that succeeded too late to be wanted is over": (
        replace(ENDING, creating_since=BEFORE), BeginDrain(""),
        {"draining_since": NOW, "creating_since": None}, {"suspended": True},
    ),
    "a drain ends when scaling is resumed, not before": (
        replace(DRAINING, deleting_since=BEFORE), EndDrain(""), NOTHING, NOT_DRAINING,
    ),
    "a delete is followed by a restore, and suspension lasts while the endpoint does": (
        replace(DRAINING, restoring_since=BEFORE), Delete(""), DELETING, ACCEPTED,
    ),
    "a delete ends a creation that did not fail": (
        replace(DRAINING, creating_since=BEFORE), Delete(""), DELETING | {"creating_since": None},
        ACCEPTED,
    ),
    "a delete that is tried again began with the first try": (
        replace(DRAINING, deleting_since=BEFORE), Delete(""), {"restore_pending": True}, ACCEPTED,
    ),
    "the failure is stored before the failed endpoint is deleted": (
        CREATING, Delete("", FAILED), DELETING | {"failures": FAILED}, ACCEPTED,
    ),
    "the next creation begins anew": (
        TRIED, ResetRetries(""), NOTHING, {"creating_since": None, "failures": None},
    ),
    "the file's scaling may be there before it is verified": (
        SAVED, ApplyScaling("", "asked", (1, 4), ("v",)), {"applied": AppliedScaling()},
        {"applied": AppliedScaling("asked", CREATED_AT, (1, 4), variants=("v",))},
    ),
    "the file's scaling has had its turn, and the restore is as pending as before": (
        replace(PENDING, restoring_since=BEFORE, restored_last=True), ApplyScaling("", "asked"),
        {"restored_last": False, "applied": AppliedScaling()},
        {"applied": AppliedScaling("asked", CREATED_AT)},
    ),
    "a range that was applied stays known while the rest is applied again": (
        replace(SAVED, applied=APPLIED), ApplyScaling("", "asked", (1, 4), ("w",)),
        {"applied": AppliedScaling(range=(1, 4), variants=("v",))},
        {"applied": AppliedScaling("asked", CREATED_AT, (1, 4), variants=("w", "v"))},
    ),
    "what the file no longer asks for is forgotten once it is removed": (
        replace(SAVED, applied=LAST_NIGHTS), ApplyScaling("", ""),
        {"applied": AppliedScaling(range=(1, 4))}, {"applied": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "step", "first", "then"), STEPS.values(), ids=STEPS)
def test_what_a_step_changes(
    before: Record, step: Step, first: dict[str, Any], then: dict[str, Any]
) -> None:
    intended = intend(before, step, CREATED_AT, NOW)
    assert intended == replace(before, **first)
    assert complete(intended, step, CREATED_AT) == replace(intended, **then)
