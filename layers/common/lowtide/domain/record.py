"""What Lowtide remembers of an endpoint between two steps, and how a step changes it."""

from dataclasses import dataclass, replace
from datetime import datetime

from lowtide.domain.actions import BeginDrain, Create, Delete, EndDrain, Restore, Step, TakeSnapshot
from lowtide.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Record:
    snapshot: Snapshot | None = None
    restore_pending: bool = False  # created by Lowtide; what was saved is not proven back yet
    draining_since: datetime | None = None
    # CreationTime of the endpoint known to have all that is saved: where it lacks something now,
    # its owner took it away.
    whole: datetime | None = None
    restoring_since: datetime | None = None  # the first attempt, while none has been proven


def intend(record: Record, step: Step, now: datetime) -> Record:
    """What the table must say before `step`, so that a crash right after it loses nothing."""
    match step:
        case Create():
            pending = record.snapshot is not None
            return replace(
                record, restore_pending=pending, draining_since=None, restoring_since=None
            )
        case Delete():  # a delete that fails halfway may have taken the scaling along
            return replace(record, restore_pending=record.snapshot is not None)
        case Restore():
            return replace(record, restoring_since=record.restoring_since or now)
        case BeginDrain():
            return replace(record, draining_since=now)
        case EndDrain():
            return replace(record, draining_since=None)
        case _:
            return record


def complete(record: Record, step: Step, created_at: datetime | None) -> Record:
    """What the table says once `step` is proven done on the endpoint created at `created_at`."""
    match step:
        case Restore():
            return replace(record, restore_pending=False, whole=created_at, restoring_since=None)
        case TakeSnapshot() if record.snapshot is None:
            return replace(record, whole=created_at)
        case Delete():
            return replace(record, draining_since=None, restoring_since=None)
        case _:
            return record
