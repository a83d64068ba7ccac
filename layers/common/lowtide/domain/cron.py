"""When does a five-field cron expression fire, on the clock of a time zone?

Fires are minutes of the local clock. Each becomes one instant: in the spring gap the first valid
minute after the gap, in the autumn fold the first of the two. All instants returned are UTC.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, CroniterError, croniter

_YEARS_TO_LOOK_AHEAD = 5
_MINUTE = timedelta(minutes=1)
_ANY_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 - a local clock, as in every cron expression
# `L` is the last day of a month. croniter's own H and R fire at random.
_WORD = re.compile(
    r"\*|\d+|L|MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
)
_WEEKDAY_ORDER_EXAMPLE = "0 8 * * MON-FRI"


def fault(expression: str) -> str | None:
    """Why the expression is refused and what would be valid, or None."""
    return _dialect_fault(expression) or _value_fault(expression)


def last_fire(expression: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The newest fire at or before `now`; None where there is none in the years looked at."""
    local = now.astimezone(zone)
    # In the second pass of a fold, local readings later than this one have been seen already.
    seen_until = local.replace(tzinfo=None) + _fold_length(local)
    # croniter looks strictly before its start.
    fires = croniter(
        expression, seen_until + _MINUTE, max_years_between_matches=_YEARS_TO_LOOK_AHEAD
    )
    try:
        while (fire := _instant(fires.get_prev(datetime), zone)) > now:
            pass
    except CroniterBadDateError:
        return None
    return fire


def next_fire(expression: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first fire after `now`; None where there is none in the years looked at."""
    local = now.astimezone(zone).replace(tzinfo=None)
    # A fire whose local minute lies in a gap happens after the gap: start before any gap.
    fires = croniter(
        expression,
        local - timedelta(days=1),
        max_years_between_matches=_YEARS_TO_LOOK_AHEAD,
    )
    try:
        while (fire := _instant(fires.get_next(datetime), zone)) <= now:
            pass
    except CroniterBadDateError:
        return None
    return fire


def _fold_length(local: datetime) -> timedelta:
    if not local.fold:
        return timedelta(0)
    return _offset(local.replace(fold=0)) - _offset(local)


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta(0)


def _instant(local_minute: datetime, zone: ZoneInfo) -> datetime:
    local = local_minute.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local_minute:
        return instant
    return _end_of_gap(local)


def _end_of_gap(local: datetime) -> datetime:
    before = local.replace(fold=1).astimezone(UTC)
    offset_before = _offset(before.astimezone(local.tzinfo))
    instant = before
    while _offset(instant.astimezone(local.tzinfo)) == offset_before:
        instant += _MINUTE
    return instant


def _dialect_fault(expression: str) -> str | None:
    fields = expression.split()
    if expression.startswith("cron("):
        return (
            "AWS's cron(...) dialect; write five-field cron (minute hour day month weekday), "
            f"for example {_WEEKDAY_ORDER_EXAMPLE!r}"
        )
    if len(fields) != len(("minute", "hour", "day", "month", "weekday")):
        return (
            f"{len(fields)} fields; write five (minute hour day month weekday), "
            f"for example {_WEEKDAY_ORDER_EXAMPLE!r}"
        )
    words = (word for field in fields for word in re.split(r"[,/-]", field))
    if unknown := [word for word in words if not _WORD.fullmatch(word.upper())]:
        return f"{unknown[0]!r} is not understood; use numbers, MON to SUN, JAN to DEC, * , - and /"
    return None


def _value_fault(expression: str) -> str | None:
    try:
        croniter(expression, _ANY_DAY, max_years_between_matches=_YEARS_TO_LOOK_AHEAD).get_next()
    except CroniterBadDateError:
        return f"never fires in {_YEARS_TO_LOOK_AHEAD} years"
    except (CroniterError, ValueError, KeyError) as error:
        return f"not a cron expression ({error}); valid is, for example, {_WEEKDAY_ORDER_EXAMPLE!r}"
    return None
