"""What is valid in a schedule, and probably not meant."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import islice, pairwise

from lowtide.domain.duration import in_words
from lowtide.domain.schedule.closed_lint import closed_warnings
from lowtide.domain.schedule.cron import Cron
from lowtide.domain.schedule.schedule import Schedule, Transition, is_awake, transitions
from lowtide.domain.schedule.schedule_warning import ScheduleWarning
from lowtide.domain.schedule.state import next_change
from lowtide.domain.schedule.window import Window, closed_starts, starts_after, stops_after
from lowtide.domain.wording import clock

_LOOKED_AHEAD = timedelta(weeks=53)
# Bound the work; a schedule that changes so often shows its kinds of windows long before.
_MOST_CHANGES = 2_000
_MOST_EDGES = 20_000
_COMMON_YEAR = 2025
_SHORTEST_MONTH = 28
_DAY_FIELDS = slice(2, 5)


def schedule_warnings(
    schedule: Schedule, creation: timedelta, now: datetime
) -> tuple[ScheduleWarning, ...]:
    """`creation` is how long it takes until a new endpoint is in service."""
    windows = list(dict.fromkeys(schedule.windows))
    first: dict[Cron, Window] = {}  # that has the expression
    for window in windows:
        first.setdefault(window.start, window)
        first.setdefault(window.stop, window)
    return (
        *(ScheduleWarning(text, first[cron]) for cron in first for text in _days_of(cron)),
        *(ScheduleWarning(text, window) for window in windows for text in _over_midnight(window)),
        *_same_minutes(windows, now),
        *closed_warnings(schedule, now, now + _LOOKED_AHEAD),
        *_without_change(schedule, now),
        *_too_short(schedule, creation, now),
    )


def _days_of(cron: Cron) -> Iterator[str]:
    _, _, days, months, weekdays = cron.normalized.split()
    if days != "*" and weekdays != "*":
        yield (
            f"{cron.text!r} fires on the days of the month and on the weekdays that it names, "
            "not only where both fit; write * in one of the two fields"
        )
    if skipped := _skipped_day(days, months):
        yield (
            f"{cron.text!r} skips the months without a day {skipped}; "
            "write L for the last day of each month"
        )


def _skipped_day(days: str, months: str) -> int | None:
    """Returns the day that some month does not have, unless the days before it are named too."""
    if days == "*" or "L" in days:
        return None
    day_numbers = [int(day) for day in days.split(",")]
    month_numbers = range(1, 13) if months == "*" else [int(month) for month in months.split(",")]
    shortest = min(monthrange(_COMMON_YEAR, month)[1] for month in month_numbers)
    if _SHORTEST_MONTH in day_numbers:
        return None
    return min((day for day in day_numbers if day > shortest), default=None)


def _over_midnight(window: Window) -> Iterator[str]:
    """A stop before the start of its own day ends the night before: after the last, days pass."""
    start, stop = (cron.normalized.split() for cron in (window.start, window.stop))
    days = start[_DAY_FIELDS]
    if days == stop[_DAY_FIELDS] and days != ["*"] * len(days) and _latest(stop) < _earliest(start):
        yield (
            f"{window.start.text!r} to {window.stop.text!r}: what starts on the last of the days "
            "stays awake until the next of them; if it is meant to stop the morning after, "
            "name the days after, such as TUE-SAT for MON-FRI"
        )


def _earliest(fields: Sequence[str]) -> tuple[int, int]:
    minute, hour = (0 if text == "*" else min(map(int, text.split(","))) for text in fields[:2])
    return hour, minute


def _latest(fields: Sequence[str]) -> tuple[int, int]:
    minute, hour = (
        last if text == "*" else max(map(int, text.split(",")))
        for text, last in zip(fields[:2], (59, 23), strict=True)
    )
    return hour, minute


def _same_minutes(windows: Sequence[Window], now: datetime) -> Iterator[ScheduleWarning]:
    """Walks a year of each window's starts and stops, fewer where there are many windows."""
    end = now + _LOOKED_AHEAD
    for window in windows:
        edges = merge(
            starts_after(window, now, end),
            stops_after(window, now, end),
            key=lambda edge: edge.order,
        )
        few = islice(edges, _MOST_EDGES // len(windows))
        both = (stop for stop, start in pairwise(few) if stop.fire == start.fire)
        if stop := next(both, None):
            yield ScheduleWarning(
                f"{window.start.text!r} and {window.stop.text!r} both name "
                f"{clock(stop.fire.at, window.timezone)}; the start wins, so it stays awake",
                window,
            )


def _without_change(schedule: Schedule, now: datetime) -> Iterator[ScheduleWarning]:
    if not schedule.windows:
        return
    if next_change(schedule, now):
        yield from _never_open(schedule, now)
    elif not is_awake(schedule, now):
        yield ScheduleWarning("it never opens again: nothing within five years starts it")
    elif next(_transitions(schedule, now), None) is None:  # windows may join for months
        yield ScheduleWarning("it is awake and no stop ends that; if this is meant, write `always`")


def _never_open(schedule: Schedule, now: datetime) -> Iterator[ScheduleWarning]:
    """Warns of each window that is not open in the next year, because of closed dates or not."""
    for window in dict.fromkeys(schedule.windows):
        alone = Schedule((window,), window.timezone)
        if is_awake(alone, now):
            continue
        change = next_change(alone, now)
        if change is None or change.at >= now + _LOOKED_AHEAD:
            lost = next(closed_starts(window, now, now + _LOOKED_AHEAD), None)
            why = f": {lost[1].reason}" if lost else ""
            first = f"first on {change.at.astimezone(window.timezone):%Y-%m-%d}" if change else None
            yield ScheduleWarning(
                f"{window.start.text!r} to {window.stop.text!r} is not open in the next year"
                f"{why}; {first or 'nor within five years'}",
                window,
            )


def _too_short(schedule: Schedule, creation: timedelta, now: datetime) -> Iterator[ScheduleWarning]:
    """Warns of each pair of edges once, with its first instance; at the window of the first edge,
    or of the second where the first is of a span."""
    pairs: set[tuple[str, str]] = set()
    for begin, end in pairwise(islice(_transitions(schedule, now), _MOST_CHANGES)):
        pair = (begin.because, end.because)
        if end.at - begin.at < creation and pair not in pairs:
            pairs.add(pair)
            message = _short(begin, end, creation, schedule)
            yield ScheduleWarning(message, begin.window or end.window)


def _transitions(schedule: Schedule, now: datetime) -> Iterator[Transition]:
    return transitions(schedule, now, now + _LOOKED_AHEAD, _MOST_EDGES)


def _short(begin: Transition, end: Transition, creation: timedelta, schedule: Schedule) -> str:
    what, remedy = (
        ("it is awake", "make it longer") if begin.awake else ("it sleeps", "join the windows")
    )
    return (
        f"{what} for only {in_words(end.at - begin.at)} from "
        f"{clock(begin.at, schedule.timezone)} ({begin.because}), "
        f"shorter than a creation, {in_words(creation)}; {remedy}"
    )
