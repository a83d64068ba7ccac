"""The hours of a trace that comes without a file: those in which its calls come, by weekday."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from lowtide.domain.schedule import Schedule, Window, parse_cron
from lowtide_workbench.traces.days import DAY_S, LATEST_CLOSING_MIN, opening_hours
from lowtide_workbench.traces.files import Session

ZONE = ZoneInfo("UTC")
_NAMES = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_WHOLE_DAY = (0, LATEST_CLOSING_MIN)


def schedule_of(sessions: Sequence[Session]) -> Schedule:
    """A weekday is open if it has calls on at least half of its dates."""
    by_day = defaultdict(list)
    for session in sessions:
        by_day[session.arrival_s // DAY_S].append(session)
    dates = Counter(day % 7 for day in range(min(by_day), max(by_day) + 1))
    busy = Counter(day % 7 for day in by_day)
    hours = {
        weekday: opening_hours([s for day in by_day if day % 7 == weekday for s in by_day[day]])
        for weekday in sorted(busy)
        if 2 * busy[weekday] >= dates[weekday]
    }
    if len(hours) == len(_NAMES) and set(hours.values()) == {_WHOLE_DAY}:
        return Schedule((), ZONE)
    return Schedule(tuple(_window(day, *minutes) for day, minutes in hours.items()), ZONE)


def on_any_date(schedule: Schedule) -> Schedule:
    """The windows alone, on a clock without changes: a trace has weekdays, but no dates."""
    windows = (replace(window, timezone=ZONE, closed=()) for window in schedule.windows)
    return Schedule(tuple(windows), ZONE)


def describe(schedule: Schedule) -> str:
    if not schedule.windows:
        return "always"
    return "; ".join(f"{w.start.text} to {w.stop.text}" for w in schedule.windows)


def _window(weekday: int, opens: int, closes: int) -> Window:
    start, stop = (
        parse_cron(f"{minutes % 60} {minutes // 60} * * {_NAMES[weekday]}")
        for minutes in (opens, closes)
    )
    return Window(start, stop, ZONE)
