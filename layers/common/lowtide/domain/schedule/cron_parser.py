"""Cron as people write it, in both dialects, read into one form that has one meaning."""

import re

from lowtide.domain.schedule.cron_fields import (
    AWS_WEEKDAY,
    DAY,
    HOUR,
    MINUTE,
    MONTH,
    WEEKDAY,
    Field,
    spelled_out,
)

_EXAMPLE = "for example '0 8 * * MON-FRI'"
_FIVE = "minute hour day month weekday"
_LONGEST = 500  # every number of every field written out makes some 400
_CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)")
_WRAPPED = re.compile(r"cron\s*\(", re.IGNORECASE)
_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * SUN",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


def plain(text: str) -> str:
    """Five fields of `*` or lists of numbers, 0 for Sunday; raises ValueError with the remedy."""
    if text != text.strip() or not text:
        remedy = f"write {text.strip()!r}" if text.strip() else f"write {_EXAMPLE}"
        msg = f"blank, or blanks and line ends around it; {remedy}"
        raise ValueError(msg)
    if len(text) > _LONGEST:
        msg = f"{len(text):,} characters; at most {_LONGEST}, for ranges and steps are short"
        raise ValueError(msg)
    _refuse_other_languages(text)
    if text.startswith("cron("):
        return _from_aws(text)
    fields = text.split()
    if len(fields) != len(_FIVE.split()):
        raise ValueError(_miscounted(text, fields))
    if "?" in fields:
        corrected = " ".join("*" if field == "?" else field for field in fields)
        msg = f"`?` belongs to AWS's cron(...); in five fields write {corrected!r}"
        raise ValueError(msg)
    return _spelled_out(fields, WEEKDAY)


def _refuse_other_languages(text: str) -> None:
    if macro := _MACROS.get(text.lower()):
        msg = f"names such as {text} are not understood; write {macro!r}"
    elif text.startswith("@"):
        msg = f"names such as {text} are not understood; write {_EXAMPLE}"
    elif re.match(r"(CRON_)?TZ=", text):
        rest = text.partition(" ")[2].strip()
        msg = f"the time zone belongs in `timezone`; write {rest!r} here"
    elif (wrapped := _WRAPPED.match(text)) and wrapped[0] != "cron(":
        msg = f"AWS's dialect begins with cron( exactly; write {_WRAPPED.sub('cron(', text)!r}"
    elif text.startswith(("rate(", "at(")):
        msg = f"AWS's rate(...) and at(...) name no minute of the day; write {_EXAMPLE}"
    elif clock := _CLOCK.fullmatch(text):
        hour, minute = int(clock["hour"]) % 24, int(clock["minute"])
        msg = f"a time of day; for every day write '{minute} {hour} * * *'"
    else:
        return
    raise ValueError(msg)


def _miscounted(text: str, fields: list[str]) -> str:
    if len(fields) == len(_FIVE.split()) + 1:
        wrapped = f"cron({text})"
        try:
            plain(wrapped)
        except ValueError:
            return f"6 fields; write five ({_FIVE}), {_EXAMPLE}"
        return f"6 fields are AWS's dialect; write {wrapped!r}, or five fields ({_FIVE})"
    counted = f"{len(fields)} field" + ("" if len(fields) == 1 else "s")
    return f"{counted}; write five ({_FIVE}), {_EXAMPLE}"


def _from_aws(text: str) -> str:
    """Minute, hour, day, month, weekday (Sunday = 1) and year; one day field must be `?`."""
    fields = text.removeprefix("cron(").removesuffix(")").split()
    if not text.endswith(")"):
        msg = f"the closing bracket of cron(...) is missing; write {text + ')'!r}"
        raise ValueError(msg)
    if len(fields) == len(_FIVE.split()):
        five = " ".join(fields).replace("?", "*")
        msg = (
            f"AWS's cron(...) has six fields; as five-field cron write {five!r} "
            "(there weekday 1 is Monday, in AWS's dialect Sunday; names mean the same in both)"
        )
        raise ValueError(msg)
    if len(fields) != len(_FIVE.split()) + 1:
        msg = f"AWS's cron(...) has six fields, here are {len(fields)}; write 'cron(0 8 ? * 2-6 *)'"
        raise ValueError(msg)
    minute, hour, day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):
        raise ValueError(_day_fields_fault(minute, hour, day, month, weekday, year))
    if year != "*":
        msg = f"the year {year!r} is not supported: write * and use `closed` and `open` for dates"
        raise ValueError(msg)
    starred = ("*" if field == "?" else field for field in (minute, hour, day, month, weekday))
    return _spelled_out(list(starred), AWS_WEEKDAY)


def _day_fields_fault(*fields: str) -> str:
    minute, hour, day, month, weekday, _ = fields
    if day == "?":
        said, weekday = "both day fields are `?`", "*"
    elif weekday == "*":
        said, weekday = "neither day field is `?`", "?"
    else:
        said, day = "neither day field is `?`", "?"
    corrected = f"cron({minute} {hour} {day} {month} {weekday} *)"
    return f"{said}; AWS asks for exactly one, for example {corrected!r}"


def _spelled_out(fields: list[str], weekday_field: Field) -> str:
    kinds = (MINUTE, HOUR, DAY, MONTH, weekday_field)
    numbers = [spelled_out(text, kind) for text, kind in zip(fields, kinds, strict=True)]
    _refuse_disputed_days(fields, numbers)
    return " ".join(numbers)


def _refuse_disputed_days(fields: list[str], numbers: list[str]) -> None:
    """With two day fields crons fire on either; where one of them is every day, they disagree."""
    for this, other in ((2, 4), (4, 2)):
        written = fields[this]
        is_every_day = written.startswith("*") or numbers[this] == "*"
        if written != "*" and numbers[other] != "*" and is_every_day:
            msg = (
                f"cron programs disagree on {written!r} beside a second day field; "
                "list the days, for example 1,3,5, or write *"
            )
            raise ValueError(msg)
