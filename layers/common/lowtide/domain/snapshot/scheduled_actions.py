"""What would Application Auto Scaling's scheduled actions have done while an endpoint slept?

Its cron counts weekdays from SUN = 1 and may name a year. Assumed as with EventBridge Scheduler: a
time that spring leaves out is skipped, one that autumn repeats fires once. `rate(...)`, and what
croniter cannot read (`L-3`), count as not firing: the action itself still comes back.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterError, croniter

from lowtide.domain.snapshot.snapshot import Document, Scaling, Snapshot, label

_LONGEST_FOLD = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_YEARS_TO_LOOK_BACK = 5
_UNREADABLE = (CroniterError, ValueError, KeyError)  # KeyError: no such time zone
_NONE_NEWER: Mapping[str, datetime] = {}
RANGE = ("MinCapacity", "MaxCapacity")


def expired(action: Document, now: datetime) -> bool:
    """AWS takes neither an end nor a one-time action that has passed."""
    ends, at = _instant(action.get("EndTime")), _one_time(action)
    return (ends is not None and ends <= now) or (at is not None and at <= now)


def needed_now(
    scaling: Scaling,
    since: datetime,
    now: datetime,
    newer: Mapping[str, datetime] = _NONE_NEWER,
) -> Scaling:
    """Each target with the range that its actions would have given it in (since, now]; of those
    that are in `newer`, since then."""
    return _after(scaling, _due(scaling, since, now, newer))


def stages(saved: Snapshot, now: datetime) -> tuple[Scaling, ...]:
    """As it was saved, and after each action since then; the last is what is needed now."""
    due = _due(saved.scaling, saved.ranges_as_of, now, saved.newer_ranges)
    return tuple(_after(saved.scaling, due[:fired]) for fired in range(len(due) + 1))


def last_fire(action: Document, now: datetime) -> datetime | None:
    """The newest at or before `now`, within the action's start and end."""
    start, end = _instant(action.get("StartTime")), _instant(action.get("EndTime"))
    fire = _one_time(action) or _newest_of_cron(action, min(now, end or now))
    return fire if fire and fire <= now and (start is None or start <= fire) else None


def is_suspended(target: Document) -> bool:
    """Its scheduled actions have no effect."""
    return bool(target.get("SuspendedState", {}).get("ScheduledScalingSuspended"))


def _due(
    scaling: Scaling, since: datetime, now: datetime, newer: Mapping[str, datetime]
) -> list[Document]:
    """In the order in which they fired."""
    fired = [(last_fire(action, now), action) for action in scaling.scheduled_actions]
    slept = [
        (at, action)
        for at, action in fired
        if at is not None and max(since, newer.get(action["ResourceId"], since)) < at
    ]
    return [action for _, action in sorted(slept, key=lambda each: (each[0], str(label(each[1]))))]


def _after(scaling: Scaling, due: Collection[Document]) -> Scaling:
    return replace(scaling, targets=tuple(_moved(target, due) for target in scaling.targets))


def _moved(target: Document, due: Iterable[Document]) -> Document:
    if is_suspended(target):
        return target
    for action in due:
        if action["ResourceId"] == target["ResourceId"]:
            target = _with_range(target, action.get("ScalableTargetAction", {}))
    return target


def _with_range(target: Document, wanted: Document) -> Document:
    """Half a range is kept where the action names the other; an impossible one is not taken."""
    moved = {**target, **{key: wanted[key] for key in RANGE if key in wanted}}
    possible = moved.get("MinCapacity", 0) <= moved.get("MaxCapacity", math.inf)
    return moved if possible else target


def _one_time(action: Document) -> datetime | None:
    schedule = str(action["Schedule"])
    if not schedule.startswith("at("):
        return None
    try:
        at = datetime.fromisoformat(schedule.removeprefix("at(").removesuffix(")"))
        return at.replace(tzinfo=_zone(action)).astimezone(UTC)
    except _UNREADABLE:
        return None


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
    """None where spring leaves that time out; the first of autumn's two."""
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    return at if at.astimezone(zone).replace(tzinfo=None) == wall else None


def _crontab(body: str) -> str:
    """croniter wants seconds and year behind the five fields."""
    minute, hour, day, month, weekday, year = body.replace("?", "*").split()
    return " ".join([minute, hour, day, month, _from_sunday_0(weekday), "0", year])


def _from_sunday_0(weekday: str) -> str:
    """SUN = 1 here and 0 there; the last Friday is 6L here and L5 there."""
    if last := re.fullmatch(r"([1-7])L", weekday):
        return f"L{int(last[1]) - 1}"
    if weekday == "L":  # AWS: the last day of the week
        return "6"
    return re.sub(r"(?<![#/\d])[1-7](?!\d)", lambda day: str(int(day[0]) - 1), weekday)


def _instant(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))
