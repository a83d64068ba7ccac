"""Intervals, in order and apart from each other, cut and subtracted."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from lowtide.domain.schedule import Interval


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
