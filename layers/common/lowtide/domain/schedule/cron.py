"""When a cron expression fires, on the clock of a time zone.

Fires are minutes of the local clock. Each becomes one instant, in UTC: in the spring gap the
first valid minute after the gap, in the autumn fold the first of the two. So instants never run
backwards where local minutes do not.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import dropwhile
from typing import NamedTuple
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, croniter

from lowtide.domain.schedule.cron_parser import normalize

YEARS_LOOKED_AHEAD = 5
_CACHE_SIZE = 10_000  # expressions of a large file, whose endpoints mostly have the same
_MINUTE = timedelta(minutes=1)
_ANY_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 - a local clock, as in every cron expression


@dataclass(frozen=True, slots=True)
class Cron:
    """`text` as it was written; `normalized` as five fields of `*` or lists of numbers."""

    text: str
    normalized: str


class Fire(NamedTuple):
    """The instant, and the minute of the local clock that the expression names."""

    at: datetime
    local: datetime


@lru_cache(maxsize=_CACHE_SIZE)
def parse_cron(text: str) -> Cron:
    """Five fields, or AWS's cron(...) with six; raises ValueError with what would be valid."""
    cron = Cron(text, normalize(text))
    try:
        _croniter(cron, _ANY_DAY).get_next()
    except CroniterBadDateError as error:
        msg = f"never fires in {YEARS_LOOKED_AHEAD} years: no month named has such a day"
        raise ValueError(msg) from error
    return cron


def fires_after(cron: Cron, zone: ZoneInfo, instant: datetime) -> Iterator[Fire]:
    """Oldest first, without end unless none comes within the years looked ahead."""
    # What the clock reads now has fired. In a fold, so has some of what the clock is to read.
    reading = _reading(instant.astimezone(zone))
    return dropwhile(lambda fire: fire.at <= instant, fires_from_local(cron, zone, reading))


def fires_until(cron: Cron, zone: ZoneInfo, instant: datetime) -> Iterator[Fire]:
    """Newest first, the one at `instant` included."""
    local = instant.astimezone(zone)
    # In the second pass of a fold, the first pass has gone on to later readings than this one.
    fold = _offset(local.replace(fold=0)) - _offset(local)
    fires = fires_before_local(cron, zone, _reading(local) + fold + _MINUTE)
    return dropwhile(lambda fire: fire.at > instant, fires)


def fires_from_local(cron: Cron, zone: ZoneInfo, local: datetime) -> Iterator[Fire]:
    """Oldest first, from this reading of the local clock on."""
    minutes = _croniter(cron, local - _MINUTE)  # croniter looks strictly after its start
    with suppress(CroniterBadDateError, OverflowError):
        while True:
            yield _fire(minutes.get_next(datetime), zone)


def fires_before_local(cron: Cron, zone: ZoneInfo, local: datetime) -> Iterator[Fire]:
    """Newest first, those at earlier readings of the local clock."""
    minutes = _croniter(cron, local)
    with suppress(CroniterBadDateError, OverflowError):
        while True:
            yield _fire(minutes.get_prev(datetime), zone)


def instant_of(local_minute: datetime, zone: ZoneInfo) -> datetime:
    """The one instant of a reading of the local clock."""
    local = local_minute.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local_minute:
        return instant
    return _end_of_gap(local)


def _croniter(cron: Cron, local: datetime) -> croniter:
    return croniter(cron.normalized, local, max_years_between_matches=YEARS_LOOKED_AHEAD)


def _fire(local: datetime, zone: ZoneInfo) -> Fire:
    return Fire(instant_of(local, zone), local)


def _reading(local: datetime) -> datetime:
    """The minute that the local clock shows."""
    return local.replace(second=0, microsecond=0, tzinfo=None, fold=0)


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta(0)


def _end_of_gap(local: datetime) -> datetime:
    """`local` lies in a gap: with fold 1 zoneinfo reads it by the offset after, so too early."""
    instant = local.replace(fold=1).astimezone(UTC)
    offset_before = _offset(instant.astimezone(local.tzinfo))
    while _offset(instant.astimezone(local.tzinfo)) == offset_before:
        instant += _MINUTE
    return instant
