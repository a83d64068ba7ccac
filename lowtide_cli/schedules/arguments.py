"""The instants and durations that a command is given."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.schedule import Interval, instant_of, parse_instant
from lowtide_cli.schedules.files import refuse

_LONGEST_YEARS = 20
_LONGEST = timedelta(days=366 * _LONGEST_YEARS)


def period(begin: str | None, end: str | None, zone: ZoneInfo, now: datetime) -> Interval:
    """Returns [begin, end), by default a week from Monday of this week, on the zone's clock."""
    start = instant("--from", begin, zone) if begin else _monday(now, zone)
    if end:
        stop = instant("--to", end, zone)
    else:
        wall = start.astimezone(zone).replace(tzinfo=None)
        stop = instant_of(wall + timedelta(days=7), zone)
    if start >= stop:
        refuse(f"--to: {_shown(stop, zone)} is not after --from, {_shown(start, zone)}")
    if stop - start > _LONGEST:
        refuse(f"--to: more than {_LONGEST_YEARS} years after --from, {_shown(start, zone)}")
    return Interval(start, stop)


def instant(option: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        return parse_instant(text, zone)
    except ValueError as error:
        refuse(f"{option}: {error}")


def lead_time(managed: ManagedEndpoint, creation: timedelta) -> timedelta:
    """How long before a start creation begins; `creation` is how long one takes."""
    return creation + managed.warm_up if managed.ready == "at-start" else timedelta(0)


def _monday(now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    return instant_of(datetime.combine(today - timedelta(days=today.weekday()), time()), zone)


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()
