"""Dates, and minutes on the clock of a schedule, as people write them."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?", re.ASCII)
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d?-\d\d?)[T ](?P<hour>\d\d?):(?P<minute>\d\d)(:(?P<second>\d\d))?"
    r"(?P<offset>Z|[+-]\d\d:\d\d)?",
    re.ASCII,
)
_NO_DATE = "not a date; write year-month-day, for example 2026-12-24"
_NO_MOMENT = "not a date and a time; write for example 2026-12-29T10:00"


def parse_date(value: object) -> date:
    """Raises ValueError with what would be valid."""
    match = _DATE.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(_NO_DATE)
    day = _day(match[0])
    if value != day.isoformat():
        msg = f"not a date alone; write {day}"
        raise ValueError(msg)
    return day


def parse_moment(value: object) -> datetime:
    """Naive without an offset: a minute of the schedule's clock. 24:00 is the end of the day."""
    match = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(_not_a_moment(value))
    day = _day(match["date"])
    if int(match["second"] or 0):
        msg = f"minutes only; write {day}T{match['hour']:0>2}:{match['minute']}"
        raise ValueError(msg)
    return datetime.combine(day, time(), _offset(match["offset"])) + _time_of_day(match)


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


def _time_of_day(match: re.Match[str]) -> timedelta:
    length = timedelta(hours=int(match["hour"]), minutes=int(match["minute"]))
    if length > timedelta(hours=24) or int(match["minute"]) > 59:
        msg = f"there is no {match['hour']}:{match['minute']} on a clock; valid are 0:00 to 24:00"
        raise ValueError(msg)
    return length


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%z").tzinfo
    except ValueError as error:
        msg = f"{text} is no offset from UTC; write for example Z or -05:00"
        raise ValueError(msg) from error


def _not_a_moment(value: object) -> str:
    if isinstance(value, str) and _DATE.fullmatch(value):
        begin, end = f"{value}T00:00", f"{value}T24:00"
        return f"a date has no time; write {begin} where it begins or {end} where it ends"
    return _NO_MOMENT
