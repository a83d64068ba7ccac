"""Reads a cron expression, in five fields or in AWS's cron(...), as plain lists of numbers.

Libraries disagree on steps, ranges that wrap, numbers of weekdays and names. They agree on lists.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_LONGEST = 500  # characters; every number of every field makes some 400
_FIVE_FIELDS = (
    "write five fields (minute hour day month weekday) and nothing around them, for example "
    "'0 8 * * MON-FRI', or AWS's six, for example 'cron(0 8 ? * MON-FRI *)'"
)
_SIX_FIELDS = (
    "AWS's cron(...) has six fields (minute hour day month weekday year): `?` for exactly one of "
    "day and weekday, `*` for the year, for example 'cron(0 8 ? * MON-FRI *)'"
)
_AWS = re.compile(r"cron\((.*)\)", re.DOTALL)
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d{1,4}))?", re.ASCII)
_LAST_DAY = "L"
_WEEK = 7
_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


class _Field(NamedTuple):
    """Numbers run from `first` to `last`; `names` stand for `first`, `first + 1` and so on."""

    name: str
    first: int
    last: int
    valid: str
    names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return self.last - self.first + 1


_MINUTE = _Field("minute", 0, 59, "0 to 59")
_HOUR = _Field("hour", 0, 23, "0 to 23")
_DAY = _Field("day", 1, 31, "1 to 31, L for the last")
_MONTH = _Field("month", 1, 12, "1 to 12 or JAN to DEC", _MONTHS)
_WEEKDAY = _Field("weekday", 0, 6, "0 (Sunday) to 7 (Sunday) or SUN to SAT", _WEEKDAYS)
_AWS_WEEKDAY = _Field("weekday", 1, 7, "1 (Sunday) to 7 (Saturday) or SUN to SAT", _WEEKDAYS)


def normalize(text: str) -> str:
    """Returns five fields, each `*` or a list of numbers, 0 for Sunday and L for the last day.

    Raises ValueError with what would be valid.
    """
    if len(text) > _LONGEST:
        msg = f"{len(text):,} characters; at most {_LONGEST}: write ranges and steps"
        raise ValueError(msg)
    if match := _AWS.fullmatch(text):
        return _from_aws(match[1].split())
    fields = text.split()
    if len(fields) != 5 or text != text.strip():
        raise ValueError(f"not a cron expression; {_FIVE_FIELDS}")
    return _normalized(fields, _WEEKDAY)


def _from_aws(fields: list[str]) -> str:
    if len(fields) != 6 or (fields[2], fields[4]).count("?") != 1 or fields[5] != "*":
        raise ValueError(_SIX_FIELDS)
    return _normalized(["*" if field == "?" else field for field in fields[:5]], _AWS_WEEKDAY)


def _normalized(texts: list[str], weekday: _Field) -> str:
    fields = (_MINUTE, _HOUR, _DAY, _MONTH, weekday)
    lists = [_as_list(text, field) for text, field in zip(texts, fields, strict=True)]
    _refuse_disputed_days(texts, lists)
    return " ".join(lists)


def _as_list(text: str, field: _Field) -> str:
    parts = text.split(",")
    last_day = [_LAST_DAY] if field is _DAY and _LAST_DAY in parts else []
    numbers = {n for part in parts if part not in last_day for n in _numbers(part, field)}
    if len(numbers) == field.size:
        return "*"
    sunday = field.first if field is _AWS_WEEKDAY else 0
    return ",".join([*(str(number - sunday) for number in sorted(numbers)), *last_day])


def _numbers(part: str, field: _Field) -> Iterator[int]:
    """A range may wrap past the end of the field, as FRI-MON and 22-6 do."""
    match = _PART.fullmatch(part)
    step = int(match["step"] or 1) if match else 0
    if not match or not step:
        raise ValueError(_invalid(part, field))
    if match["first"] is None:
        first, last = field.first, field.last
    else:
        first = _number(match["first"], part, field)
        last = _number(match["last"], part, field) if match["last"] else first
    if match["step"] and match["first"] and not match["last"]:
        last = field.last
        _refuse_disputed_step(first, step, part, field)
    end = last if last >= first else last + field.size
    for number in range(first, end + 1, step):
        yield (number - field.first) % field.size + field.first


def _number(text: str, part: str, field: _Field) -> int:
    if text.isdigit():
        number = int(text)
        if field.first <= number <= field.last or (field is _WEEKDAY and number == _WEEK):
            return number
    elif len(text) >= len("MON"):
        for number, name in enumerate(field.names, start=field.first):
            if name.startswith(text.lower()):
                return number
    raise ValueError(_invalid(part, field))


def _invalid(part: str, field: _Field) -> str:
    return (
        f"{part!r} is not valid in the {field.name} field; valid are {field.valid}, "
        "lists (1,3), ranges (1-5), steps (*/2) and *"
    )


def _refuse_disputed_step(first: int, step: int, part: str, field: _Field) -> None:
    """Some cron programs end the week with 6, Saturday, and others with 7, Sunday."""
    if field is _WEEKDAY and first and (_WEEK - first) % step == 0:
        msg = (
            f"cron programs disagree on {part!r} in the weekday field; "
            "list the days, for example MON,WED,FRI"
        )
        raise ValueError(msg)


def _refuse_disputed_days(texts: list[str], lists: list[str]) -> None:
    """Two day fields fire on either day. Where one is every day, cron programs disagree."""
    for this, other in ((2, 4), (4, 2)):
        is_every_day = texts[this].startswith("*") or lists[this] == "*"
        if texts[this] != "*" and lists[other] != "*" and is_every_day:
            msg = (
                f"cron programs disagree on {texts[this]!r} beside a second day field; "
                "list the days, for example 1,3,5, or write *"
            )
            raise ValueError(msg)
