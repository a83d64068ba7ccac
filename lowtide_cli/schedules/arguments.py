"""Which instants a command is asked about."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.schedule.cron import instant_of
from lowtide.domain.schedule.instants import parse_instant
from lowtide_cli.schedules.files import refuse
from lowtide_cli.schedules.spans import Stretch

_LONGEST_YEARS = 20
_LONGEST = timedelta(days=366 * _LONGEST_YEARS)


def span(begin: str | None, end: str | None, zone: ZoneInfo, now: datetime) -> Stretch:
    """From Monday of this week and for a week, on the clock of the zone, where nothing is said."""
    start = instant("--from", begin, zone) if begin else _monday(now, zone)
    stop = instant("--to", end, zone) if end else _week_after(start, zone)
    if start >= stop:
        refuse(f"--to: {_shown(stop, zone)} is not after --from, {_shown(start, zone)}")
    if stop - start > _LONGEST:
        refuse(f"--to: more than {_LONGEST_YEARS} years after --from, {_shown(start, zone)}")
    return Stretch(start, stop)


def instant(option: str, text: str, zone: ZoneInfo) -> datetime:
    try:
        return parse_instant(text, zone)
    except ValueError as error:
        refuse(f"{option}: {error}")


def lead_time(managed: ManagedEndpoint, creation: timedelta) -> timedelta:
    """How long before a start creation begins; `creation` is how long one takes."""
    return creation if managed.ready == "at-start" else timedelta(0)


def _monday(now: datetime, zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    return instant_of(datetime.combine(today - timedelta(days=today.weekday()), time()), zone)


def _week_after(start: datetime, zone: ZoneInfo) -> datetime:
    return instant_of(start.astimezone(zone).replace(tzinfo=None) + timedelta(days=7), zone)


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()
