"""The scenario of an invented trace: sizes, hours and instants."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from lowtide_workbench.demo.scenario import Scenario, from_profile, from_trace
from lowtide_workbench.report.model import Span
from lowtide_workbench.traces.files import TraceError

HOUR, DAY = 3600, 86400
TUESDAY = 1
# A call of an hour every five minutes from nine to five.
STEADY = [(9 * HOUR + n * 300, 3600) for n in range(97)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "calls.csv"


def scenario_of(
    file: Path, calls: Iterable[tuple[int, int]], *, days: int = 1, first: int = 0
) -> Scenario:
    """The same calls on two days in a row."""
    rows = [
        f"{(first + day) * DAY + arrival},{duration}"
        for day in range(2)
        for arrival, duration in calls
    ]
    file.write_text("\n".join(["arrival_s,duration_s", *rows]))
    return from_trace(file, days)


def new_york(day: int, hour: int, minute: int = 0) -> datetime:
    """January 2026, five hours behind UTC; the 5th is a Monday."""
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


def test_a_monday_is_played_on_a_monday_in_new_york(file: Path) -> None:
    scenario = scenario_of(file, STEADY)
    assert scenario.windows == (Span(new_york(5, 9), new_york(5, 17)),)
    assert (scenario.opens, scenario.closes) == (time(9), time(17))
    assert scenario.sessions[0] == (new_york(5, 9).timestamp(), 3600.0)


@pytest.mark.parametrize(
    ("first", "days", "dates"),
    [
        pytest.param(0, 2, [5, 6], id="Monday and Tuesday"),
        pytest.param(TUESDAY, 1, [6], id="a Tuesday stays a Tuesday"),
        pytest.param(3, 2, [8, 9], id="Thursday and Friday"),
        pytest.param(7 * 20 + TUESDAY, 2, [6, 7], id="a Tuesday of a later week is in this one"),
    ],
)
def test_each_day_stays_the_weekday_that_it_was(
    file: Path, first: int, days: int, dates: list[int]
) -> None:
    scenario = scenario_of(file, STEADY, days=days, first=first)
    assert [window.start for window in scenario.windows] == [new_york(d, 9) for d in dates]
    assert scenario.sessions[0][0] == new_york(dates[0], 9).timestamp()


def test_only_the_days_that_are_played_count(file: Path) -> None:
    assert len(scenario_of(file, STEADY, days=1).sessions) == 97
    assert len(scenario_of(file, STEADY, days=2).sessions) == 194


def test_it_begins_the_evening_before_and_ends_as_the_next_morning_opens(file: Path) -> None:
    one, two = scenario_of(file, STEADY, days=1), scenario_of(file, STEADY, days=2)
    assert (one.start, one.end) == (new_york(4, 20), new_york(6, 9, 15))
    assert (two.start, two.end) == (new_york(4, 20), new_york(7, 9, 15))


def test_the_sessions_are_instants_in_order(file: Path) -> None:
    scenario = scenario_of(file, STEADY[::-1], days=2)
    arrivals = [arrival for arrival, _ in scenario.sessions]
    assert arrivals == sorted(arrivals)
    assert scenario.start.timestamp() < arrivals[0]
    assert arrivals[-1] < scenario.end.timestamp()


def test_the_windows_crons_are_the_opening_hours_on_working_days(file: Path) -> None:
    scenario = scenario_of(file, [(arrival + 1800, lasts) for arrival, lasts in STEADY])
    assert scenario.window_cron == ("30 9 * * MON-FRI", "30 17 * * MON-FRI")
    odd = replace(scenario, opens=time(7, 5), closes=time(23, 55))
    assert odd.window_cron == ("5 7 * * MON-FRI", "55 23 * * MON-FRI")


def test_the_drought_lies_where_load_climbs(file: Path) -> None:
    drought = scenario_of(file, STEADY, days=2).drought
    assert timedelta(0) <= drought.start - new_york(5, 10) < timedelta(minutes=1)
    assert timedelta(0) <= drought.end - new_york(5, 11, 40) < timedelta(minutes=2)


@pytest.mark.parametrize(
    ("at_once", "most"),
    [
        pytest.param(1, 1 + 4, id="one call needs one instance"),
        pytest.param(7, 1 + 4, id="7 streams are under 75 % of one instance's 10"),
        pytest.param(8, 2 + 4, id="8 are above, so two"),
        pytest.param(75, 10 + 4, id="75 are just what ten hold"),
    ],
)
def test_the_most_is_the_peak_at_the_target_and_four_to_spare(
    file: Path, at_once: int, most: int
) -> None:
    alone = [(9 * HOUR + 1800 + n * HOUR, 60) for n in range(8)]
    assert scenario_of(file, [*alone, *[(12 * HOUR, 600)] * at_once]).max_instances == most


def test_a_call_that_ends_as_the_next_begins_is_no_second_stream(file: Path) -> None:
    back_to_back = [(9 * HOUR + n * 60, 60) for n in range(400)]
    assert scenario_of(file, back_to_back).max_instances == 1 + 4


def test_the_morning_floor_holds_what_is_open_half_an_hour_in(file: Path) -> None:
    early = [(9 * HOUR + n, 7200) for n in range(20)]
    late = [(13 * HOUR + n, 60) for n in range(20)]
    scenario = scenario_of(file, [*early, *late])
    assert scenario.morning_floor == 3  # 20 streams, 7.5 on each
    assert scenario_of(file, [(9 * HOUR + n, 1700) for n in range(20)]).morning_floor == 1


def test_the_floor_is_the_first_days_even_if_the_second_is_busier(file: Path) -> None:
    quiet = [(9 * HOUR + n, 7200) for n in range(5)]
    busy = [(DAY + 9 * HOUR + n, 7200) for n in range(40)]
    rows = [f"{arrival},{lasts}" for arrival, lasts in [*quiet, *busy]]
    file.write_text("\n".join(["arrival_s,duration_s", *rows]))
    scenario = from_trace(file, 2)
    assert scenario.morning_floor == 1
    assert scenario.max_instances == 6 + 4


@pytest.mark.parametrize(
    ("days", "traffic"),
    [
        pytest.param(1, "97 calls on one day, from calls.csv", id="one day"),
        pytest.param(2, "194 calls on 2 days, from calls.csv", id="two days"),
    ],
)
def test_the_traffic_in_words(file: Path, days: int, traffic: str) -> None:
    assert scenario_of(file, STEADY, days=days).traffic == traffic


def test_a_trace_with_one_working_day_plays_that_one(file: Path) -> None:
    rows = [f"{DAY + arrival},{lasts}" for arrival, lasts in STEADY]
    file.write_text("\n".join(["arrival_s,duration_s", *rows]))
    assert from_trace(file, 2).windows == (Span(new_york(6, 9), new_york(6, 17)),)


def test_a_trace_without_a_working_day_says_so(file: Path) -> None:
    file.write_text(f"arrival_s,duration_s\n{5 * DAY},60\n{6 * DAY},60")
    with pytest.raises(ValueError, match=r"a working day expected, Monday to Friday.* 2 days"):
        from_trace(file, 2)


def test_a_trace_that_is_not_there_says_so(file: Path) -> None:
    with pytest.raises(TraceError, match=r"calls\.csv: cannot be read"):
        from_trace(file, 1)


def test_the_generated_calls_are_the_same_calls_each_time() -> None:
    first, second = from_profile(1), from_profile(1)
    assert first == second
    assert len(first.sessions) > 10_000
    assert first.windows[0].start.date().isoformat() == "2026-01-05"
