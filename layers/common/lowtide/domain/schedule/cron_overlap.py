"""Do two cron expressions ever name the same minute of the local clock?

Days are bits of one large number, bit 0 is the first: so two sets of days meet in one step.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache

from lowtide.domain.schedule.cron import Cron

# Every weekday falls on every date of the year, February 29 too, once in 28 years.
_FIRST, _DAYS = date(2026, 1, 1), 28 * 365 + 7
_MINUTES, _HOURS = 60, 24
_LAST_DAY = "L"
_PAIRS_REMEMBERED = 10_000


@lru_cache(maxsize=_PAIRS_REMEMBERED)
def first_meeting(one: Cron, other: Cron) -> datetime | None:
    """The first since 2026; what a gap or a fold does to it is left out of account."""
    minute, hour, *days = one.plain.split()
    other_minute, other_hour, *other_days = other.plain.split()
    minutes = _numbers(minute, _MINUTES) & _numbers(other_minute, _MINUTES)
    hours = _numbers(hour, _HOURS) & _numbers(other_hour, _HOURS)
    meeting = _days(*days) & _days(*other_days)
    if not (minutes and hours and meeting):
        return None
    first = _FIRST + timedelta(days=(meeting & -meeting).bit_length() - 1)
    return datetime.combine(first, time(min(hours), min(minutes)))


def _numbers(text: str, count: int) -> set[int]:
    return set(range(count)) if text == "*" else {int(number) for number in text.split(",")}


def _days(day: str, month: str, weekday: str) -> int:
    """With two day fields, a cron fires on the days of either."""
    of_month, of_week = _all_of("day", day), _all_of("weekday", weekday)
    named = of_month & of_week if "*" in (day, weekday) else of_month | of_week
    return named & _all_of("month", month)


def _all_of(kind: str, text: str) -> int:
    calendar = _calendar()
    found = 0
    for name in text.split(","):
        found |= calendar[f"{kind} {name}"]
    return found


@cache
def _calendar() -> Mapping[str, int]:
    bits: dict[str, int] = defaultdict(int)
    for index in range(_DAYS):
        day = _FIRST + timedelta(days=index)
        names = [f"day {day.day}", f"month {day.month}", f"weekday {day.isoweekday() % 7}"]
        if day.day == monthrange(day.year, day.month)[1]:
            names.append(f"day {_LAST_DAY}")
        for name in (*names, "day *", "month *", "weekday *"):
            bits[name] |= 1 << index
    return dict(bits)
