"""Schedule expressions of AWS: at(...), cron(six fields), rate(...).

Lowtide reads the same expressions in its own way; the tests hold the two against each other."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

_DAYS = {"1": "SUN", "2": "MON", "3": "TUE", "4": "WED", "5": "THU", "6": "FRI", "7": "SAT"}
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def next_run(schedule: str, timezone: str, created: datetime, after: datetime) -> datetime | None:
    """The first run later than `after`, if any; ValueError for what is no schedule."""
    match = re.fullmatch(r"(at|cron|rate)\((.+)\)", schedule.strip())
    if match is None:
        raise ValueError(schedule)
    kind, body = match.groups()
    if kind == "at":
        at = datetime.fromisoformat(body).replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)
        return at if at > after else None
    if kind == "rate":
        return _next_of_rate(body, created, after)
    return _next_of_cron(body, ZoneInfo(timezone), after)


def _next_of_rate(body: str, created: datetime, after: datetime) -> datetime:
    match = re.fullmatch(r"([1-9]\d*) (minute|hour|day)s?", body)
    if match is None:
        raise ValueError(body)
    period = int(match[1]) * _UNITS[match[2]]
    return created + ((after - created) // period + 1) * period


def _next_of_cron(body: str, zone: ZoneInfo, after: datetime) -> datetime | None:
    """By local time: a time that spring leaves out is skipped, one that autumn repeats runs once.

    So AWS documents it (facts 6.2).
    """
    # An hour earlier, since the hour that autumn repeats begins before it.
    since = (after - timedelta(hours=1)).astimezone(zone).replace(tzinfo=None)
    walls = croniter(_crontab(body), since)
    while True:
        try:
            wall: datetime = walls.get_next(datetime)
        except CroniterBadDateError:
            return None
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        if at > after and at.astimezone(zone).replace(tzinfo=None) == wall:
            return at


def _crontab(body: str) -> str:
    minute, hour, day, month, weekday, year = body.split()
    if not {"*", "?"} & {day, weekday}:
        raise ValueError("a day of the month and a day of the week exclude each other")
    return " ".join([minute, hour, day.replace("?", "*"), month, _named(weekday), "0", year])


def _named(weekday: str) -> str:
    """AWS counts days from 1 = Sunday, cron from 0; the last Friday is 6L here, L5 there."""
    if last := re.fullmatch(r"([1-7])L", weekday):
        return f"L{int(last[1]) - 1}"
    if weekday == "L":  # the last day of the week
        return "SAT"
    return re.sub(r"(?<!#)[1-7]", lambda day: _DAYS[day[0]], weekday.replace("?", "*"))
