"""Cron expressions and windows that are refused, each with what would be valid."""

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
    return [
        str(field_error) for field_error in config.parse(FILE.format(start=start, stop=stop)).errors
    ]


def rejection(text: str) -> str:
    (field_error,) = errors_of(f'"{text}"')
    value = text.replace("\\n", "\n")
    assert field_error.startswith(f"{WINDOW}.start: {value!r}: ")
    return field_error.removeprefix(f"{WINDOW}.start: {value!r}: ")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("0 8 * *", id="four fields"),
        pytest.param("0 8 ? * 2-6 *", id="AWS's six fields without cron(...)"),
        pytest.param("cron(0 8 ? * MON-FRI *", id="a bracket that is missing"),
        pytest.param("CRON (0 8 ? * SUN *)", id="AWS's dialect in capitals, with a blank"),
        pytest.param("@daily", id="a name"),
        pytest.param("TZ=Asia/Tokyo 0 8 * * *", id="a time zone in front"),
        pytest.param("9:00", id="a time of day"),
        pytest.param("   ", id="blanks"),
        pytest.param("22:00", id="a time that YAML 1.1 would read as a number"),
        pytest.param("0 8 * * *\\n", id="a line end after it"),
        pytest.param(" 0 8 * * *", id="a blank before it"),
    ],
)
def test_without_five_fields_the_message_shows_both_forms(text: str) -> None:
    assert rejection(text) == FIVE_FIELDS


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("cron(0 8 ? * MON 2026)", id="a year"),
        pytest.param("cron(0 8 ? * ? *)", id="? in both day fields"),
        pytest.param("cron(0 8 * * MON *)", id="? in neither day field"),
    ],
)
def test_of_an_aws_expression_the_message_shows_its_six_fields(text: str) -> None:
    assert rejection(text) == SIX_FIELDS


@pytest.mark.parametrize(
    ("text", "part", "field"),
    [
        pytest.param("0 8 ? * MON", "?", "day", id="? in five fields"),
        pytest.param("0 8 * * 8", "8", "weekday", id="weekday 8"),
        pytest.param("0 24 * * *", "24", "hour", id="hour 24"),
        pytest.param("0 8 0 * *", "0", "day", id="day 0"),
        pytest.param("0 8 * 13 *", "13", "month", id="month 13"),
        pytest.param("*/0 8 * * *", "*/0", "minute", id="a step of zero"),
        pytest.param("0 8 15W * *", "15W", "day", id="the nearest workday"),
        pytest.param("0 8 * * 1,MON#2", "MON#2", "weekday", id="the second Monday, in a list"),
        pytest.param("0 8 * * L", "L", "weekday", id="L as a weekday"),
        pytest.param("0 8 * * m-f", "m-f", "weekday", id="names of one letter"),
        pytest.param("0 8 * * MOM", "MOM", "weekday", id="a mistyped name"),
        pytest.param("0 8 * * MON-", "MON-", "weekday", id="half a range"),
        pytest.param("0,,5 8 * * *", "", "minute", id="an empty place in a list"),
        pytest.param("\u0660 8 * * *", "\u0660", "minute", id="digits of another script"),
    ],
)
def test_of_a_part_that_does_not_fit_the_message_shows_what_would(
    text: str, part: str, field: str
) -> None:
    valid = f"valid are {VALID[field]}, {FORMS}"
    assert rejection(text) == f"{part!r} is not valid in the {field} field; {valid}"


CANNOT_WORK = {
    "weekday 0 in AWS's dialect, where Sunday is 1": (
        "cron(0 8 ? * 0 *)",
        ("'0' is not valid in the weekday field; "
            f"valid are 1 (Sunday) to 7 (Saturday) or SUN to SAT, {FORMS}"),
    ),
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


@pytest.mark.parametrize(("text", "message"), CANNOT_WORK.values(), ids=CANNOT_WORK)
def test_of_an_expression_that_cannot_work_the_message_says_why(text: str, message: str) -> None:
    assert rejection(text) == message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("null", "null", id="null"),
        pytest.param("8", "8", id="a number"),
        pytest.param("true", "true", id="a truth"),
        pytest.param("{hour: 8}", "{'hour': 8}", id="a mapping"),
    ],
)
def test_what_is_no_text_is_rejected(text: str, value: str) -> None:
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
