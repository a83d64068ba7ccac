"""One field of a cron expression, spelled out as plain numbers.

Libraries disagree on steps, wrapped ranges, weekday numbers and names; they all agree on plain
lists of numbers.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_NAME = 3
_LAST_DAY = "L"
_FROM_ANOTHER_CRON = re.compile(r"#|\d+L|L-|L\d|\d+W|LW|^W$", re.IGNORECASE)


class Field(NamedTuple):
    """Numbers run from `first` to `last`; `names` stand for `first`, `first + 1` and so on."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()

    @property
    def valid(self) -> str:
        numbers = f"{self.first} to {self.last}"
        if not self.names:
            return numbers
        return f"{numbers} or {self.names[0][:3].upper()} to {self.names[-1][:3].upper()}"


MINUTE, HOUR = Field("minute", 0, 59), Field("hour", 0, 23)
DAY, MONTH = Field("day", 1, 31), Field("month", 1, 12, _MONTHS)
WEEKDAY = Field("weekday", 0, 6, _WEEKDAYS)
AWS_WEEKDAY = Field("weekday", 1, 7, _WEEKDAYS)


def spelled_out(text: str, field: Field) -> str:
    """`*` or a list, with 0 for Sunday and `L` for the last day; raises ValueError."""
    parts = text.split(",")
    has_last_day = field is DAY and _LAST_DAY in parts
    found = {n for p in parts if not (has_last_day and p == _LAST_DAY) for n in _numbers(p, field)}
    if len(found) > field.last - field.first:
        return "*"
    first = 1 if field is AWS_WEEKDAY else 0
    numbers = [str(number - first) for number in sorted(found)]
    return ",".join([*numbers, _LAST_DAY] if has_last_day else numbers)


def _numbers(part: str, field: Field) -> Iterator[int]:
    span, slash, step_text = part.partition("/")
    step = _step(step_text, part, field) if slash else 1
    first, dash, last = span.partition("-")
    if span == "*":
        low, high = field.first, field.last
    elif dash:
        low = _number(first, part, field)
        high = _number(last, part, field, is_end=last != first)
    else:
        low = _number(first, part, field)
        high = field.last if slash else low
        if slash and field is WEEKDAY:
            _refuse_disputed_step(span, low, step, part)
    count = field.last - field.first + 1
    for number in range(low, high + 1 if high >= low else high + count + 1, step):
        yield (number - field.first) % count + field.first


def _refuse_disputed_step(span: str, low: int, step: int, part: str) -> None:
    """To some cron programs the week ends with 6, Saturday, and to others with 7, Sunday."""
    sunday = len(_WEEKDAYS)
    if span == str(sunday) or (low > 0 and (sunday - low) % step == 0):
        msg = (
            f"cron programs disagree on {part!r} in the weekday field; "
            "list the days, for example MON,WED,FRI"
        )
        raise ValueError(msg)


def _step(text: str, part: str, field: Field) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= len("9999")
    if not is_number or int(text) == 0:
        msg = f"the step of {part!r} in the {field.name} field must be 1 to 9999, for example */15"
        raise ValueError(msg)
    return int(text)


def _number(text: str, part: str, field: Field, *, is_end: bool = False) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len("99"):
        number = int(text)
        if field is WEEKDAY and number == len(_WEEKDAYS):  # 7 is Sunday too
            return number if is_end else 0
        if field.first <= number <= field.last:
            return number
        midnight = (
            ", and 0 is the midnight that ends a day" if (field, number) == (HOUR, 24) else ""
        )
        msg = f"{part!r}: {number} is no {field.name}; valid are {field.valid}{midnight}"
        raise ValueError(msg)
    named = [
        index
        for index, name in enumerate(field.names, start=field.first)
        if len(text) >= _SHORTEST_NAME and name.startswith(text.lower())
    ]
    if not named:
        raise ValueError(_unknown(text, part, field))
    return named[0]


def _unknown(text: str, part: str, field: Field) -> str:
    where = f"{part!r} in the {field.name} field"
    if field in (DAY, WEEKDAY, AWS_WEEKDAY) and _FROM_ANOTHER_CRON.search(part):
        return f"{where}: #, W and L with a number are not supported; use `closed` and `open` dates"
    if field is not DAY and part == _LAST_DAY:
        return f"{where}: L is the last day of a month; for Saturday write SAT"
    if field.names and len(text) in (1, 2) and text.isalpha():
        meant = _long_names(text, part, field)
        if meant:
            return f"{where}: names have three letters or more; did you mean {meant}?"
    if not text:
        return f"{where} is incomplete; write for example 5, 0,30, 8-18 or */15"
    return f"{where} is not understood; valid are {field.valid}, with * , - and /"


def _long_names(text: str, part: str, field: Field) -> str:
    """Of the whole part where that is one thing, else what the text may stand for."""

    def begun(word: str) -> list[str]:
        return [name[:3].upper() for name in field.names if name.startswith(word.lower())]

    words = re.findall(r"[A-Za-z]+", part)
    if all(len(begun(word)) == 1 for word in words):
        return re.sub(r"[A-Za-z]+", lambda word: begun(word[0])[0], part)
    return " or ".join(begun(text))
