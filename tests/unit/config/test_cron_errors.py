"""Cron expressions and windows that are rejected, each with what would be valid."""

import pytest

from lowtide import config

FILE = """
timezone: America/New_York
endpoints:
  - name: my-endpoint
    schedule:
      windows:
        - {{start: {start}, stop: {stop}}}
"""
WINDOW = "endpoints[0].schedule.windows[0]"
LATE = '"59 23 31 12 *"'
FIVE_FIELDS = (
    "not a cron expression; write five fields (minute hour day month weekday) and nothing around "
    "them, for example '0 8 * * MON-FRI', or AWS's six, for example 'cron(0 8 ? * MON-FRI *)'"
)
SIX_FIELDS = (
    "AWS's cron(...) has six fields (minute hour day month weekday year): `?` for exactly one of "
    "day and weekday, `*` for the year, for example 'cron(0 8 ? * MON-FRI *)'"
)
FORMS = "lists (1,3), ranges (1-5), steps (*/2) and *"
VALID = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day": "1 to 31, L for the last",
    "month": "1 to 12 or JAN to DEC",
    "weekday": "0 (Sunday) to 7 (Sunday) or SUN to SAT",
}
NEVER = "never fires in 5 years: no month named has such a day"
NO_TEXT = "not text; write a cron expression in quotes, for example '0 8 * * MON-FRI'"


def errors_of(start: str, stop: str = LATE) -> list[str]:
    return [str(error) for error in config.parse(FILE.format(start=start, stop=stop)).errors]


def invalid(part: str, field: str) -> str:
    return f"{part!r} is not valid in the {field} field; valid are {VALID[field]}, {FORMS}"


