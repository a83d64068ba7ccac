"""One window: when it starts and stops, and whether it is open.

A window is open from a start to the next stop. One that lasts at most a day belongs to the date on
which it starts: a start on a closed date is no start. In one that lasts longer, a closed date is
closed from midnight to midnight, whatever day the window started on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.closed_dates import (
    ClosedOn,
    ClosedPeriod,
    closed_edges,
    closed_period_on,
)
from lowtide.domain.schedule.cron import (
    YEARS_LOOKED_AHEAD,
    Cron,
    Fire,
    fires_after,
    fires_before_local,
    fires_from_local,
    fires_until,
    instant_of,
)

FARTHEST = timedelta(days=366 * YEARS_LOOKED_AHEAD)
LONGEST_SHORT = timedelta(days=1)  # on the clock on the wall
_CACHE_SIZE = 10_000  # midnights of a large file, whose endpoints mostly have the same windows
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Open from each fire of `start` to the next of `stop`, but for the `closed` local dates."""

    start: Cron
    stop: Cron
    timezone: ZoneInfo
    closed: tuple[ClosedOn, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowEdge:
    """A fire of the window's `start` or of its `stop`.

    With `closed`, the midnight at which that period interrupts a long window, or is over.
    """

    fire: Fire
    is_start: bool
    window: Window
    closed: ClosedPeriod | None = None

    @property
    def order(self) -> tuple[datetime, datetime, bool]:
        """By instant; those that a gap brings together as the clock names them; starts last."""
        return (self.fire.at, self.fire.local, self.is_start)


def latest_edge(window: Window, instant: datetime) -> WindowEdge | None:
    """Returns the newest edge at or before `instant`, which decides whether the window is open."""
    stop = next(fires_until(window.stop, window.timezone, instant), None)
    oldest = stop.at if stop else instant - FARTHEST
    start = next(starts_until(window, instant, oldest), None)
    day_edge = next(_day_edges_until(window, instant, start.at if start else oldest), None)
    edges = [
        WindowEdge(fire, is_start, window)
        for fire, is_start in ((stop, False), (start, True))
        if fire is not None
    ]
    edges += [day_edge] if day_edge else []
    return max(edges, key=lambda edge: edge.order, default=None)


def starts_until(window: Window, instant: datetime, oldest: datetime) -> Iterator[Fire]:
    """Newest first, back to `oldest`, without those on closed dates."""
    fires = fires_until(window.start, window.timezone, instant)
    while (fire := next(fires, None)) and fire.at >= oldest:
        if period := _closed_period(window, fire):
            fires = fires_before_local(window.start, window.timezone, _midnight(period.first))
        else:
            yield fire


def starts_after(window: Window, instant: datetime, end: datetime) -> Iterator[WindowEdge]:
    """Oldest first, those before `end`, without those on closed dates."""
    fires = fires_after(window.start, window.timezone, instant)
    while (fire := next(fires, None)) and fire.at < end:
        if period := _closed_period(window, fire):
            fires = fires_from_local(window.start, window.timezone, _day_after(period.last))
        else:
            yield WindowEdge(fire, True, window)


def stops_after(window: Window, instant: datetime, end: datetime) -> Iterator[WindowEdge]:
    fires = fires_after(window.stop, window.timezone, instant)
    for fire in takewhile(lambda fire: fire.at < end, fires):
        yield WindowEdge(fire, False, window)


def day_edges_after(window: Window, instant: datetime, end: datetime) -> Iterator[WindowEdge]:
    """Yields where closed dates interrupt a long window, and where they are over; oldest first,
    those before `end`.
    """
    known: datetime | None = None  # until which reading of the clock `is_long` stays true
    is_long = False
    for edge in closed_midnights(window, instant, end):
        if instant < edge.fire.at < end:
            if known is None or edge.fire.local >= known:
                is_long, known = long_window_at(window, edge.fire.local)
            if is_long:
                yield edge


def _day_edges_until(window: Window, instant: datetime, oldest: datetime) -> Iterator[WindowEdge]:
    """Newest first, back to `oldest`."""
    for edge in closed_midnights(window, oldest, instant, newest_first=True):
        if oldest <= edge.fire.at <= instant and long_window_at(window, edge.fire.local)[0]:
            yield edge


def closed_starts(
    window: Window, start: datetime, end: datetime
) -> Iterator[tuple[Fire, ClosedPeriod]]:
    """Yields the first start in [start, end) that each closed period takes away."""
    if not window.closed:
        return
    fires = fires_after(window.start, window.timezone, start - _MINUTE)
    while (fire := next(fires, None)) and fire.at < end:
        period = _closed_period(window, fire)
        if period:
            yield fire, period
        day = period.last if period else fire.local.date()  # its other starts say nothing more
        fires = fires_from_local(window.start, window.timezone, _day_after(day))


def interruption(window: Window, instant: datetime) -> tuple[WindowEdge, ClosedPeriod] | None:
    """Returns since when, and why, a closed date interrupts a long window at `instant`."""
    edge = latest_edge(window, instant) if window.closed else None
    if edge is None or edge.closed is None or edge.is_start:
        return None
    today = closed_period_on(instant.astimezone(window.timezone).date(), window.closed)
    return edge, today or edge.closed


def closed_midnights(
    window: Window, begin: datetime, end: datetime, *, newest_first: bool = False
) -> Iterator[WindowEdge]:
    """Yields where closed dates begin and end from `begin` to `end`, and a day around that, in
    windows of any length.
    """
    if not window.closed:
        return
    first, last = (instant.astimezone(window.timezone).date() for instant in (begin, end))
    years = range(first.year, last.year + 1)
    for year in reversed(years) if newest_first else years:
        edges = list(closed_edges(window.closed, year))
        for day, begins, period in reversed(edges) if newest_first else edges:
            if first - _DAY <= day <= last + _DAY:
                local = _midnight(day)
                fire = Fire(instant_of(local, window.timezone), local)
                yield WindowEdge(fire, not begins, window, period)


def long_window_at(window: Window, local: datetime) -> tuple[bool, datetime]:
    """Whether a window that lasts longer than a day has started at this reading of the clock and
    not stopped, if nothing were closed; and until which reading that stays so.
    """
    return _is_long_at(window.start, window.stop, window.timezone, local)


@lru_cache(maxsize=_CACHE_SIZE)
def _is_long_at(start: Cron, stop: Cron, zone: ZoneInfo, local: datetime) -> tuple[bool, datetime]:
    """By what it depends on: schedules with other closed dates often have the same windows."""
    stopped = next(fires_before_local(stop, zone, local + _MINUTE), None)
    since = stopped.local if stopped else local - FARTHEST
    started = next(fires_from_local(start, zone, since), None)
    if started is None or started.local > local:
        return False, started.local if started else local + FARTHEST
    stops = next(fires_from_local(stop, zone, local + _MINUTE), None)
    if stops is None:
        return True, local + FARTHEST
    return stops.local - started.local > LONGEST_SHORT, stops.local


def _closed_period(window: Window, fire: Fire) -> ClosedPeriod | None:
    return closed_period_on(fire.local.date(), window.closed)


def _day_after(day: date) -> datetime:
    return _midnight(min(day, date.max - _DAY) + _DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
