"""What a schedule is going to do, and when creation has to begin for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.schedule.schedule import Schedule, Transition, transitions


@dataclass(frozen=True, slots=True)
class Change(Transition):
    """`create_at` where it wakes: when creation begins, unless the endpoint never went."""

    create_at: datetime | None


def changes(
    schedule: Schedule, start: datetime, end: datetime, lead_time: timedelta
) -> Iterator[Change]:
    """Yields those at an instant in [start, end), oldest first."""
    asleep_since: datetime | None = None
    for transition in transitions(schedule, start - lead_time, end):
        if transition.at >= start:
            yield change_of(transition, asleep_since, lead_time)
        asleep_since = transition.at


def change_of(
    transition: Transition, asleep_since: datetime | None, lead_time: timedelta
) -> Change:
    """Creation begins one `lead_time` before a start, or at the stop if the sleep is shorter."""
    create_at = transition.at - lead_time
    if asleep_since is not None:
        create_at = max(create_at, asleep_since)
    at, awake, because = transition.at, transition.awake, transition.because
    return Change(at, awake, because, transition.window, create_at if awake else None)
