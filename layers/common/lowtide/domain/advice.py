"""What is valid in a schedule, and still probably not meant."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, pairwise

from lowtide.domain.cron import Cron
from lowtide.domain.durations import in_words
from lowtide.domain.schedules import Schedule, Transition, clock, is_awake, next_change, transitions

LOOKED_AHEAD = timedelta(weeks=53)
# Bound the work; a schedule that changes so often shows its kinds of windows long before.
_MOST_CHANGES = 2_000
_MOST_INSTRUCTIONS = 20_000
_COMMON_YEAR = 2025
_ALWAYS_THERE = 28


def warnings(schedule: Schedule, creation: timedelta, now: datetime) -> tuple[str, ...]:
    """`creation` is how long it takes until a new endpoint is in service."""
    crons = dict.fromkeys(
        cron for window in schedule.windows for cron in (window.start, window.stop)
    )
    told = [
        *(said for cron in crons for said in _about(cron)),
        *_without_change(schedule, now),
        *_too_short(schedule, creation, now),
    ]
    return tuple(told)


def _about(cron: Cron) -> Iterator[str]:
    _, _, days, months, weekdays = cron.plain.split()
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


def _without_change(schedule: Schedule, now: datetime) -> Iterator[str]:
    if not schedule.windows or next_change(schedule, now):
        return
    if is_awake(schedule, now):
        yield "it is awake and no stop ends that; if this is meant, write `always`"
    else:
        yield "it never opens again: nothing within five years starts it"


def _too_short(schedule: Schedule, creation: timedelta, now: datetime) -> Iterator[str]:
    """Each kind once, told with its first instance."""
    found = transitions(schedule, now, now + LOOKED_AHEAD, _MOST_INSTRUCTIONS)
    kinds: set[tuple[str, str]] = set()
    for begin, end in pairwise(islice(found, _MOST_CHANGES)):
        kind = (begin.because, end.because)
        if end.at - begin.at < creation and kind not in kinds:
            kinds.add(kind)
            yield _short(begin, end, creation, schedule)


def _short(begin: Transition, end: Transition, creation: timedelta, schedule: Schedule) -> str:
    what, remedy = (
        ("it is awake", "make it longer") if begin.awake else ("it sleeps", "join the windows")
    )
    return (
        f"{what} for only {in_words(end.at - begin.at)} from "
        f"{clock(begin.at, schedule.timezone)} ({begin.because}), "
        f"shorter than a creation, {in_words(creation)}; {remedy}"
    )
