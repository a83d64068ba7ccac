"""What is stored of an endpoint between two steps, and how a step changes it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

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
from lowtide.domain.lifecycle.retries import Failures
from lowtide.domain.scaling import AppliedScaling
from lowtide.domain.schedule import CREATIONS_KEPT
from lowtide.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Record:
    snapshot: Snapshot | None = None
    restore_pending: bool = False  # Lowtide created it and has not verified yet that all is back
    ending_since: datetime | None = None  # a delete needs a snapshot that was taken since then
    draining_since: datetime | None = None
    suspended: bool = False  # its scaling, while it drains
    deleting_since: datetime | None = None  # the first try of a delete that is not done
    # CreationTime of the endpoint that was verified to have everything that was saved: whatever it
    # lacks now, a person has removed.
    verified_created_at: datetime | None = None
    creating_since: datetime | None = None  # the first try of a creation that has not succeeded
    created_for: datetime | None = None  # the start of the schedule that it was created early for
    creations: tuple[timedelta, ...] = ()  # how long the last ones took, oldest first
    failures: Failures | None = None
    restoring_since: datetime | None = None  # the first try of a restore that is not verified
    restored_last: bool = False  # that restore was tried after the file's scaling was
    applied: AppliedScaling | None = None  # None: nothing of the file's scaling is on the endpoint


def intend(record: Record, step: Step, created_at: datetime | None, now: datetime) -> Record:
    """The record to store before `step`, so that a crash right after it loses nothing."""
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
            verified = record.verified_created_at if record.snapshot else created_at
            return replace(record, ending_since=now, verified_created_at=verified)
        case BeginDrain(since=since):
            return replace(
                record, draining_since=since or now, suspended=False, creating_since=None
            )
        case ApplyScaling():
            applied = (record.applied or AppliedScaling()).unverified()
            return replace(record, applied=applied, restored_last=False)
        case _:
            return record


def complete(record: Record, step: Step, created_at: datetime | None, left_out: str = "") -> Record:
    """The record to store once `step` is done on the endpoint that was created at `created_at`."""
    match step:
        case Restore(took=took):
            creations = (*record.creations, took) if took is not None else record.creations
            return replace(
                _without_retries(record),
                restore_pending=False,
                restoring_since=None,
                restored_last=False,
                verified_created_at=created_at,
                creations=creations[-CREATIONS_KEPT:],
                applied=_to_verify_again(record.applied, created_at),
            )
        case BeginDrain():
            return replace(record, suspended=True)
        case EndDrain():
            return _not_ending(record)
        case Delete():  # AWS has only accepted it: until the endpoint is gone, it drains
            return replace(record, ending_since=None, deleting_since=None, restoring_since=None)
        case ResetRetries():
            return _without_retries(record)
        case ApplyScaling(config_hash=""):
            return replace(record, applied=None)
        case ApplyScaling(config_hash=config_hash, range=range_, variants=variants):
            ranged = (record.applied or AppliedScaling()).with_range(range_, variants)
            applied = replace(
                ranged,
                config_hash=config_hash,
                endpoint_created_at=created_at,
                left_out=left_out,
            )
            return replace(record, applied=applied)
        case _:
            return record


def _not_ending(record: Record) -> Record:
    return replace(
        record, ending_since=None, draining_since=None, suspended=False, deleting_since=None
    )


def _to_verify_again(
    applied: AppliedScaling | None, created_at: datetime | None
) -> AppliedScaling | None:
    """A saved policy that is back may keep the file's away, and a delete that failed halfway may
    have removed the file's scaling."""
    of_this_one = applied is not None and applied.endpoint_created_at == created_at
    return applied.unverified() if applied and of_this_one else applied


def _without_retries(record: Record) -> Record:
    return replace(record, creating_since=None, failures=None)
