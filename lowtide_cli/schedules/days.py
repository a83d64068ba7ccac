"""One day of the local clock, with the hour that a change of the clocks skips or repeats."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.schedule import Interval, instant_of

MINUTE = timedelta(minutes=1)
MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The clock jumps at `at` from one reading to another, both in minutes of the day."""

    at: datetime
    reads: int
    becomes: int

    @property
    def minutes(self) -> int:
        return self.becomes - self.reads


@dataclass(frozen=True, slots=True)
class Piece:
    """What a clock on the wall shows while an interval lasts, in minutes of the day.

    `occurrence` is 1 and 2 for the two times that a repeated hour comes, 0 elsewhere.
    """

    start: int
    stop: int
    occurrence: int = 0


@dataclass(frozen=True, slots=True)
class LocalDay:
    day: date
    start: datetime
    stop: datetime
    first: int  # what the clock reads as the day begins: not 0 where midnight is skipped
    change: ClockChange | None

    @property
    def length(self) -> timedelta:
        return self.stop - self.start

    @property
    def skipped(self) -> Piece | None:
        if self.first:
            return Piece(0, self.first)
        if self.change and self.change.minutes > 0:
            return Piece(self.change.reads, self.change.becomes)
        return None

    @property
    def repeated(self) -> tuple[int, int] | None:
        if self.change and self.change.minutes < 0:
            return self.change.becomes, self.change.reads
        return None

    def pieces(self, interval: Interval) -> Iterator[Piece]:
        for start, stop, reads, occurrence in self._passes():
            begin, end = max(interval.start, start), min(interval.stop, stop)
            if begin < end:
                first = reads + (begin - start) // MINUTE
                last = reads - (start - end) // MINUTE
                yield from self._occurrences(Piece(first, last, occurrence))

    def _passes(self) -> Iterator[tuple[datetime, datetime, int, int]]:
        """Yields intervals in which the clock runs evenly, and what it reads as they begin."""
        if self.change is None:
            yield self.start, self.stop, self.first, 0
        else:
            yield self.start, self.change.at, self.first, 1
            yield self.change.at, self.stop, self.change.becomes, 2

    def _occurrences(self, piece: Piece) -> Iterator[Piece]:
        """Cut where the repeated hour begins and ends."""
        first, last = self.repeated or (0, 0)
        parts = ((0, first, 0), (first, last, piece.occurrence), (last, MINUTES, 0))
        for low, high, occurrence in parts:
            start, stop = max(piece.start, low), min(piece.stop, high)
            if start < stop:
                yield Piece(start, stop, occurrence)


def local_day(day: date, zone: ZoneInfo) -> LocalDay:
    start, stop = (
        instant_of(datetime.combine(day + timedelta(days=n), time()), zone) for n in (0, 1)
    )
    return LocalDay(day, start, stop, _reads(start, zone), _change(start, stop, zone))


def _change(start: datetime, stop: datetime, zone: ZoneInfo) -> ClockChange | None:
    """Returns the change of the clock on this day; no zone has had two in one day."""
    before = _offset(start, zone)
    minutes = range((stop - start) // MINUTE)
    count = bisect_left(minutes, True, key=lambda n: _offset(start + n * MINUTE, zone) != before)
    if count == len(minutes):
        return None
    at = start + count * MINUTE
    reads = _reads(at - MINUTE, zone) + 1
    return ClockChange(at, reads, reads + (_offset(at, zone) - before) // MINUTE)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _reads(instant: datetime, zone: ZoneInfo) -> int:
    local = instant.astimezone(UTC).astimezone(zone)
    return local.hour * 60 + local.minute
