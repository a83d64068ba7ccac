"""Cron and window strings that other schedulers met badly, and what is said of each here."""

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
FIVE = "five (minute hour day month weekday), for example '0 8 * * MON-FRI'"
BLANK = "blank, or blanks and line ends around it; write "
NO_TEXT = "not text; write a cron expression in quotes, for example '0 8 * * MON-FRI'"
OTHER_CRONS = "#, W and L with a number are not supported; use `closed` and `open` dates"
NAMES = "names have three letters or more; did you mean "
THE_SAME = "start and stop are the same; for an endpoint that never sleeps use `always`"


def faults_of(start: str, stop: str = LATE) -> list[str]:
    return [
        str(field_error) for field_error in config.parse(FILE.format(start=start, stop=stop)).errors
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "0 8 ? * 2-6 *",
            "6 fields are AWS's dialect; write 'cron(0 8 ? * 2-6 *)', or "
            "five fields (minute hour day month weekday)",
            id="AWS's six fields without cron(...) are told apart from five",
        ),
        pytest.param(
            "cron(0 8 ? * MON-FRI)",
            "AWS's cron(...) has six fields; as five-field cron write '0 8 * * MON-FRI' "
            "(there weekday 1 is Monday, in AWS's dialect Sunday; names mean the same in both)",
            id="five fields in cron(...) are told which dialect counts from where",
        ),
        pytest.param(
            "cron(0 8 ? * MON-FRI *",
            "the closing bracket of cron(...) is missing; write 'cron(0 8 ? * MON-FRI *)'",
            id="a bracket that is missing",
        ),
        pytest.param(
            "cron(0 8 * * MON 2026)",
            "neither day field is `?`; AWS asks for exactly one, for example 'cron(0 8 ? * MON *)'",
            id="what is put right is valid, though a year is wrong as well",
        ),
        pytest.param(
            "CRON (0 8 ? * SUN *)",
            "AWS's dialect begins with cron( exactly; write 'cron(0 8 ? * SUN *)'",
            id="AWS's dialect in capitals, with a blank",
        ),
        pytest.param("0 8 * *", f"4 fields; write {FIVE}", id="four fields"),
        pytest.param("0 0 8 * * *", f"6 fields; write {FIVE}", id="seconds in front"),
        pytest.param(
            "cron(0 8 ? * MON 2026)",
            "the year '2026' is not supported: write * and use `closed` and `open` for dates",
            id="a year",
        ),
        pytest.param(
            "cron(0 8 ? * ? *)",
            "both day fields are `?`; AWS asks for exactly one, for example 'cron(0 8 ? * * *)'",
            id="? in both day fields",
        ),
        pytest.param(
            "cron(0 8 * * MON *)",
            "neither day field is `?`; AWS asks for exactly one, for example 'cron(0 8 ? * MON *)'",
            id="? in neither day field",
        ),
        pytest.param(
            "0 8 ? * MON",
            "`?` belongs to AWS's cron(...); in five fields write '0 8 * * MON'",
            id="? in five fields",
        ),
        pytest.param(
            "0 8 * * 8", "'8': 8 is no weekday; valid are 0 to 6 or SUN to SAT", id="weekday 8"
        ),
        pytest.param(
            "cron(0 8 ? * 0 *)", "'0': 0 is no weekday; valid are 1 to 7 or SUN to SAT",
            id="weekday 0 in AWS's dialect, where Sunday is 1",
        ),
        pytest.param(
            "*/0 8 * * *",
            "the step of '*/0' in the minute field must be 1 to 9999, for example */15",
            id="a step of zero",
        ),
        pytest.param(
            "0 8 * * 1-5/0",
            "the step of '1-5/0' in the weekday field must be 1 to 9999, for example */15",
            id="a step of zero in a range",
        ),
        pytest.param(
            "0 9 31 2 *", "never fires in 5 years: no month named has such a day",
            id="a date that is in no year",
        ),
        pytest.param(
            "cron(0 9 31 4 ? *)", "never fires in 5 years: no month named has such a day",
            id="a date that is in no year, in AWS's dialect",
        ),
        pytest.param(
            "@daily", "names such as @daily are not understood; write '0 0 * * *'", id="@daily"
        ),
        pytest.param(
            "@reboot",
            "names such as @reboot are not understood; write for example '0 8 * * MON-FRI'",
            id="@reboot",
        ),
        pytest.param(
            "TZ=Asia/Tokyo 0 8 * * *",
            "the time zone belongs in `timezone`; write '0 8 * * *' here", id="TZ= in front",
        ),
        pytest.param(
            "CRON_TZ=UTC 0 8 * * *",
            "the time zone belongs in `timezone`; write '0 8 * * *' here", id="CRON_TZ= in front",
        ),
        pytest.param(
            "rate(5 minutes)",
            "AWS's rate(...) and at(...) name no minute of the day; "
            "write for example '0 8 * * MON-FRI'",
            id="a rate",
        ),
        pytest.param(
            "0 8 15W * *", f"'15W' in the day field: {OTHER_CRONS}", id="the nearest workday"
        ),
        pytest.param(
            "0 8 * * MON#2", f"'MON#2' in the weekday field: {OTHER_CRONS}", id="second Monday"
        ),
        pytest.param(
            "0 8 * * mon#6", f"'mon#6' in the weekday field: {OTHER_CRONS}", id="sixth Monday"
        ),
        pytest.param("0 8 * * 5L", f"'5L' in the weekday field: {OTHER_CRONS}", id="last Friday"),
        pytest.param(
            "0 8 * * L",
            "'L' in the weekday field: L is the last day of a month; for Saturday write SAT",
            id="L as a weekday",
        ),
        pytest.param("0 8 * * m-f", f"'m-f' in the weekday field: {NAMES}MON-FRI?", id="m-f"),
        pytest.param("0 8 * * t", f"'t' in the weekday field: {NAMES}TUE or THU?", id="t"),
        pytest.param("0 8 * ma *", f"'ma' in the month field: {NAMES}MAR or MAY?", id="ma"),
        pytest.param(
            "0 8 * * MON-",
            "'MON-' in the weekday field is incomplete; write for example 5, 0,30, 8-18 or */15",
            id="half a range",
        ),
        pytest.param(
            "0 8am * * *",
            "'8am' in the hour field is not understood; valid are 0 to 23, with * , - and /",
            id="8am",
        ),
        pytest.param(
            "\u0660 8 * * *",
            "'\u0660' in the minute field is not understood; valid are 0 to 59, with * , - and /",
            id="digits of another script",
        ),
        pytest.param(
            "0 8 */2 * MON",
            "cron programs disagree on '*/2' beside a second day field; "
            "list the days, for example 1,3,5, or write *",
            id="two day fields that crons read differently",
        ),
        pytest.param("", f"{BLANK}for example '0 8 * * MON-FRI'", id="nothing"),
        pytest.param("   ", f"{BLANK}for example '0 8 * * MON-FRI'", id="blanks"),
        pytest.param("0 8 * * *\\n", f"{BLANK}'0 8 * * *'", id="a line end after it"),
        pytest.param(" 0 8 * * *", f"{BLANK}'0 8 * * *'", id="a blank before it"),
        pytest.param(
            "24:00", "a time of day; for every day write '0 0 * * *'", id="24:00 is midnight"
        ),
        pytest.param("9:00", "a time of day; for every day write '0 9 * * *'", id="9:00"),
        pytest.param("7:30", "a time of day; for every day write '30 7 * * *'", id="7:30"),
        pytest.param("|9:00", f"1 field; write {FIVE}", id="|9:00"),
        pytest.param(
            "0 24 * * *",
            "'24': 24 is no hour; valid are 0 to 23, and 0 is the midnight that ends a day",
            id="hour 24",
        ),
    ],
)  # fmt: skip
def test_an_expression_is_refused_with_what_would_be_valid(text: str, said: str) -> None:
    (field_error,) = faults_of(f'"{text}"')
    value = text.replace("\\n", "\n")
    assert field_error == f"{WINDOW}.start: {value!r}: {said}"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("null", "null", id="null"),
        pytest.param("", "null", id="nothing after the colon"),
        pytest.param("8", "8", id="a number"),
        pytest.param("true", "true", id="a truth"),
        pytest.param("[0, 8]", "[0, 8]", id="a list"),
        pytest.param("{hour: 8}", "{'hour': 8}", id="a mapping"),
    ],
)
def test_what_is_no_text_is_refused(text: str, value: str) -> None:
    assert faults_of('"0 8 * * *"', text) == [f"{WINDOW}.stop: {value}: {NO_TEXT}"]


