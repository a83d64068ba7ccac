"""One window: when it starts and stops, and whether it is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.closed_dates import ClosedOn, ClosedPeriod, closed_period_on
from lowtide.domain.schedule.cron import (
    YEARS_LOOKED_AHEAD,
    Cron,
    Fire,
    fires_after,
    fires_before_local,
    fires_from_local,
    fires_until,
)

FARTHEST = timedelta(days=366 * YEARS_LOOKED_AHEAD)


@dataclass(frozen=True, slots=True)
class Window:
    """Open from each fire of `start` to the next of `stop`; not opened on a closed local date."""

    start: Cron
    stop: Cron
    timezone: ZoneInfo
    closed: tuple[ClosedOn, ...] = ()


@dataclass(frozen=True, slots=True)
class WindowEdge:
    """A fire of the window's `start` or of its `stop`."""

    fire: Fire
    is_start: bool
    window: Window

    @property
    def order(self) -> tuple[datetime, datetime, bool]:
        """By instant; those that a gap brings together as the clock names them; starts last."""
        return (self.fire.at, self.fire.local, self.is_start)


def latest_edge(window: Window, instant: datetime) -> WindowEdge | None:
    """Returns the newest edge at or before `instant`, which decides whether the window is open."""
    stop = next(fires_until(window.stop, window.timezone, instant), None)
    oldest = stop.at if stop else instant - FARTHEST
    start = next(starts_until(window, instant, oldest), None)
    edges = [
        WindowEdge(fire, is_start, window)
        for fire, is_start in ((stop, False), (start, True))
        if fire is not None
    ]
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


def closed_starts(
    window: Window, start: datetime, end: datetime
) -> Iterator[tuple[Fire, ClosedPeriod]]:
    """Yields the first start in [start, end) that each closed period takes away."""
    if not window.closed:
        return
    fires = fires_after(window.start, window.timezone, start - timedelta(minutes=1))
    while (fire := next(fires, None)) and fire.at < end:
        period = _closed_period(window, fire)
        if period:
            yield fire, period
        day = period.last if period else fire.local.date()  # its other starts say nothing more
        fires = fires_from_local(window.start, window.timezone, _day_after(day))


def _closed_period(window: Window, fire: Fire) -> ClosedPeriod | None:
    return closed_period_on(fire.local.date(), window.closed)


def _day_after(day: date) -> datetime:
    return _midnight(min(day, date.max - timedelta(days=1)) + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
