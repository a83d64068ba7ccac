"""What Lowtide remembers of an endpoint between two steps, and how a step changes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lowtide.domain.lifecycle.actions import (
    ApplyScaling,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Forget,
    Restore,
    Step,
    TakeSnapshot,
)
from lowtide.domain.lifecycle.retries import Failures
from lowtide.domain.scaling.diff import Applied
from lowtide.domain.schedule.lead_time import CREATIONS_KEPT
from lowtide.domain.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Record:
    snapshot: Snapshot | None = None
    restore_pending: bool = False  # Lowtide created it; not everything saved is proven to be back
    ending_since: datetime | None = None  # a delete needs a snapshot taken at or after this
    draining_since: datetime | None = None
    held: bool = False  # its scaling is suspended while it drains
    deleting_since: datetime | None = None  # the first try of a delete that is not proven done
    # CreationTime of the endpoint that was proven to have everything saved: whatever it lacks now,
    # its owner has removed.
    whole: datetime | None = None
    creating_since: datetime | None = None  # the first try of a creation that has not succeeded
    created_for: datetime | None = None  # the start of the schedule that it was created early for
    creations: tuple[timedelta, ...] = ()  # how long the last ones took, oldest first
    failures: Failures | None = None
    restoring_since: datetime | None = None  # the first try of a restore that is not proven done
    restored_last: bool = False  # that restore was tried after the file's scaling was
    applied: Applied | None = None  # None: nothing of the file's scaling is on the endpoint


def intend(record: Record, step: Step, created_at: datetime | None, now: datetime) -> Record:
    """What the table must say before `step`, so that a crash right after it loses nothing."""
    match step:
        case Create(after=failures, opens=opens):
            since = record.creating_since if failures else None
            return replace(
                _not_ending(record),
                restore_pending=True,
                creating_since=since or now,
                restoring_since=None,
                created_for=opens,
                failures=failures,
            )
        case Delete(failures=failures):  # if it fails halfway, the scaling may be gone already
            return replace(
                record,
                restore_pending=True,
                deleting_since=record.deleting_since or now,
                creating_since=record.creating_since if failures else None,
                failures=failures,
            )
        case Restore():
            since = record.restoring_since or now
            return replace(record, restoring_since=since, restored_last=True)
        case TakeSnapshot():
            whole = record.whole if record.snapshot else created_at
            return replace(record, ending_since=now, whole=whole)
        case BeginDrain(since=since):
            return replace(record, draining_since=since or now, held=False, creating_since=None)
        case ApplyScaling():
            applied = (record.applied or Applied()).unproven()
            return replace(record, applied=applied, restored_last=False)
        case _:
            return record


def complete(record: Record, step: Step, created_at: datetime | None, left_out: str = "") -> Record:
    """What the table says once `step` is proven done on the endpoint created at `created_at`."""
    match step:
        case Restore(took=took):
            creations = (*record.creations, took) if took is not None else record.creations
            return replace(
                _nothing_created(record),
                restore_pending=False,
                restoring_since=None,
                restored_last=False,
                whole=created_at,
                creations=creations[-CREATIONS_KEPT:],
                applied=_to_look_at_again(record.applied, created_at),
            )
        case BeginDrain():
            return replace(record, held=True)
        case EndDrain():
            return _not_ending(record)
        case Delete():  # AWS has only accepted it: as long as the endpoint is there, so is the hold
            return replace(record, ending_since=None, deleting_since=None, restoring_since=None)
        case Forget():
            return _nothing_created(record)
        case ApplyScaling(asked=""):
            return replace(record, applied=None)
        case ApplyScaling(asked=asked, range=range_, variants=variants):
            ranged = (record.applied or Applied()).with_range(range_, variants)
            applied = replace(ranged, asked=asked, to=created_at, left_out=left_out)
            return replace(record, applied=applied)
        case _:
            return record


def _not_ending(record: Record) -> Record:
    return replace(record, ending_since=None, draining_since=None, held=False, deleting_since=None)


def _to_look_at_again(applied: Applied | None, created_at: datetime | None) -> Applied | None:
    """A saved policy that is back may keep the file's away, and a delete that failed halfway may
    have removed the file's scaling."""
    return applied.unproven() if applied and applied.to == created_at else applied


def _nothing_created(record: Record) -> Record:
    return replace(record, creating_since=None, failures=None)
