"""What is remembered before a step, and once it is proven done."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
CREATING = replace(SAVED, restore_pending=True, creating_since=NOW)
TRIED = replace(SAVED, restore_pending=True, creating_since=BEFORE, failures=FAILED)
VERIFIED = replace(SAVED, verified_created_at=CREATED_AT)
ENDING = replace(SAVED, ending_since=BEFORE)
UNSUSPENDED = replace(ENDING, draining_since=NOW)
ON_THIS_ONE = AppliedScaling("asked", CREATED_AT, (1, 4), "left out", ("v",))
DRAINING = replace(ENDING, draining_since=BEFORE, suspended=True)
DELETED = replace(DRAINING, restore_pending=True, ending_since=None)


@pytest.mark.parametrize(
    ("before", "step", "while_acting", "after"),
    [
        pytest.param(
            SAVED, Create("", "c"), CREATING, CREATING,
            id="a creation leaves the restore to be done, even if it crashes",
        ),
        pytest.param(
            FRESH, Create("", "c"),
            replace(FRESH, restore_pending=True, creating_since=NOW),
            replace(FRESH, restore_pending=True, creating_since=NOW),
            id="a creation of what was never saved is to be proven as well",
        ),
        pytest.param(
            SAVED, Create("", "c", None, NOW + 9 * MINUTE),
            replace(CREATING, created_for=NOW + 9 * MINUTE),
            replace(CREATING, created_for=NOW + 9 * MINUTE),
            id="a creation knows the start that it is early for",
        ),
        pytest.param(
            TRIED, Create("", "c", FAILED), TRIED, TRIED,
            id="another try belongs to the creation that the first began",
        ),
        pytest.param(
            TRIED, Create("", "c"), CREATING, CREATING,
            id="a creation that somebody asked for anew begins anew",
        ),
        pytest.param(
            DRAINING, Create("", "c"), CREATING, CREATING,
            id="the end of an endpoint deleted by hand is over",
        ),
        pytest.param(
            CREATING, Restore("", 9 * MINUTE),
            replace(CREATING, restoring_since=NOW, restored_last=True),
            replace(VERIFIED, creations=(9 * MINUTE,)),
            id="a restore is pending until it is proven, and the creation learned then",
        ),
        pytest.param(
            TRIED, Restore("", None), replace(TRIED, restoring_since=NOW, restored_last=True),
            VERIFIED,
            id="an arrival that says nothing of the time it takes is not learned",
        ),
        pytest.param(
            replace(CREATING, creations=(MINUTE,) * 20), Restore("", 9 * MINUTE),
            replace(CREATING, creations=(MINUTE,) * 20, restoring_since=NOW, restored_last=True),
            replace(VERIFIED, creations=(*(MINUTE,) * 19, 9 * MINUTE)),
            id="the last twenty creations are kept",
        ),
        pytest.param(
            replace(CREATING, applied=ON_THIS_ONE),
            Restore(""),
            replace(
                CREATING,
                restoring_since=NOW,
                restored_last=True,
                applied=ON_THIS_ONE,
            ),
            replace(VERIFIED, applied=AppliedScaling(range=(1, 4), variants=("v",))),
            id="the file's scaling that was put before all was back is looked at again",
        ),
        pytest.param(
            replace(CREATING, applied=AppliedScaling("asked", BEFORE, (1, 4))), Restore(""),
            replace(
                CREATING,
                restoring_since=NOW,
                restored_last=True,
                applied=AppliedScaling("asked", BEFORE, (1, 4)),
            ),
            replace(VERIFIED, applied=AppliedScaling("asked", BEFORE, (1, 4))),
            id="that of last night's endpoint is known to be of another",
        ),
        pytest.param(
            replace(CREATING, restoring_since=BEFORE, restored_last=True),
            ApplyScaling("", "asked"),
            replace(CREATING, restoring_since=BEFORE, applied=AppliedScaling()),
            replace(CREATING, restoring_since=BEFORE, applied=AppliedScaling("asked", CREATED_AT)),
            id="the file's scaling has had its turn, and the restore is as pending as before",
        ),
        pytest.param(
            SAVED, TakeSnapshot(""),
            replace(SAVED, ending_since=NOW), replace(SAVED, ending_since=NOW),
            id="an end begins with a snapshot",
        ),
        pytest.param(
            FRESH, TakeSnapshot(""),
            *(replace(FRESH, ending_since=NOW, verified_created_at=CREATED_AT),) * 2,
            id="the first snapshot of all knows the endpoint whole",
        ),
        pytest.param(
            ENDING, BeginDrain(""),
            UNSUSPENDED, replace(UNSUSPENDED, suspended=True),
            id="a drain begins before scaling is held, and knows when it is",
        ),
        pytest.param(
            replace(DRAINING, suspended=False), BeginDrain("", BEFORE),
            replace(DRAINING, suspended=False), DRAINING,
            id="holding again does not begin the drain again",
        ),
        pytest.param(
            replace(CREATING, restoring_since=BEFORE), Restore("", None),
            replace(CREATING, restoring_since=BEFORE, restored_last=True),
            VERIFIED,
            id="a restore that is tried again has lasted since the first attempt",
        ),
        pytest.param(
            replace(SAVED, restore_pending=True, restoring_since=BEFORE), Create("", "c"),
            CREATING, CREATING, id="what is created again has not been restored for long",
        ),
        pytest.param(
            replace(DRAINING, creating_since=BEFORE), Delete(""),
            replace(DRAINING, restore_pending=True, deleting_since=NOW),
            DELETED,
            id="a creation that did not fail, and was not wanted any more, is over",
        ),
        pytest.param(
            DRAINING, BeginDrain(""), replace(DRAINING, draining_since=NOW, suspended=False),
            replace(DRAINING, draining_since=NOW), id="a drain that begins anew is held anew",
        ),
        pytest.param(
            replace(ENDING, creating_since=BEFORE - MINUTE), BeginDrain(""),
            UNSUSPENDED, replace(UNSUSPENDED, suspended=True),
            id="a creation that arrived too late to be wanted is over",
        ),
        pytest.param(
            replace(DRAINING, restore_pending=True, restoring_since=BEFORE), Delete(""),
            replace(DRAINING, restore_pending=True, restoring_since=BEFORE, deleting_since=NOW),
            DELETED,
            id="a restore that a delete ends has not lasted since then",
        ),
        pytest.param(
            DRAINING, EndDrain(""), DRAINING, SAVED,
            id="a drain ends when scaling is released, not before",
        ),
        pytest.param(
            DRAINING, Delete(""),
            replace(DRAINING, restore_pending=True, deleting_since=NOW),
            DELETED,
            id="a delete is followed by a restore, and its hold lasts while the endpoint does",
        ),
        pytest.param(
            replace(DRAINING, deleting_since=BEFORE), Delete(""),
            replace(DRAINING, restore_pending=True, deleting_since=BEFORE),
            DELETED,
            id="a delete that is tried again began with the first try",
        ),
        pytest.param(
            DELETED, Create("", "c"), CREATING, CREATING,
            id="the hold of an endpoint that is gone is over once another takes its place",
        ),
        pytest.param(
            replace(DRAINING, deleting_since=BEFORE), EndDrain(""),
            replace(DRAINING, deleting_since=BEFORE), SAVED,
            id="a delete that is not wanted any more was never begun",
        ),
        pytest.param(
            replace(TRIED, failures=None), Delete("", FAILED),
            replace(TRIED, deleting_since=NOW), TRIED,
            id="the failure is known before what failed is deleted",
        ),
        pytest.param(
            TRIED, ResetRetries(""), TRIED, replace(SAVED, restore_pending=True),
            id="the next wake begins anew",
        ),
        pytest.param(
            SAVED, ApplyScaling("", "asked", (1, 4), ("v",)),
            replace(SAVED, applied=AppliedScaling()),
            replace(SAVED, applied=AppliedScaling("asked", CREATED_AT, (1, 4), variants=("v",))),
            id="the file's scaling may be there before it is proven to be",
        ),
        pytest.param(
            replace(
                SAVED,
                applied=AppliedScaling("before", BEFORE, (1, 4), "one is left out", ("v",)),
            ),
            ApplyScaling("", "asked", (1, 4), ("w",)),
            replace(SAVED, applied=AppliedScaling(range=(1, 4), variants=("v",))),
            replace(
                SAVED, applied=AppliedScaling("asked", CREATED_AT, (1, 4), variants=("w", "v"))
            ),
            id="a range that was put is remembered while the rest is put again",
        ),
        pytest.param(
            replace(SAVED, applied=AppliedScaling("before", BEFORE, (1, 4))), ApplyScaling("", ""),
            replace(SAVED, applied=AppliedScaling(range=(1, 4))), SAVED,
            id="what the file does not ask for any more is forgotten once it is removed",
        ),
    ],
)  # fmt: skip
def test_what_is_remembered(
    before: Record, step: Step, while_acting: Record, after: Record
) -> None:
    intended = intend(before, step, CREATED_AT, NOW)
    assert intended == while_acting
    assert complete(intended, step, CREATED_AT) == after
