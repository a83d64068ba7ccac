"""The intervals of time in which a schedule is awake."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from lowtide.domain.schedule.schedule import Schedule, is_awake, transitions


class Interval(NamedTuple):
    """Half-open."""

    start: datetime
    stop: datetime

    @property
    def length(self) -> timedelta:
        return self.stop - self.start


def awake_intervals(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Interval]:
    """Yields where it is awake in [start, end), in order and apart from each other."""
    since = start if is_awake(schedule, start) else None
    for change in transitions(schedule, start + timedelta(microseconds=1), end):
        if change.awake:
            since = change.at
        elif since is not None:
            yield Interval(since, change.at)
            since = None
    if since is not None:
        yield Interval(since, end)
