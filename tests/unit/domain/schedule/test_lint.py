"""What is valid in a schedule and probably not meant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.lint import schedule_warnings
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday
CREATION = timedelta(minutes=30)


def warnings_of(*windows: tuple[str, str], closed: tuple[ClosedOn, ...] = ()) -> list[str]:
    matching = tuple(
        Window(parse_cron(start), parse_cron(stop), NEW_YORK, closed) for start, stop in windows
    )
    found = schedule_warnings(Schedule(matching, NEW_YORK), CREATION, NOW)
    return [warning.message for warning in found]


SHORT = {
    "a window shorter than a creation, once and not every day": (
        [("0 8 * * *", "20 8 * * *")],
        [("it is awake for only 20 min from Sun 22 Nov 08:00 EST (the window opens: "
         "0 8 * * *), shorter than a creation, 30 min; make it longer")],
    ),
    "a gap shorter than a creation": (
        [("0 8 * * *", "0 12 * * *"), ("10 12 * * *", "0 20 * * *")],
        [("it sleeps for only 10 min from Sun 22 Nov 12:00 EST (the window closes: "
         "0 12 * * *), shorter than a creation, 30 min; join the windows")],
    ),
    "a gap as long as a creation is none": (
        [("0 8 * * *", "0 12 * * *"), ("30 12 * * *", "0 20 * * *")], [],
    ),
    "a window shortened by a gap of the clock, within a year": (
        [("15 2 * * *", "20 3 * * *")],
        [("it is awake for only 20 min from Sun 14 Mar 03:00 EDT (the window opens: "
         "15 2 * * * (02:15 does not exist on this day)), "
         "shorter than a creation, 30 min; make it longer")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("windows", "expected"), SHORT.values(), ids=SHORT)
def test_short_windows_and_gaps_are_warned_of(
    windows: list[tuple[str, str]], expected: list[str]
) -> None:
    assert warnings_of(*windows) == expected


DAYS = {
    "the 31st": ("0 8 31 * *", "skips the months without a day 31"),
    "the 30th": ("0 8 30 * *", "skips the months without a day 30"),
    "one of two days": ("0 8 1,31 * *", "skips the months without a day 31"),
    "where every month named has the day": ("0 8 31 1,3,5 *", None),
    "the last day": ("0 8 L * *", None),
    "the days up to the end of the month": ("0 8 25-31 * *", None),
    "two day fields": ("0 8 1,15 * MON", "not only where both fit"),
    "one day field in AWS's dialect": ("cron(0 8 ? * 2-6 *)", None),
}


@pytest.mark.parametrize(("start", "expected"), DAYS.values(), ids=DAYS)
def test_days_that_are_not_what_they_seem_are_warned_of(start: str, expected: str | None) -> None:
    warned = warnings_of((start, "0 20 * * *"))
    matching = [w for w in warned if repr(start) in w and "not open in the next year" not in w]
    assert [expected in warning for warning in matching if expected] == ([True] if expected else [])
    assert bool(matching) == bool(expected)


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        pytest.param(
            (date(2026, 1, 1), date(2036, 1, 1)),
            ["it never opens again: nothing within five years starts it"],
            id="closed for the next ten years",
        ),
        pytest.param((date(2027, 1, 1), date(2036, 1, 1)), [], id="closed from January on"),
    ],
)
def test_a_schedule_that_never_opens_again_is_warned_of(
    closed: tuple[date, date], expected: list[str]
) -> None:
    assert warnings_of(("0 8 * * *", "0 20 * * *"), closed=(ClosedDates(*closed),)) == expected


def test_a_schedule_that_never_closes_is_warned_of() -> None:
    expected = warnings_of(("0 8 * * *", "0 8 * * SAT"))
    assert expected[-1] == "it is awake and no stop ends that; if this is meant, write `always`"


def test_windows_that_join_for_months_before_a_closed_date_do_close() -> None:
    halves = (("0 0 * * *", "0 12 * * *"), ("0 12 * * *", "0 0 * * *"))
    closed = ClosedDates(date(2027, 6, 1), date(2027, 6, 1))
    assert warnings_of(*halves, closed=(closed,)) == []
    assert warnings_of(*halves) == [
        "it is awake and no stop ends that; if this is meant, write `always`"
    ]


NIGHTS = {
    "awake all weekend": (("0 22 * * MON-FRI", "0 6 * * MON-FRI"), True),
    "a month long": (("0 22 1 * *", "0 6 1 * *"), True),
    "the days after": (("0 22 * * MON-FRI", "0 6 * * TUE-SAT"), False),
    "stopped every day": (("0 22 * * MON-FRI", "0 6 * * *"), False),
    "every night": (("0 22 * * *", "0 6 * * *"), False),
    "by day": (("0 8 * * MON-FRI", "0 20 * * MON-FRI"), False),
    "stopped before too": (("0 22 * * MON-FRI", "0 6,23 * * MON-FRI"), False),
}


@pytest.mark.parametrize(("window", "is_warned_of"), NIGHTS.values(), ids=NIGHTS)
def test_a_night_that_lasts_until_the_next_of_its_days_is_warned_of(
    window: tuple[str, str], is_warned_of: bool
) -> None:
    matching = [expected for expected in warnings_of(window) if "name the days after" in expected]
    assert len(matching) == is_warned_of


SAME_MINUTE = {
    "each Saturday": (("0 8 * * *", "0 8 * * SAT"), "Sat 28 Nov 08:00 EST"),
    "each day": (("0 8 * * *", "0 8,20 * * *"), "Sun 22 Nov 08:00 EST"),
    "once a year": (("0 8 L * *", "0 8 28 * *"), "Sun 28 Feb 08:00 EST"),
    "in 2028, which is too far away": (("0 8 29 2 *", "0 8 * * TUE"), None),
    "never one minute": (("0 8 * * *", "30 8 * * *"), None),
    "two minutes that a gap of the clock joins": (("10 2 * * *", "20 2 * * *"), None),
}


@pytest.mark.parametrize(("window", "minute"), SAME_MINUTE.values(), ids=SAME_MINUTE)
def test_a_minute_that_both_start_and_stop_name_is_warned_of(
    window: tuple[str, str], minute: str | None
) -> None:
    start, stop = window
    expected = f"{start!r} and {stop!r} both name {minute}; the start wins, so it stays awake"
    warned = [warning for warning in warnings_of(window) if "both name" in warning]
    assert warned == ([expected] if minute else [])


def test_a_start_on_a_closed_date_does_not_meet_a_stop() -> None:
    closed = ClosedDates(date(2026, 11, 1), date(2027, 12, 31))
    warned = warnings_of(("0 8 * * *", "0 8 * * SAT"), closed=(closed,))
    assert not any("both name" in warning for warning in warned)


def test_the_work_is_bounded_where_a_window_starts_every_minute() -> None:
    assert warnings_of(("* * * * *", "0 0 1 1 *"))[-1].startswith(
        "it is awake and no stop ends that"
    )
