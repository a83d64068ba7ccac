"""Half-open intervals of time, in order and apart from each other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from lowtide.domain.schedule import Schedule, is_awake, transitions


class Interval(NamedTuple):
    start: datetime
    stop: datetime

    @property
    def length(self) -> timedelta:
        return self.stop - self.start


def awake(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Interval]:
    """Where it is awake in [start, end), from its changes."""
    since = start if is_awake(schedule, start) else None
    for change in transitions(schedule, start + timedelta(microseconds=1), end):
        if change.awake:
            since = change.at
        elif since is not None:
            yield Interval(since, change.at)
            since = None
    if since is not None:
        yield Interval(since, end)


def within(intervals: Iterable[Interval], start: datetime, end: datetime) -> Iterator[Interval]:
    """The parts of them in [start, end)."""
    for interval in intervals:
        begin, stop = max(interval.start, start), min(interval.stop, end)
        if begin < stop:
            yield Interval(begin, stop)


def without(intervals: Iterable[Interval], taken: Sequence[Interval]) -> Iterator[Interval]:
    """What is left of them outside of `taken`."""
    for interval in intervals:
        begin = interval.start
        for hole in within(taken, *interval):
            if begin < hole.start:
                yield Interval(begin, hole.start)
            begin = hole.stop
        if begin < interval.stop:
            yield Interval(begin, interval.stop)


def total(intervals: Iterable[Interval]) -> timedelta:
    return sum((interval.length for interval in intervals), timedelta(0))