REJECTED = {
    "four fields": ("0 8 * *", FIVE_FIELDS),
    "AWS's six fields without cron(...)": ("0 8 ? * 2-6 *", FIVE_FIELDS),
    "a bracket that is missing": ("cron(0 8 ? * MON-FRI *", FIVE_FIELDS),
    "AWS's dialect in capitals, with a blank": ("CRON (0 8 ? * SUN *)", FIVE_FIELDS),
    "a name": ("@daily", FIVE_FIELDS),
    "a time zone in front": ("TZ=Asia/Tokyo 0 8 * * *", FIVE_FIELDS),
    "a time of day": ("9:00", FIVE_FIELDS),
    "a time that YAML 1.1 would read as a number": ("22:00", FIVE_FIELDS),
    "blanks": ("   ", FIVE_FIELDS),
    "a line end after it": ("0 8 * * *\\n", FIVE_FIELDS),
    "a blank before it": (" 0 8 * * *", FIVE_FIELDS),
    "AWS: a year": ("cron(0 8 ? * MON 2026)", SIX_FIELDS),
    "AWS: ? in both day fields": ("cron(0 8 ? * ? *)", SIX_FIELDS),
    "AWS: ? in neither day field": ("cron(0 8 * * MON *)", SIX_FIELDS),
    "AWS: weekday 0, where Sunday is 1": (
        "cron(0 8 ? * 0 *)",
        ("'0' is not valid in the weekday field; "
        f"valid are 1 (Sunday) to 7 (Saturday) or SUN to SAT, {FORMS}"),
    ),
    "? in five fields": ("0 8 ? * MON", invalid("?", "day")),
    "weekday 8": ("0 8 * * 8", invalid("8", "weekday")),
    "hour 24": ("0 24 * * *", invalid("24", "hour")),
    "day 0": ("0 8 0 * *", invalid("0", "day")),
    "month 13": ("0 8 * 13 *", invalid("13", "month")),
    "a step of zero": ("*/0 8 * * *", invalid("*/0", "minute")),
    "the nearest workday": ("0 8 15W * *", invalid("15W", "day")),
    "the second Monday, in a list": ("0 8 * * 1,MON#2", invalid("MON#2", "weekday")),
    "L as a weekday": ("0 8 * * L", invalid("L", "weekday")),
    "names of one letter": ("0 8 * * m-f", invalid("m-f", "weekday")),
    "a mistyped name": ("0 8 * * MOM", invalid("MOM", "weekday")),
    "half a range": ("0 8 * * MON-", invalid("MON-", "weekday")),
    "an empty place in a list": ("0,,5 8 * * *", invalid("", "minute")),
    "digits of another script": ("\u0660 8 * * *", invalid("\u0660", "minute")),
    "a date that is in no year": ("0 9 31 2 *", NEVER),
    "a date that is in no year, for AWS": ("cron(0 9 31 4 ? *)", NEVER),
    "two day fields that crons read differently": (
        "0 8 */2 * MON",
        ("cron programs disagree on '*/2' beside a second day field; "
        "list the days, for example 1,3,5, or write *"),
    ),
    "a step that some crons carry on to Sunday": (
        "0 8 * * 1/2",
        ("cron programs disagree on '1/2' in the weekday field; "
        "list the days, for example MON,WED,FRI"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REJECTED.values(), ids=REJECTED)
def test_an_expression_is_rejected_with_what_would_be_valid(text: str, message: str) -> None:
    value = text.replace("\\n", "\n")
    assert errors_of(f'"{text}"') == [f"{WINDOW}.start: {value!r}: {message}"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("null", "null", id="null"),
        pytest.param("8", "8", id="a number"),
        pytest.param("true", "true", id="a truth"),
        pytest.param("{hour: 8}", "{'hour': 8}", id="a mapping"),
    ],
)
def test_what_is_not_text_is_rejected(text: str, value: str) -> None:
    assert errors_of('"0 8 * * *"', text) == [f"{WINDOW}.stop: {value}: {NO_TEXT}"]


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param("0 8 * * *", "0 8 * * *", id="start and stop are one text"),
        pytest.param("0 8 * * 1-5", "0 8 * * MON-FRI", id="one meaning in two spellings"),
        pytest.param("0 8 * * SUN", "cron(0 8 ? * 1 *)", id="one meaning in two dialects"),
    ],
)
def test_a_window_that_starts_whenever_it_stops_is_rejected(start: str, stop: str) -> None:
    message = "start and stop are the same; for an endpoint that never sleeps use `always`"
    (field_error,) = errors_of(f'"{start}"', f'"{stop}"')
    assert field_error == f"{WINDOW}: {{'start': {start!r}, 'stop': {stop!r}}}: {message}"


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param("0 8 * * MON-FRI", "0 8 * * SAT,SUN", id="one time of day, never one day"),
        pytest.param("0 8 * * *", "0 8 * * SAT", id="start and stop in one minute of the week"),
        pytest.param("0 8 29 2 *", "0 20 * * *", id="leap days only"),
        pytest.param("0 8 31 * *", "0 20 * * *", id="months with 31 days only"),
    ],
)
def test_an_unusual_window_is_accepted(start: str, stop: str) -> None:
    assert errors_of(f'"{start}"', f'"{stop}"') == []


SHAPES = {
    "a start without a stop": (
        'windows: [{start: "0 8 * * *"}]',
        ("o.windows[0].stop: is required: a window without a stop never closes; "
            "for an endpoint that never sleeps use `always`"),
    ),
    "a stop without a start": (
        'windows: [{stop: "0 8 * * *"}]',
        "o.windows[0].start: is required: a window without a start never opens",
    ),
    "no window": ("windows: []", "o.windows: []: empty; at least one is needed"),
    "windows left blank": ("windows:", "o.windows: null: not a list; begin each entry with a dash"),
    "a mistyped key of a window": (
        'windows: [{start: "0 8 * * *", stop: "0 9 * * *", strat: 1}]',
        "o.windows[0].strat: 1: unknown key; did you mean 'start'?",
    ),
    "a key that nothing is like": (
        'windows: [{start: "0 8 * * *", stop: "0 9 * * *"}]\n    holidays: US',
        "o.holidays: 'US': unknown key; valid are closed, open, ready, timezone, windows",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message"), SHAPES.values(), ids=SHAPES)
def test_a_schedule_of_another_shape_is_rejected(line: str, message: str) -> None:
    parsed = config.parse(f"timezone: UTC\nschedules:\n  o:\n    {line}\n")
    assert f"schedules.{message}" in [str(field_error) for field_error in parsed.errors]
