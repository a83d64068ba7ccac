"""When Application Auto Scaling's scheduled actions fire.

Its cron counts weekdays from SUN = 1 and may name a year. AWS does not document changes of the
clock; assumed is what EventBridge Scheduler does: a time that spring leaves out is skipped, one
that autumn repeats fires once. A rate counts from its StartTime. One without a start, whose phase
nothing tells, and what croniter cannot read (`L-3`) count as not firing: the action itself is
restored like any other.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from lowtide.domain.snapshot.snapshot import Document

_RATE = re.compile(r"rate\(([1-9]\d{0,5}) (minute|hour|day)s?\)")
_LONGEST_FOLD = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_YEARS_TO_LOOK_BACK = 5
# KeyError: no such time zone; OverflowError: a year that UTC has no place for
_UNREADABLE = (CroniterError, ValueError, KeyError, OverflowError)


def expired(action: Document, now: datetime) -> bool:
    """Whether PutScheduledAction would refuse it: its end or its only time has passed."""
    ends, at = _instant(action.get("EndTime")), _one_time(action)
    return (ends is not None and ends <= now) or (at is not None and at <= now)


def last_fire(action: Document, now: datetime) -> datetime | None:
    """The newest at or before `now`, within the action's start and end; None if there is none."""
    start, end = _instant(action.get("StartTime")), _instant(action.get("EndTime"))
    until = min(now, end or now)
    fire = _one_time(action) or _newest_of_rate(action, start, until)
    fire = fire or _newest_of_cron(action, until)
    return fire if fire and fire <= now and (start is None or start <= fire) else None


def _one_time(action: Document) -> datetime | None:
    schedule = str(action["Schedule"])
    if not schedule.startswith("at("):
        return None
    try:
        at = datetime.fromisoformat(schedule.removeprefix("at(").removesuffix(")"))
        return at.replace(tzinfo=_zone(action)).astimezone(UTC)
    except _UNREADABLE:
        return None


def _newest_of_rate(action: Document, start: datetime | None, until: datetime) -> datetime | None:
    match = _RATE.fullmatch(str(action["Schedule"]).strip())
    if match is None or start is None or until < start:
        return None
    period = int(match[1]) * timedelta(**{f"{match[2]}s": 1})
    return start + (until - start) // period * period


def _newest_of_cron(action: Document, now: datetime) -> datetime | None:
    match = re.fullmatch(r"cron\((.+)\)", str(action["Schedule"]).strip())
    if match is None:
        return None
    try:
        zone = _zone(action)
        # In the second pass of a fold the wall clock shows later times that have been already.
        wall_now = now.astimezone(zone).replace(tzinfo=None) + _LONGEST_FOLD + _MINUTE
        walls = croniter(
            _crontab(match[1]), wall_now, max_years_between_matches=_YEARS_TO_LOOK_BACK
        )
        while (fire := _fire(walls.get_prev(datetime), zone)) is None or fire > now:
            pass
    except _UNREADABLE:
        return None
    return fire


def _zone(action: Document) -> ZoneInfo:
    return ZoneInfo(action.get("Timezone") or "UTC")


def _fire(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The first of two where autumn repeats that time; None where spring leaves it out."""
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == wall else None


def _crontab(body: str) -> str:
    """croniter reads seconds and the year behind the five fields."""
    minute, hour, day, month, weekday, year = body.replace("?", "*").split()
    return " ".join([minute, hour, day, month, _from_sunday_0(weekday), "0", year])


def _from_sunday_0(weekday: str) -> str:
    """AWS: SUN = 1, the last Friday is 6L. croniter: SUN = 0, the last Friday is L5."""
    if last := re.fullmatch(r"([1-7])L", weekday):
        return f"L{int(last[1]) - 1}"
    if weekday == "L":  # AWS: the last day of the week
        return "6"
    return re.sub(r"(?<![#/\d])[1-7](?!\d)", lambda day: str(int(day[0]) - 1), weekday)


def _instant(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))
