"""Should the endpoint be awake at this instant, and why?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain import cron
from lowtide.domain.overrides import Override


@dataclass(frozen=True, slots=True)
class Window:
    """Two five-field cron expressions on the clock of one time zone."""

    start: str
    stop: str
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Schedule:
    """Awake while any window is; without windows, always."""

    windows: tuple[Window, ...]
    timezone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of an endpoint now, and why, in plain words; `early` before a window opens."""

    awake: bool
    reason: str
    early: bool = False


def wish(schedule: Schedule, override: Override | None, now: datetime, lead: timedelta) -> Wish:
    """Override first, then the windows; creation begins `lead` before a window opens."""
    if override is not None and now < override.until:
        return Wish(override.awake, override.reason_until(schedule.timezone))
    if not schedule.windows:
        return Wish(True, "the schedule is `always`")
    if (opened := opened_at(schedule, now)) is not None:
        return Wish(True, f"the window opened {_clock(opened, schedule)}")
    opens = next_start(schedule, now)
    if opens is None:
        return Wish(False, "no window opens again")
    if opens - lead <= now:
        return Wish(True, f"the window opens {_clock(opens, schedule)}", early=True)
    return Wish(False, f"no window is open until {_clock(opens, schedule)}")


def opened_at(schedule: Schedule, now: datetime) -> datetime | None:
    """Since when a window has been open; None while none is."""
    starts = (_open_since(window, now) for window in schedule.windows)
    return min((start for start in starts if start is not None), default=None)


def next_start(schedule: Schedule, now: datetime) -> datetime | None:
    """The first start of any window after `now`."""
    starts = (cron.next_fire(window.start, window.timezone, now) for window in schedule.windows)
    return min((start for start in starts if start is not None), default=None)


def _open_since(window: Window, now: datetime) -> datetime | None:
    """The most recent instruction wins; where both fall on one minute, the start does."""
    start = cron.last_fire(window.start, window.timezone, now)
    stop = cron.last_fire(window.stop, window.timezone, now)
    if start is None or (stop is not None and stop > start):
        return None
    return start


def _clock(instant: datetime, schedule: Schedule) -> str:
    return f"{instant.astimezone(schedule.timezone):%a %H:%M %Z}"
