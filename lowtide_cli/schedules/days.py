"""One day of the local clock, with the hour that a change of the clocks skips or repeats."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.cron import instant_of
from lowtide_cli.schedules.spans import Stretch

MINUTE = timedelta(minutes=1)
MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """The clock jumps at `at` from one reading to another, both in minutes of the day."""

    at: datetime
    reads: int
    becomes: int

    @property
    def minutes(self) -> int:
        return self.becomes - self.reads


@dataclass(frozen=True, slots=True)
class Piece:
    """What a clock on the wall shows while a stretch lasts, in minutes of the day.

    `turn` is 1 and 2 for the two passes of a repeated hour, 0 elsewhere.
    """

    start: int
    stop: int
    turn: int = 0


@dataclass(frozen=True, slots=True)
class LocalDay:
    day: date
    start: datetime
    stop: datetime
    first: int  # what the clock reads as the day begins: not 0 where midnight is skipped
    shift: Shift | None

    @property
    def length(self) -> timedelta:
        return self.stop - self.start

    @property
    def skipped(self) -> Piece | None:
        if self.first:
            return Piece(0, self.first)
        if self.shift and self.shift.minutes > 0:
            return Piece(self.shift.reads, self.shift.becomes)
        return None

    @property
    def repeated(self) -> tuple[int, int] | None:
        if self.shift and self.shift.minutes < 0:
            return self.shift.becomes, self.shift.reads
        return None

    def pieces(self, stretch: Stretch) -> Iterator[Piece]:
        for start, stop, reads, turn in self._passes():
            begin, end = max(stretch.start, start), min(stretch.stop, stop)
            if begin < end:
                first = reads + (begin - start) // MINUTE
                last = reads - (start - end) // MINUTE
                yield from self._turns(Piece(first, last, turn))

    def _passes(self) -> Iterator[tuple[datetime, datetime, int, int]]:
        """Stretches through which the clock runs evenly, and what it reads as they begin."""
        if self.shift is None:
            yield self.start, self.stop, self.first, 0
        else:
            yield self.start, self.shift.at, self.first, 1
            yield self.shift.at, self.stop, self.shift.becomes, 2

    def _turns(self, piece: Piece) -> Iterator[Piece]:
        """Cut where the repeated hour begins and ends."""
        first, last = self.repeated or (0, 0)
        for low, high, turn in ((0, first, 0), (first, last, piece.turn), (last, MINUTES, 0)):
            start, stop = max(piece.start, low), min(piece.stop, high)
            if start < stop:
                yield Piece(start, stop, turn)


def local_day(day: date, zone: ZoneInfo) -> LocalDay:
    start, stop = (
        instant_of(datetime.combine(day + timedelta(days=n), time()), zone) for n in (0, 1)
    )
    return LocalDay(day, start, stop, _reads(start, zone), _shift(start, stop, zone))


def _shift(start: datetime, stop: datetime, zone: ZoneInfo) -> Shift | None:
    """Two in one day are unheard of."""
    before = _offset(start, zone)
    minutes = range((stop - start) // MINUTE)
    count = bisect_left(minutes, True, key=lambda n: _offset(start + n * MINUTE, zone) != before)
    if count == len(minutes):
        return None
    at = start + count * MINUTE
    reads = _reads(at - MINUTE, zone) + 1
    return Shift(at, reads, reads + (_offset(at, zone) - before) // MINUTE)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)


def _reads(instant: datetime, zone: ZoneInfo) -> int:
    local = instant.astimezone(UTC).astimezone(zone)
    return local.hour * 60 + local.minute
