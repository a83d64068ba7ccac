"""Weeks as a calendar shows them."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule import Interval, awake_intervals
from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.cron import instant_of, parse_cron
from lowtide.domain.schedule.schedule import Schedule, Span, is_awake
from lowtide.domain.schedule.window import Window
from lowtide_cli.schedules.days import MINUTE
from lowtide_cli.schedules.intervals import total, within, without
from lowtide_cli.schedules.weeks import Kind, Week, weeks

NEW_YORK = ZoneInfo("America/New_York")
LEAD = timedelta(minutes=30)
HOLIDAYS = (PublicHolidays("US", "NY"), ClosedDates(date(2026, 12, 28), date(2026, 12, 31)))


def at(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return instant_of(datetime.fromisoformat(text), zone)


def schedule(
    start: str, stop: str, *, closed: tuple[ClosedOn, ...] = (), open_spans: tuple[Span, ...] = ()
) -> Schedule:
    return Schedule(
        (Window(parse_cron(start), parse_cron(stop), NEW_YORK, closed),), NEW_YORK, open_spans
    )


OFFICE = schedule("0 8 * * MON-FRI", "0 20 * * MON-FRI")
NIGHT = schedule("0 22 * * THU", "0 3 * * FRI", closed=HOLIDAYS)
EARLY = schedule("0 1 * * *", "0 20 * * *")
EXTRA = schedule(
    "0 8 * * MON-FRI",
    "0 20 * * MON-FRI",
    closed=HOLIDAYS,
    open_spans=(
        Span(at("2026-12-29T10:00"), at("2026-12-29T14:00")),
        Span(at("2027-01-04T19:00"), at("2027-01-04T21:00")),
    ),
)


def week(shown: Schedule, start: str, end: str) -> Week:
    (only,) = weeks(shown, at(start), at(end), LEAD)
    return only


def blocks(shown: Week, kind: Kind) -> list[tuple[str, str]]:
    return [
        tuple(f"{instant.astimezone(NEW_YORK):%a %H:%M}" for instant in block.interval)  # type: ignore[misc]
        for day in shown.days
        for block in day.blocks
        if block.kind is kind
    ]


def test_a_week_of_office_hours() -> None:
    shown = week(OFFICE, "2026-11-23", "2026-11-30")
    days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
    assert blocks(shown, Kind.AWAKE) == [(f"{day} 08:00", f"{day} 20:00") for day in days]
    assert blocks(shown, Kind.CREATION) == [(f"{day} 07:30", f"{day} 08:00") for day in days]
    assert shown.awake == timedelta(hours=60)
    assert len(shown.changes) == 10


@pytest.mark.parametrize(
    ("start", "end", "hours", "sunday"),
    [
        pytest.param("2026-03-02", "2026-03-09", 132, 18, id="an hour shorter in spring"),
        pytest.param("2026-10-26", "2026-11-02", 134, 20, id="an hour longer in autumn"),
    ],
)
def test_the_awake_hours_are_hours_that_pass(start: str, end: str, hours: int, sunday: int) -> None:
    shown = week(EARLY, start, end)
    assert shown.awake == timedelta(hours=hours)
    assert shown.days[-1].awake == timedelta(hours=sunday)


def test_a_window_over_midnight_is_closed_with_the_day_it_starts_on() -> None:
    shown = week(NIGHT, "2026-11-23", "2026-11-30")
    assert blocks(shown, Kind.CLOSED) == [("Thu 22:00", "Fri 00:00"), ("Fri 00:00", "Fri 03:00")]
    assert shown.days[3].closed_reasons == ("closed for Thanksgiving Day (US-NY)",)
    assert shown.days[4].closed_reasons == ()
    assert shown.awake == timedelta(0)


def test_a_closed_date_in_a_window_of_days_is_closed_from_midnight_to_midnight() -> None:
    days = schedule("0 8 * * MON", "0 18 * * FRI", closed=HOLIDAYS)
    shown = week(days, "2026-11-23", "2026-11-30")
    assert blocks(shown, Kind.CLOSED) == [("Thu 00:00", "Thu 23:30")]
    assert blocks(shown, Kind.CREATION) == [("Mon 07:30", "Mon 08:00"), ("Thu 23:30", "Fri 00:00")]
    assert [day.closed_reasons for day in shown.days if day.closed_reasons] == [
        ("closed for Thanksgiving Day (US-NY)",)
    ]
    assert [day.awake // timedelta(hours=1) for day in shown.days] == [16, 24, 24, 0, 18, 0, 0]


def test_open_spans_and_closed_dates_have_kinds_of_their_own() -> None:
    shown = week(EXTRA, "2026-12-28", "2027-01-04")
    assert blocks(shown, Kind.OPEN) == [("Tue 10:00", "Tue 14:00")]
    assert blocks(shown, Kind.CREATION) == [("Tue 09:30", "Tue 10:00")]
    assert blocks(shown, Kind.CLOSED) == [
        ("Mon 08:00", "Mon 20:00"),
        ("Tue 08:00", "Tue 09:30"),
        ("Tue 14:00", "Tue 20:00"),
        ("Wed 08:00", "Wed 20:00"),
        ("Thu 08:00", "Thu 20:00"),
        ("Fri 08:00", "Fri 20:00"),
    ]


def test_an_open_span_beside_a_window_adds_only_what_the_window_does_not_have() -> None:
    shown = week(EXTRA, "2027-01-04", "2027-01-05")
    assert blocks(shown, Kind.AWAKE) == [("Mon 08:00", "Mon 20:00")]
    assert blocks(shown, Kind.OPEN) == [("Mon 20:00", "Mon 21:00")]
    assert shown.awake == timedelta(hours=13)


def test_only_the_period_counts() -> None:
    shown = week(OFFICE, "2026-11-25T12:00", "2026-11-26T10:00")
    assert shown.awake == timedelta(hours=10)
    assert [day.local.day.day for day in shown.days if day.is_in_period] == [25, 26]
    assert shown.period.length == timedelta(hours=22)


def test_the_creation_for_the_next_week_belongs_to_this_one() -> None:
    shown = week(schedule("0 0 * * MON", "0 20 * * MON"), "2026-11-24", "2026-11-30")
    assert blocks(shown, Kind.CREATION) == [("Sun 23:30", "Mon 00:00")]


def test_weeks_begin_on_mondays_and_follow_on_each_other() -> None:
    shown = list(weeks(OFFICE, at("2026-02-25"), at("2026-04-02T07:00"), LEAD))
    assert [str(w.days[0].local.day) for w in shown] == [
        "2026-02-23", "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30",
    ]  # fmt: skip
    assert all(this.period.stop == after.period.start for this, after in pairwise(shown))


def test_the_intervals_agree_with_each_minute() -> None:
    start, end = at("2026-12-29T09:00"), at("2026-12-29T16:00")
    shown = list(awake_intervals(EXTRA, start, end))
    for n in range((end - start) // MINUTE):
        instant = start + n * MINUTE
        assert any(s.start <= instant < s.stop for s in shown) is is_awake(EXTRA, instant)


def test_intervals_are_cut_and_subtracted() -> None:
    day = [Interval(at("2026-01-01T00:00"), at("2026-01-02T00:00"))]
    noon = [Interval(at("2026-01-01T11:00"), at("2026-01-01T13:00"))]
    assert list(within(day, *noon[0])) == noon
    assert total(without(day, noon)) == timedelta(hours=22)
    assert list(without(noon, day)) == []
