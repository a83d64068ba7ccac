"""Schedule expressions of AWS: at(...), cron(six fields), rate(...).

Lowtide reads the same expressions by code of its own, so that a test can compare the two.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

_DAYS = {"1": "SUN", "2": "MON", "3": "TUE", "4": "WED", "5": "THU", "6": "FRI", "7": "SAT"}
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def next_run(schedule: str, timezone: str, created: datetime, after: datetime) -> datetime | None:
    """The first run later than `after`, if any; ValueError for what is no schedule."""
    match = re.fullmatch(r"(at|cron|rate)\((.+)\)", schedule.strip())
    if match is None:
        raise ValueError(schedule)
    kind, body = match.groups()
    if kind == "at":
        if not _LOCAL_TIME.fullmatch(body):
            raise ValueError("at() takes a local time without an offset: yyyy-mm-ddThh:mm:ss")
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
    if [day, weekday].count("?") != 1:  # facts 6.2
        raise ValueError("exactly one of the day of the month and the day of the week must be ?")
    return " ".join([minute, hour, day.replace("?", "*"), month, _named(weekday), "0", year])


def _named(weekday: str) -> str:
    """AWS counts days from 1 = Sunday, cron from 0; the last Friday is 6L here, L5 there.

    L alone is the last day of the week, Saturday. The numbers behind # and / are no days.
    """
    if re.search(r"(?<![#/\d])0", weekday):
        raise ValueError(f"{weekday}: days of the week are 1 (Sunday) to 7, or SUN to SAT")
    if weekday == "L":
        return "SAT"
    if last := re.fullmatch(r"([1-7])L", weekday):
        return f"L{int(last[1]) - 1}"
    return re.sub(r"(?<![#/])[1-7]", lambda day: _DAYS[day[0]], weekday.replace("?", "*"))