def test_a_clock_time_without_quotes_does_not_become_a_number() -> None:
    assert faults_of("22:00") == [
        f"{WINDOW}.start: '22:00': a time of day; for every day write '0 22 * * *'"
    ]


@pytest.mark.parametrize(
    ("start", "stop", "said"),
    [
        pytest.param("0 8 * * *", "0 8 * * *", THE_SAME, id="start and stop are one text"),
        pytest.param("0 8 * * 1-5", "0 8 * * MON-FRI", THE_SAME, id="one meaning in two spellings"),
        pytest.param("0 8 * * SUN", "cron(0 8 ? * 1 *)", THE_SAME, id="one meaning, two dialects"),
        pytest.param(
            "0 8 * * *", "0 8 * * SAT",
            "start and stop contradict each other, for example Sat 2026-01-03 08:00; "
            "let no minute be named by both",
            id="up and down in one minute of the week",
        ),
        pytest.param(
            "*/15 8 * * *", "30 8-20 L * *",
            "start and stop contradict each other, for example Sat 2026-01-31 08:30; "
            "let no minute be named by both",
            id="up and down in one minute of the month",
        ),
        pytest.param(
            "0 8 29 2 *", "0 8 * * TUE",
            "start and stop contradict each other, for example Tue 2028-02-29 08:00; "
            "let no minute be named by both",
            id="up and down on a leap day that is a Tuesday",
        ),
    ],
)  # fmt: skip
def test_a_window_that_contradicts_itself_is_refused(start: str, stop: str, said: str) -> None:
    (field_error,) = faults_of(f'"{start}"', f'"{stop}"')
    assert field_error == f"{WINDOW}: {{'start': {start!r}, 'stop': {stop!r}}}: {said}"


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        pytest.param("0 22 * * *", "0 6 * * *", id="overnight"),
        pytest.param("0 8 * * MON-FRI", "0 20 * * *", id="a start on weekdays and a daily stop"),
        pytest.param("0 8 * * MON-FRI", "0 8 * * SAT,SUN", id="one time of day, never one day"),
        pytest.param("0 8 1 * *", "0 8 31 * *", id="one time of day, other days of the month"),
        pytest.param("0 8 * JAN-JUN *", "0 8 * JUL-DEC *", id="one time of day, other months"),
        pytest.param("0 8 29 2 *", "0 20 * * *", id="leap days only"),
        pytest.param("0 8 31 * *", "0 20 * * *", id="months with 31 days only"),
    ],
)
def test_an_unusual_window_is_accepted(start: str, stop: str) -> None:
    assert faults_of(f'"{start}"', f'"{stop}"') == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(
            'windows: [{start: "0 8 * * *"}]',
            "o.windows[0].stop: is required: a window without a stop never closes; "
            "for an endpoint that never sleeps use `always`",
            id="a start without a stop",
        ),
        pytest.param(
            'windows: [{stop: "0 8 * * *"}]',
            "o.windows[0].start: is required: a window without a start never opens",
            id="a stop without a start",
        ),
        pytest.param("windows: []", "o.windows: []: empty; at least one is needed", id="no window"),
        pytest.param(
            "windows:", "o.windows: null: not a list; begin each entry with a dash",
            id="windows left blank",
        ),
        pytest.param(
            'windows: ["0 8 * * *"]',
            "o.windows[0]: '0 8 * * *': not a mapping; valid keys are start, stop, timezone",
            id="a window that is one expression",
        ),
        pytest.param(
            'windows: [{start: "0 8 * * *", stop: "0 9 * * *", strat: 1}]',
            "o.windows[0].strat: 1: unknown key; did you mean 'start'?",
            id="a mistyped key of a window",
        ),
        pytest.param(
            'windwos: [{start: "0 8 * * *", stop: "0 9 * * *"}]',
            "o.windwos: [{'start': '0 8 * * *', 'stop': '0 9 * * *'}]: "
            "unknown key; did you mean 'windows'?",
            id="a mistyped key of a schedule",
        ),
        pytest.param(
            'windows: [{start: "0 8 * * *", stop: "0 9 * * *"}]\n    holidays: US',
            "o.holidays: 'US': unknown key; valid are closed, open, ready, timezone, windows",
            id="a key that nothing is like",
        ),
    ],
)  # fmt: skip
def test_a_schedule_of_another_shape_is_refused(line: str, said: str) -> None:
    found = config.parse(f"timezone: UTC\nschedules:\n  o:\n    {line}\n")
    assert f"schedules.{said}" in [str(field_error) for field_error in found.errors]
