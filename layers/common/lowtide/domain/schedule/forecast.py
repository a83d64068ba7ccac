"""What a schedule is going to do, and when creation has to begin for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.schedule.schedule import Schedule, transitions


@dataclass(frozen=True, slots=True)
class Change:
    """`create_at` where it wakes: when creation begins, unless the endpoint never went."""

    at: datetime
    awake: bool
    because: str
    create_at: datetime | None


def lead_of(managed: ManagedEndpoint, creation: timedelta) -> timedelta:
    """How long before a start creation begins; `creation` is how long one takes."""
    return creation if managed.ready == "at-start" else timedelta(0)


def changes(
    schedule: Schedule, start: datetime, end: datetime, lead: timedelta
) -> Iterator[Change]:
    """Those at an instant in [start, end), oldest first."""
    slept: datetime | None = None
    for found in transitions(schedule, start - lead, end):
        if found.at >= start:
            create_at = create_from(found.at, slept, lead) if found.awake else None
            yield Change(found.at, found.awake, found.because, create_at)
        slept = found.at


def create_from(at: datetime, slept: datetime | None, lead: timedelta) -> datetime:
    """In a sleep shorter than the lead it is wanted again from the very stop."""
    return max(at - lead, slept) if slept else at - lead
