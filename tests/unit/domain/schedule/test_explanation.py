"""Why a schedule says what it says."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates, PublicHolidays
from lowtide.domain.schedule.cron import instant_of, parse_cron
from lowtide.domain.schedule.explanation import Explanation, Layer, explain
from lowtide.domain.schedule.override import Override
from lowtide.domain.schedule.schedule import Schedule, Span
from lowtide.domain.schedule.window import Window
from lowtide.domain.wording import clock

NEW_YORK = ZoneInfo("America/New_York")
LEAD = timedelta(minutes=30)


def at(text: str) -> datetime:
    return instant_of(datetime.fromisoformat(text), NEW_YORK)


CLOSED = (PublicHolidays("US", "NY"), ClosedDates(date(2026, 12, 28), date(2026, 12, 31)))
EXTRA = Span(at("2026-12-29T10:00"), at("2026-12-29T14:00"))
OFFICE = Schedule(
    (
        Window(parse_cron("0 8 * * MON-FRI"), parse_cron("0 20 * * MON-FRI"), NEW_YORK, CLOSED),
        Window(parse_cron("0 22 * * THU"), parse_cron("0 3 * * FRI"), NEW_YORK, CLOSED),
    ),
    NEW_YORK,
    (EXTRA,),
)
OVERRIDE = Override(True, at("2026-12-29T12:00"), "load test", "ann")


def explained(when: str, override: Override | None = None) -> Explanation:
    return explain(OFFICE, at(when), LEAD, override)


LAYERS = {
    "an override beats all": ("2026-12-29T11:00", OVERRIDE, "override", True),
    "open beats closed": ("2026-12-29T10:00", None, "open", True),
    "until it ends, too": ("2026-12-29T14:00", None, "closed", False),
    "a closed date takes the start": ("2026-12-30T09:00", None, "closed", False),
    "it would be asleep anyway": ("2026-12-30T21:00", None, "windows", False),
    "a window is open": ("2026-12-23T09:00", None, "windows", True),
    "of the day that it begins on": ("2026-11-27T01:00", None, "closed", False),
}


@pytest.mark.parametrize(("when", "override", "decides", "awake"), LAYERS.values(), ids=LAYERS)
def test_the_first_layer_that_applies_decides(
    when: str, override: Override | None, decides: Layer, *, awake: bool
) -> None:
    result = explained(when, override)
    assert (result.decides, result.desired.awake) == (decides, awake)


def test_the_starts_that_closed_dates_take_away_are_named() -> None:
    lost = explained("2026-11-26T23:00").lost_starts
    assert [
        (clock(start.at, NEW_YORK), start.window.start.text, start.reason) for start in lost
    ] == [("Thu 26 Nov 22:00 EST", "0 22 * * THU", "closed for Thanksgiving Day (US-NY)")]


def test_since_and_until_when_it_stays_so() -> None:
    result = explained("2026-12-25T12:00")
    assert result.since is not None
    assert clock(result.since.at, NEW_YORK) == "Fri 25 Dec 03:00 EST"
    assert result.change is not None
    assert clock(result.change.at, NEW_YORK) == "Tue 29 Dec 10:00 EST"
    assert result.change.because == "an `open` span begins"
    assert result.change.create_at == EXTRA.start - LEAD


def test_each_window_has_its_edges_without_the_lost_ones() -> None:
    day, night = explained("2026-12-30T09:00").windows
    assert not day.is_open
    shown = [i and clock(i, NEW_YORK) for i in (day.last_start, day.last_stop, day.next_start)]
    assert shown == ["Thu 24 Dec 08:00 EST", "Tue 29 Dec 20:00 EST", "Mon 04 Jan 08:00 EST"]
    assert night.last_start == at("2026-12-24T22:00")
    assert night.next_stop == at("2027-01-01T03:00")


def test_the_change_behind_is_found_across_many_edges_that_changed_nothing() -> None:
    rare = Schedule(
        (Window(parse_cron("0 8 1 1 *"), parse_cron("0 20 * * *"), NEW_YORK),), NEW_YORK
    )
    result = explain(rare, at("2026-12-30T09:00"), LEAD)
    assert result.since is not None
    assert result.since.at == at("2026-01-01T20:00")


def test_an_end_of_the_search_is_no_answer() -> None:
    result = explain(Schedule((), NEW_YORK), datetime(2026, 1, 1, tzinfo=UTC), LEAD)
    assert (result.since, result.change, result.windows) == (None, None, ())
    assert (result.decides, result.desired.reason) == ("windows", "the schedule is `always`")


WEEK = Schedule(
    (
        Window(
            parse_cron("0 8 * * MON"), parse_cron("0 18 * * FRI"), NEW_YORK, (PublicHolidays("US"),)
        ),
    ),
    NEW_YORK,
)
THANKSGIVING = "closed for Thanksgiving Day (US)"


LONG_WINDOWS = {
    "on a closed date asleep until the next midnight": (
        "2026-11-26T00:00", False, "closed", "Thu 26 Nov 00:00", "Fri 27 Nov 00:00",
        "Thu 26 Nov 23:30",
    ),
    "after a closed date awake until the stop": (
        "2026-11-27T00:00", True, "windows", "Fri 27 Nov 00:00", "Fri 27 Nov 18:00", None,
    ),
    "a closed first day": (
        "2027-01-18T12:00", False, "closed", "Fri 15 Jan 18:00", "Tue 19 Jan 00:00",
        "Mon 18 Jan 23:30",
    ),
    "a closed last day, after the stop": (
        "2026-12-25T19:00", False, "windows", "Fri 25 Dec 00:00", "Mon 28 Dec 08:00",
        "Mon 28 Dec 07:30",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("when", "awake", "decides", "since", "until", "created_from"),
    LONG_WINDOWS.values(),
    ids=LONG_WINDOWS,
)
def test_all_answers_agree_about_a_closed_date_in_a_window_of_days(
    when: str, *, awake: bool, decides: Layer, since: str, until: str, created_from: str | None
) -> None:
    result = explain(WEEK, at(when), LEAD)
    assert result.desired.awake is result.schedule_state.awake is awake
    assert result.decides == decides
    assert result.since is not None
    assert result.change is not None
    assert clock(result.since.at, NEW_YORK) == f"{since} EST"
    assert clock(result.change.at, NEW_YORK) == f"{until} EST"
    created = result.change.create_at
    assert (created and clock(created, NEW_YORK)) == (created_from and f"{created_from} EST")


def test_a_closed_date_in_a_window_of_days_is_named_since_its_midnight() -> None:
    result = explain(WEEK, at("2026-11-26T12:00"), LEAD)
    (closed,) = result.interruptions
    assert (closed.at, closed.reason) == (at("2026-11-26T00:00"), THANKSGIVING)
    assert result.desired.reason == f"no window is open until Fri 27 Nov 00:00 EST; {THANKSGIVING}"
    assert result.since is not None
    assert result.change is not None
    assert result.since.because == f"the window closes: {THANKSGIVING}"
    assert result.change.because == f"the window opens: 0 8 * * MON, no longer {THANKSGIVING}"
