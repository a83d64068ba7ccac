"""What Lowtide remembers of an endpoint between two steps, and how a step changes it."""

from dataclasses import dataclass, replace
from datetime import datetime

from lowtide.domain.actions import BeginDrain, Create, Delete, EndDrain, Restore, Step
from lowtide.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Record:
    snapshot: Snapshot | None = None
    restore_pending: bool = False  # created by Lowtide; what was saved is not proven back yet
    draining_since: datetime | None = None


def intend(record: Record, step: Step, now: datetime) -> Record:
    """What the table must say before `step`, so that a crash right after it loses nothing."""
    match step:
        case Create():
            pending = record.snapshot is not None
            return replace(record, restore_pending=pending, draining_since=None)
        case BeginDrain():
            return replace(record, draining_since=now)
        case EndDrain():
            return replace(record, draining_since=None)
        case _:
            return record


def complete(record: Record, step: Step) -> Record:
    """What the table says once `step` is proven done."""
    match step:
        case Restore():
            return replace(record, restore_pending=False)
        case Delete():
            return replace(record, draining_since=None)
        case _:
            return record
