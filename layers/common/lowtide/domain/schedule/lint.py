"""What is valid in a schedule, and still probably not meant."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, pairwise

from lowtide.domain.duration import in_words
from lowtide.domain.schedule.cron import Cron
from lowtide.domain.schedule.schedule import Schedule, Transition, is_awake, transitions
from lowtide.domain.schedule.state import next_change
from lowtide.domain.schedule.window import Window
from lowtide.domain.wording import clock

LOOKED_AHEAD = timedelta(weeks=53)
# Bound the work; a schedule that changes so often shows its kinds of windows long before.
_MOST_CHANGES = 2_000
_MOST_INSTRUCTIONS = 20_000
_COMMON_YEAR = 2025
_ALWAYS_THERE = 28
_DAY_FIELDS = slice(2, 5)


def warnings(schedule: Schedule, creation: timedelta, now: datetime) -> tuple[str, ...]:
    """`creation` is how long it takes until a new endpoint is in service."""
    crons = dict.fromkeys(
        cron for window in schedule.windows for cron in (window.start, window.stop)
    )
    told = [
        *(said for cron in crons for said in _about(cron)),
        *(said for window in dict.fromkeys(schedule.windows) for said in _over_midnight(window)),
        *_without_change(schedule, now),
        *_too_short(schedule, creation, now),
    ]
    return tuple(told)


def _about(cron: Cron) -> Iterator[str]:
    _, _, days, months, weekdays = cron.normalized.split()
    if days != "*" and weekdays != "*":
        yield (
            f"{cron.text!r} fires on the days of the month and on the weekdays that it names, "
            "not only where both fit; write * in one of the two fields"
        )
    if missing := _skipped(days, months):
        yield (
            f"{cron.text!r} skips the months without a day {missing}; "
            "write L for the last day of each month"
        )


def _skipped(days: str, months: str) -> int | None:
    """The day that some month does not have, unless the days before it are named as well."""
    if days == "*" or "L" in days:
        return None
    named = [int(day) for day in days.split(",")]
    asked = range(1, 13) if months == "*" else [int(month) for month in months.split(",")]
    shortest = min(monthrange(_COMMON_YEAR, month)[1] for month in asked)
    if _ALWAYS_THERE in named or max(named) <= shortest:
        return None
    return min(day for day in named if day > shortest)


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


def _without_change(schedule: Schedule, now: datetime) -> Iterator[str]:
    if not schedule.windows or next_change(schedule, now):
        return
    if not is_awake(schedule, now):
        yield "it never opens again: nothing within five years starts it"
    elif next(_coming(schedule, now), None) is None:  # windows may join for months before a gap
        yield "it is awake and no stop ends that; if this is meant, write `always`"


def _too_short(schedule: Schedule, creation: timedelta, now: datetime) -> Iterator[str]:
    """Each kind once, told with its first instance."""
    kinds: set[tuple[str, str]] = set()
    for begin, end in pairwise(islice(_coming(schedule, now), _MOST_CHANGES)):
        kind = (begin.because, end.because)
        if end.at - begin.at < creation and kind not in kinds:
            kinds.add(kind)
            yield _short(begin, end, creation, schedule)


def _coming(schedule: Schedule, now: datetime) -> Iterator[Transition]:
    return transitions(schedule, now, now + LOOKED_AHEAD, _MOST_INSTRUCTIONS)


def _short(begin: Transition, end: Transition, creation: timedelta, schedule: Schedule) -> str:
    what, remedy = (
        ("it is awake", "make it longer") if begin.awake else ("it sleeps", "join the windows")
    )
    return (
        f"{what} for only {in_words(end.at - begin.at)} from "
        f"{clock(begin.at, schedule.timezone)} ({begin.because}), "
        f"shorter than a creation, {in_words(creation)}; {remedy}"
    )
