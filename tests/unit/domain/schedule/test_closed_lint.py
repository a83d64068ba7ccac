"""Closed dates and windows that do not do what a reader would think."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.lint import schedule_warnings
from lowtide.domain.schedule.schedule import Schedule, Span
from lowtide.domain.schedule.window import Window

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday
THANKSGIVING = ClosedDates(date(2026, 11, 26), date(2026, 11, 26))
BELONGS = "a window of at most a day belongs to the date it starts on"
OFFICE = ("0 8 * * MON-FRI", "0 20 * * MON-FRI")


def warnings_of(
    *windows: tuple[str, str],
    closed: tuple[ClosedOn, ...] = (),
    zone: ZoneInfo = NEW_YORK,
    spans: tuple[Span, ...] = (),
) -> list[str]:
    of_file = tuple(
        Window(parse_cron(start), parse_cron(stop), zone, closed) for start, stop in windows
    )
    schedule = Schedule(of_file, NEW_YORK, spans)
    found = schedule_warnings(schedule, timedelta(minutes=30), NOW)
    return [warning.message for warning in found]


SPLIT = {
    "a night that begins on the evening before": (
        ("0 22 * * *", "0 6 * * *"),
        ("from Wed 25 Nov 22:00 EST it is awake until Thu 26 Nov 06:00 EST, although that date "
            "is closed 2026-11-26"),
    ),
    "a night that would begin on the date itself": (
        ("0 22 * * THU", "0 6 * * FRI"),
        ("from Thu 26 Nov 22:00 EST to Fri 27 Nov 06:00 EST it is asleep, closed 2026-11-26, "
            "also after midnight"),
    ),
    "one that is asleep for an hour of each day": (
        ("0 8 * * *", "0 7 * * *"),
        ("from Wed 25 Nov 08:00 EST it is awake until Thu 26 Nov 07:00 EST, although that date "
            "is closed 2026-11-26"),
    ),
    "a day until midnight": (("0 8 * * *", "0 0 * * *"), None),
    "a morning from midnight on": (("0 0 * * *", "0 6 * * *"), None),
    "office hours": (OFFICE, None),
    "a week: closed by the day": (("0 8 * * MON", "0 18 * * FRI"), None),
}  # fmt: skip


@pytest.mark.parametrize(("window", "expected"), SPLIT.values(), ids=SPLIT)
def test_a_window_that_is_on_a_closed_date_in_part_is_warned_of(
    window: tuple[str, str], expected: str | None
) -> None:
    message = f"{window[0]!r} to {window[1]!r}: {expected}: {BELONGS}"
    assert warnings_of(window, closed=(THANKSGIVING,)) == ([message] if expected else [])


PARTS = {
    "a holiday that one part has": (
        PublicHolidays("GB"),
        ("the holidays of GB differ by part: Saint Andrew's Day, 2026-11-30, is one in SCT; "
            "name a `subdivision` if you mean one"),
    ),
    "a holiday that many parts do not have": (
        PublicHolidays("US"),
        ("the holidays of US differ by part: Day After Thanksgiving, 2026-11-27, is one in "
            "CA, DE, FL and 14 more"),
    ),
    "the next one on which a window starts": (
        PublicHolidays("DE"), "the holidays of DE differ by part: Heilige Drei Könige, 2027-01-06",
    ),
    "a part is named": (PublicHolidays("GB", "ENG"), None),
    "a country that is one everywhere": (PublicHolidays("JP"), None),
}  # fmt: skip


@pytest.mark.parametrize(("holidays", "expected"), PARTS.values(), ids=PARTS)
def test_a_country_whose_holidays_differ_by_part_is_warned_of(
    holidays: PublicHolidays, expected: str | None
) -> None:
    warned = warnings_of(OFFICE, closed=(holidays,))
    assert [warning.startswith(expected or "-") for warning in warned] == [True] * bool(expected)


NEVER_OPEN = {
    "a leap day": (("0 8 29 2 *", "0 18 29 2 *"), (), "; first on 2028-02-29"),
    "a holiday that is closed each year": (
        ("0 8 25 12 *", "0 18 25 12 *"), (PublicHolidays("US", "NY"),),
        ": closed for Christmas Day (US-NY); nor within five years",
    ),
    "closed for more than a year": (
        ("0 8 * * MON", "0 18 * * MON"), (ClosedDates(date(2026, 1, 1), date(2027, 12, 31)),),
        ": closed 2026-01-01 to 2027-12-31; first on 2028-01-03",
    ),
    "once a year": (("0 8 1 12 *", "0 18 1 12 *"), (), None),
}  # fmt: skip


@pytest.mark.parametrize(("window", "closed", "expected"), NEVER_OPEN.values(), ids=NEVER_OPEN)
def test_a_window_that_is_not_open_in_the_next_year_is_warned_of(
    window: tuple[str, str], closed: tuple[ClosedOn, ...], expected: str | None
) -> None:
    beside_another = warnings_of(window, ("0 8 2 1 *", "0 9 2 1 *"), closed=closed)
    found = [w for w in beside_another if w.startswith(f"{window[0]!r} to {window[1]!r} is not")]
    message = f"{window[0]!r} to {window[1]!r} is not open in the next year{expected}"
    assert found == ([message] if expected else [])


TO_SUNDAY = ClosedDates(date(2026, 12, 25), date(2026, 12, 27))  # Friday to Sunday
SATURDAY = ClosedDates(date(2026, 12, 26), date(2026, 12, 26))
WEEKEND = ClosedDates(date(2026, 12, 26), date(2026, 12, 27))
EFFECTS = {
    "a Saturday in office hours": ((OFFICE,), (SATURDAY,), "2026-12-26"),
    "a weekend": ((OFFICE,), (WEEKEND,), "2026-12-26 to 2026-12-27"),
    "several": ((OFFICE,), (SATURDAY, THANKSGIVING, WEEKEND), "2026-12-26 and 1 more"),
    "a range with a working day": ((OFFICE,), (TO_SUNDAY,), None),
    "another window starts on it": ((OFFICE, ("0 8 * * SAT", "0 9 * * *")), (SATURDAY,), None),
    "a week that is open on it": ((("0 8 * * THU", "0 18 * * TUE"),), (SATURDAY,), None),
    "a night that ends on it": ((("0 22 * * FRI", "0 5 * * SAT"),), (SATURDAY,), "2026-12-26"),
}  # fmt: skip


@pytest.mark.parametrize(("windows", "closed", "dates"), EFFECTS.values(), ids=EFFECTS)
def test_a_closed_date_that_changes_nothing_is_warned_of(
    windows: tuple[tuple[str, str], ...], closed: tuple[ClosedOn, ...], dates: str | None
) -> None:
    found = [w for w in warnings_of(*windows, closed=closed) if "changes nothing" in w]
    message = (
        f"closed {dates}: no window starts then, so it changes nothing; take it out, or correct it"
    )
    assert found == ([message] if dates else [])


def test_dates_and_spans_that_are_past_are_warned_of() -> None:
    past = (
        ClosedDates(date(2025, 12, 24), date(2025, 12, 26)),
        ClosedDates(date(2026, 1, 1), date(2026, 1, 1)),
        ClosedDates(date(2026, 11, 22), date(2026, 11, 23)),  # today and tomorrow
    )
    span = Span(datetime(2025, 12, 24, 15, tzinfo=UTC), datetime(2025, 12, 24, 19, tzinfo=UTC))
    assert warnings_of(OFFICE, closed=past, spans=(span,)) == [
        "closed 2025-12-26 and 1 more: in the past; take it out, or correct the year",
        "the `open` span to 2025-12-24T14:00: in the past; take it out, or correct the year",
    ]


def test_a_closed_date_on_another_clock_than_the_schedules_is_warned_of() -> None:
    window = ("0 1 * * *", "0 5 * * *")
    (warning,) = warnings_of(window, closed=(THANKSGIVING,), zone=ZoneInfo("Asia/Tokyo"))
    assert warning == (
        "'0 1 * * *' starts Thu 26 Nov 01:00 JST, on the schedule's clock Wed 25 Nov 11:00 EST: "
        "closed dates are those of the window's own clock, Asia/Tokyo"
    )
    assert warnings_of(window, closed=(THANKSGIVING,)) == []
