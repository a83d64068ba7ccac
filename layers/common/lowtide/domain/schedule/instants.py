"""Instants as people write them: with an offset, or on the clock of a schedule."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.cron import instant_of

_YEARS = range(2000, 2101)


def parse_instant(text: str, timezone: ZoneInfo) -> datetime:
    """Returns the instant in UTC, of a date its first minute; raises ValueError with what would
    be valid.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        msg = (
            f"{text!r} is not a date or a date-time; write for example "
            "2026-11-23, 2026-11-23T08:00, 2026-11-23T08:00-05:00 or 2026-11-23T13:00Z"
        )
        raise ValueError(msg) from error
    if moment.year not in _YEARS:
        msg = f"{text!r} is not in the years {_YEARS[0]} to {_YEARS[-1]}"
        raise ValueError(msg)
    return in_timezone(moment, timezone)


def in_timezone(moment: datetime, timezone: ZoneInfo) -> datetime:
    """Returns the instant in UTC: by the offset of `moment`, else on the clock of `timezone`."""
    return moment.astimezone(UTC) if moment.tzinfo else instant_of(moment, timezone)
