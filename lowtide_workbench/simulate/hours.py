"""The hours of a trace that comes without a file: those in which its calls come, by weekday."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from lowtide.domain.schedule import Cron, Schedule, Window, parse_cron
from lowtide_workbench.traces.days import DAY_S, HALF_HOUR_S
from lowtide_workbench.traces.files import Session

ZONE = ZoneInfo("UTC")
_NAMES = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_LEAST_SHARE = 0.1  # of the calls of the weekday's busiest half hour
_HALF_HOURS = 48


def schedule_of(sessions: Sequence[Session]) -> Schedule:
    """From the first to the last half hour of a weekday that has a tenth of the busiest's calls.

    A weekday is open if it has calls on at least half of its dates.
    """
    days = {session.arrival_s // DAY_S for session in sessions}
    dates = Counter(day % 7 for day in range(min(days), max(days) + 1))
    with_calls = Counter(day % 7 for day in days)
    calls = Counter(_half_hour(session) for session in sessions)
    hours = {
        weekday: _hours([calls[weekday, half_hour] for half_hour in range(_HALF_HOURS)])
        for weekday in sorted(with_calls)
        if 2 * with_calls[weekday] >= dates[weekday]
    }
    if len(hours) == len(_NAMES) and set(hours.values()) == {(0, _HALF_HOURS)}:
        return Schedule((), ZONE)
    return Schedule(tuple(_window(weekday, *span) for weekday, span in hours.items()), ZONE)


def on_any_date(schedule: Schedule) -> Schedule:
    """The windows alone, on a clock without changes: a trace has weekdays, but no dates."""
    windows = (replace(window, timezone=ZONE, closed=()) for window in schedule.windows)
    return Schedule(tuple(windows), ZONE)


def describe(schedule: Schedule) -> str:
    """`MON 07:00-24:00, TUE ...`, for a schedule that `schedule_of` has made."""
    if not schedule.windows:
        return "always"
    return ", ".join(_described(window) for window in schedule.windows)


def _described(window: Window) -> str:
    opens, closes = (cron.text.split() for cron in (window.start, window.stop))
    hour = 24 if closes[:2] == ["0", "0"] else int(closes[1])
    return f"{opens[4]} {int(opens[1]):02}:{int(opens[0]):02}-{hour:02}:{int(closes[0]):02}"


def _half_hour(session: Session) -> tuple[int, int]:
    day, time_s = divmod(session.arrival_s, DAY_S)
    return day % 7, time_s // HALF_HOUR_S


def _hours(calls: Sequence[int]) -> tuple[int, int]:
    busy = [n for n, count in enumerate(calls) if count >= _LEAST_SHARE * max(calls)]
    return busy[0], busy[-1] + 1


def _window(weekday: int, opens: int, closes: int) -> Window:
    return Window(_cron(weekday, opens), _cron(weekday, closes), ZONE)


def _cron(weekday: int, half_hour: int) -> Cron:
    days, time = divmod(half_hour, _HALF_HOURS)
    return parse_cron(f"{time % 2 * 30} {time // 2} * * {_NAMES[(weekday + days) % 7]}")
