"""Stretches of time, half-open, in order and apart from each other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from lowtide.domain.schedule.schedule import Schedule, is_awake, transitions


class Stretch(NamedTuple):
    start: datetime
    stop: datetime

    @property
    def length(self) -> timedelta:
        return self.stop - self.start


def awake(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Stretch]:
    """Where it is awake in [start, end), from its changes."""
    since = start if is_awake(schedule, start) else None
    for change in transitions(schedule, start + timedelta(microseconds=1), end):
        if change.awake:
            since = change.at
        elif since is not None:
            yield Stretch(since, change.at)
            since = None
    if since is not None:
        yield Stretch(since, end)


def within(stretches: Iterable[Stretch], start: datetime, end: datetime) -> Iterator[Stretch]:
    """The parts of them in [start, end)."""
    for stretch in stretches:
        begin, stop = max(stretch.start, start), min(stretch.stop, end)
        if begin < stop:
            yield Stretch(begin, stop)


def without(stretches: Iterable[Stretch], taken: Sequence[Stretch]) -> Iterator[Stretch]:
    """What is left of them outside of `taken`."""
    for stretch in stretches:
        begin = stretch.start
        for hole in within(taken, *stretch):
            if begin < hole.start:
                yield Stretch(begin, hole.start)
            begin = hole.stop
        if begin < stretch.stop:
            yield Stretch(begin, stretch.stop)


def total(stretches: Iterable[Stretch]) -> timedelta:
    return sum((stretch.length for stretch in stretches), timedelta(0))
