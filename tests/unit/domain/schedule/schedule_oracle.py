"""What a schedule must say, worked out minute by minute from the design's sentences alone.

Nothing of lowtide is used here, and cron expressions are read by another library, cronsim. The
rules, as literally as they can be written:

- An expression names minutes of the local clock of its window's zone.
- It fires at the first UTC minute whose local reading reaches or passes the named minute. So in
  the spring gap it fires when the gap ends, and in the autumn fold once, at the first of the two.
- Between two stops, a window would last from the first start to the second stop, if nothing were
  closed. If that is at most 24 hours on the clock, a start on a closed local date is no start, and
  the window is open from the first that is one. If it is more, the window is open from that start
  to that stop, but for the whole of each closed local date.
- What the gap brings to one instant applies in the order of the minutes named; of one named minute
  an opening applies after a closing.
- A schedule is awake while any window is open, and in `open` spans [from, to) whatever.
  A schedule without windows is always awake.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2037, 1, 1, tzinfo=UTC)
_LONGEST_MEMORY = 6 * 366 * DAY


@dataclass(frozen=True)
class OracleWindow:
    """`start` and `stop` in the words of cronsim; `closed` says whether a date is closed."""

    start: str
    stop: str
    zone: str
    closed: Callable[[date], bool] = lambda _: False


@dataclass(frozen=True)
class OracleSchedule:
    windows: Sequence[OracleWindow]
    spans: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True)
class Walk:
    """A walk over every UTC minute of [first, last); `awake[n]` is minute n of it."""

    first: datetime
    last: datetime
    awake: bytearray = field(repr=False)

    def at(self, instant: datetime) -> bool:
        return bool(self.awake[(instant - self.first) // MINUTE])

    def changes(self) -> list[tuple[datetime, bool]]:
        """Without the first minute of the walk, whose minute before is not known."""
        return [
            (self.first + (n + 1) * MINUTE, bool(now))
            for n, (before, now) in enumerate(pairwise(self.awake))
            if before != now
        ]

    def changes_in(self, start: datetime, end: datetime) -> list[tuple[datetime, bool]]:
        return [change for change in self.changes() if start <= change[0] < end]


def walk(schedule: OracleSchedule, first: datetime, last: datetime) -> Walk:
    awake = bytearray((last - first) // MINUTE)
    if not schedule.windows:
        awake = bytearray(b"\1" * len(awake))
    for window in schedule.windows:
        is_open = _open_at_first(window, first)
        result = _edges(window, first, last)
        edges = {(at - first) // MINUTE: starts for at, starts in result}  # the last wins
        for n in range(len(awake)):
            is_open = edges.get(n, is_open)
            awake[n] |= is_open
    for start, stop in schedule.spans:
        for n in range((start - first) // MINUTE, (stop - first) // MINUTE):
            if 0 <= n < len(awake):
                awake[n] = True
    return Walk(first, last, awake)


def _edges(
    window: OracleWindow, first: datetime, last: datetime
) -> Iterator[tuple[datetime, bool]]:
    """(instant, opens) in the order in which they apply."""
    fired = when_minutes_fire(window.zone, first, last)
    earliest, latest = min(fired), max(fired)
    pieces = open_pieces(window, earliest, latest)
    named = [(start, True) for start, _ in pieces] + [(stop, False) for _, stop in pieces]
    for local, opens in sorted(named):
        if earliest <= local <= latest:
            yield fired[local], opens


def _open_at_first(window: OracleWindow, first: datetime) -> bool:
    """Before the walk, where no clock may have changed for a day, the named minutes decide."""
    local = first.astimezone(ZoneInfo(window.zone)).replace(tzinfo=None)
    return any(start < local <= stop for start, stop in open_pieces(window, local, local + DAY))


def open_pieces(
    window: OracleWindow, earliest: datetime, latest: datetime
) -> list[tuple[datetime, datetime]]:
    """When the window is open on the local clock, as far as that touches [earliest, latest]."""
    before = next(_named_before(window.stop, earliest), earliest - _LONGEST_MEMORY)
    after = next(_named_after(window.stop, latest), latest + _LONGEST_MEMORY)
    stops = [before, *named_minutes(window.stop, earliest, latest), after]
    starts = named_minutes(window.start, earliest - DAY, latest)
    pieces: list[tuple[datetime, datetime]] = []
    for stop_before, stop in pairwise(stops):
        if stop_before == before:
            start = next(_named_after(window.start, before - MINUTE), stop)
        else:
            start = next(iter(starts[bisect_left(starts, stop_before) :][:1]), stop)
        if start >= stop:
            continue
        if stop - start > DAY:
            begin, end = max(start, earliest - 2 * DAY), min(stop, latest + 2 * DAY)
            pieces += _open_days(window, begin, end)
        else:
            between = starts[bisect_left(starts, start) : bisect_left(starts, stop)]
            opening = next((at for at in between if not window.closed(at.date())), stop)
            pieces += [(opening, stop)] if opening < stop else []
    return pieces


def _open_days(
    window: OracleWindow, start: datetime, stop: datetime
) -> Iterator[tuple[datetime, datetime]]:
    while start < stop:
        midnight = datetime.combine(start.date() + DAY, time())
        if not window.closed(start.date()):
            yield start, min(stop, midnight)
        start = midnight


def _named_after(expression: str, local: datetime) -> Iterator[datetime]:
    for named in CronSim(expression, local):
        if named > local + _LONGEST_MEMORY:
            return
        yield named


def _named_before(expression: str, local: datetime) -> Iterator[datetime]:
    for named in CronSim(expression, local, reverse=True):
        if named < local - _LONGEST_MEMORY:
            return
        yield named


@lru_cache(maxsize=32)
def named_minutes(expression: str, earliest: datetime, latest: datetime) -> list[datetime]:
    """The minutes of a local clock, both ends included, that an expression names."""
    result: list[datetime] = []
    for named in CronSim(expression, earliest - MINUTE):
        if named > latest:
            break
        result.append(named)
    return result


@lru_cache(maxsize=16)
def when_minutes_fire(zone: str, first: datetime, last: datetime) -> dict[datetime, datetime]:
    """Each minute of the local clock that [first, last) reaches or passes, and when."""
    clock = ZoneInfo(zone)
    fired: dict[datetime, datetime] = {}
    reached = (first - MINUTE).astimezone(clock).replace(tzinfo=None)
    instant = first
    while instant < last:
        reading = instant.astimezone(clock).replace(tzinfo=None)
        while reached < reading:
            reached += MINUTE
            fired[reached] = instant
        instant += MINUTE
    return fired


@lru_cache
def offset_changes(zone: str) -> list[datetime]:
    """Every instant from 2024 to 2036 at which the zone's UTC offset changes."""
    return list(_offset_changes(ZoneInfo(zone), FIRST, LAST, DAY))


@lru_cache
def changing_zones() -> list[str]:
    """All zones whose UTC offset changes at least once from 2024 to 2036."""
    week = timedelta(days=7)
    return [
        zone
        for zone in sorted(available_timezones())
        if any(_offset_changes(ZoneInfo(zone), FIRST, LAST, week))
    ]


def _offset_changes(
    zone: ZoneInfo, first: datetime, last: datetime, step: timedelta
) -> Iterator[datetime]:
    instants: Iterable[datetime] = (first + n * step for n in range((last - first) // step + 1))
    for before, after in pairwise(instants):
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            yield _first_minute_after_change(zone, before, after)


def _first_minute_after_change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
