"""One window: when its instructions fall, and whether it is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.closed_dates import Closing, Closure, closure_on
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
    closed: tuple[Closing, ...] = ()


@dataclass(frozen=True, slots=True)
class Instruction:
    """`fire` starts or stops `window`."""

    fire: Fire
    starts: bool
    window: Window

    @property
    def order(self) -> tuple[datetime, datetime, bool]:
        """By instant; those that a gap brings together as the clock names them; starts last."""
        return (self.fire.at, self.fire.local, self.starts)


def latest(window: Window, instant: datetime) -> Instruction | None:
    """The instruction that holds at this instant."""
    stop = next(fires_until(window.stop, window.timezone, instant), None)
    oldest = stop.at if stop else instant - FARTHEST
    start = next(starts_until(window, instant, oldest), None)
    found = [
        Instruction(fire, starts, window)
        for fire, starts in ((stop, False), (start, True))
        if fire is not None
    ]
    return max(found, key=lambda instruction: instruction.order, default=None)


def starts_until(window: Window, instant: datetime, oldest: datetime) -> Iterator[Fire]:
    """Newest first, without the ones on closed dates."""
    fires = fires_until(window.start, window.timezone, instant)
    while (fire := next(fires, None)) and fire.at >= oldest:
        if closure := _closure(window, fire):
            fires = fires_before_local(window.start, window.timezone, _midnight(closure.first))
        else:
            yield fire


def starts_after(window: Window, instant: datetime, end: datetime) -> Iterator[Instruction]:
    """Those before `end`, without the ones on closed dates."""
    fires = fires_after(window.start, window.timezone, instant)
    while (fire := next(fires, None)) and fire.at < end:
        if closure := _closure(window, fire):
            fires = fires_from_local(window.start, window.timezone, _day_after(closure.last))
        else:
            yield Instruction(fire, True, window)


def stops_after(window: Window, instant: datetime, end: datetime) -> Iterator[Instruction]:
    fires = fires_after(window.stop, window.timezone, instant)
    for fire in takewhile(lambda fire: fire.at < end, fires):
        yield Instruction(fire, False, window)


def closed_starts(window: Window, start: datetime, end: datetime) -> Iterator[tuple[Fire, Closure]]:
    """The first start in [start, end) that each closure takes away."""
    if not window.closed:
        return
    fires = fires_after(window.start, window.timezone, start - timedelta(minutes=1))
    while (fire := next(fires, None)) and fire.at < end:
        closure = _closure(window, fire)
        if closure:
            yield fire, closure
        day = closure.last if closure else fire.local.date()  # one start of a day tells enough
        fires = fires_from_local(window.start, window.timezone, _day_after(day))


def _closure(window: Window, fire: Fire) -> Closure | None:
    return closure_on(fire.local.date(), window.closed)


def _day_after(day: date) -> datetime:
    return _midnight(min(day, date.max - timedelta(days=1)) + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
