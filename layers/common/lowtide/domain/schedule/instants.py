"""Instants as people write them: with an offset, or on the clock of a schedule."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.cron import instant_of

_YEARS = range(2000, 2101)


def parse_instant(text: str, timezone: ZoneInfo) -> datetime:
    """Raises ValueError with what would be valid; a date is its first minute."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        msg = (
            f"{text!r} is not a date or a date-time; write for example "
            "2026-11-23, 2026-11-23T08:00, 2026-11-23T08:00-05:00 or 2026-11-23T13:00Z"
        )
        raise ValueError(msg) from error
    if found.year not in _YEARS:
        msg = f"{text!r} is not in the years {_YEARS[0]} to {_YEARS[-1]}"
        raise ValueError(msg)
    return settled(found, timezone)


def settled(moment: datetime, timezone: ZoneInfo) -> datetime:
    """In UTC; what an offset does not settle, the clock of the zone does."""
    return moment.astimezone(UTC) if moment.tzinfo else instant_of(moment, timezone)
