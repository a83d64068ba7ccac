"""Dates, and minutes on the clock of a schedule, as people write them."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d?-\d\d?)[T ](?P<hour>\d\d?):(?P<minute>[0-5]\d)(:00)?"
    r"(?P<offset>Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)


def parse_date(value: object) -> date:
    """Raises ValueError with what would be valid."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        msg = "not a date; write year-month-day, for example 2026-12-24"
        raise ValueError(msg)
    return _day(value)


def parse_moment(value: object) -> datetime:
    """Naive without an offset: a minute of the schedule's clock. 24:00 is the end of the day."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        msg = "not a date and a time; write for example 2026-12-29T10:00, or T24:00 for midnight"
        raise ValueError(msg)
    midnight = datetime.combine(_day(match["date"]), time(), _offset(match["offset"]))
    time_of_day = timedelta(hours=int(match["hour"]), minutes=int(match["minute"]))
    if time_of_day > timedelta(hours=24):
        msg = f"there is no {match['hour']}:{match['minute']} on a clock; valid are 0:00 to 24:00"
        raise ValueError(msg)
    return midnight + time_of_day


def _day(text: str) -> date:
    year, month, day = (int(number) for number in text.split("-"))
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        msg = f"the year must be from {_FIRST_YEAR} to {_LAST_YEAR}"
        raise ValueError(msg)
    try:
        return date(year, month, day)
    except ValueError as error:
        msg = f"there is no such date: {error}"
        raise ValueError(msg) from error


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%z").tzinfo
    except ValueError as error:
        msg = f"{text} is no offset from UTC; write for example Z or -05:00"
        raise ValueError(msg) from error
