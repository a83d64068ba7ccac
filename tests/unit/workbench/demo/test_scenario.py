"""The scenario of a trace: sizes, hours and instants."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from lowtide_workbench.demo.scenario import Scenario, from_profile, from_trace
from lowtide_workbench.report.model import Span

HOUR, DAY = 3600, 86400
TUESDAY = 1
# A call of an hour every five minutes from nine to five.
STEADY = [(9 * HOUR + n * 300, 3600) for n in range(97)]


type Calls = Iterable[tuple[int, int]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "calls.csv"


def scenario_of(file: Path, *calls: Calls, days: int = 1, first: int = 0) -> Scenario:
    """`calls` are those of the days in a row from `first` on; one day's are played twice."""
    by_day = enumerate(calls * 2 if len(calls) == 1 else calls, start=first)
    rows = [f"{day * DAY + at},{lasts}" for day, of_day in by_day for at, lasts in of_day]
    file.write_text("\n".join(["arrival_s,duration_s", *rows]))
    return from_trace(file, days)


def new_york(day: int, hour: int, minute: int = 0) -> datetime:
    """January 2026, five hours behind UTC; the 5th is a Monday."""
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


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
    assert [window.start for window in scenario.windows] == [new_york(day, 9) for day in dates]
    assert scenario.sessions[0] == (new_york(dates[0], 9).timestamp(), 3600.0)


@pytest.mark.parametrize(
    ("days", "end", "traffic"),
    [
        pytest.param(1, new_york(6, 9, 15), "97 calls on one day, from calls.csv", id="one day"),
        pytest.param(2, new_york(7, 9, 15), "194 calls on 2 days, from calls.csv", id="two days"),
    ],
)
def test_it_is_played_from_the_evening_before_until_the_next_morning_opens(
    file: Path, days: int, end: datetime, traffic: str
) -> None:
    scenario = scenario_of(file, STEADY[::-1], days=days)
    assert (scenario.start, scenario.end) == (new_york(4, 20), end)
    assert scenario.traffic == traffic
    assert len(scenario.sessions) == 97 * days
    assert scenario.sessions == sorted(scenario.sessions)


def test_the_windows_crons_are_the_opening_hours_on_working_days(file: Path) -> None:
    scenario = scenario_of(file, [(arrival + 1800, lasts) for arrival, lasts in STEADY])
    assert scenario.window_cron == ("30 9 * * MON-FRI", "30 17 * * MON-FRI")


def test_the_drought_is_where_load_climbs(file: Path) -> None:
    drought = scenario_of(file, STEADY, days=2).drought
    assert timedelta(0) <= drought.start - new_york(5, 10) < timedelta(minutes=1)
    assert timedelta(0) <= drought.end - new_york(5, 11, 40) < timedelta(minutes=2)


@pytest.mark.parametrize(
    ("streams", "most"),
    [
        pytest.param(1, 1 + 4, id="one call needs one instance"),
        pytest.param(7, 1 + 4, id="7 streams are under 75 % of one instance's 10"),
        pytest.param(8, 2 + 4, id="8 are above, so two"),
        pytest.param(75, 10 + 4, id="75 are just what ten have room for"),
    ],
)
def test_the_maximum_is_the_peak_at_the_target_and_four_more(
    file: Path, streams: int, most: int
) -> None:
    alone = [(9 * HOUR + 1800 + n * HOUR, 60) for n in range(8)]
    in_turn = [(12 * HOUR, 600), (12 * HOUR + 600, 600)]  # one ends as the other begins
    assert scenario_of(file, [*alone, *in_turn * streams]).max_instances == most


@pytest.mark.parametrize(
    ("calls", "floor"),
    [
        pytest.param([(9 * HOUR + n, 7200) for n in range(20)], 3, id="20 streams, 7.5 on each"),
        pytest.param([(9 * HOUR + n, 1700) for n in range(20)], 1, id="they have ended by then"),
    ],
)
def test_the_morning_floor_is_for_the_streams_half_an_hour_in(
    file: Path, calls: Calls, floor: int
) -> None:
    late = [(13 * HOUR + n, 60) for n in range(20)]
    assert scenario_of(file, [*calls, *late]).morning_floor == floor


def test_the_floor_is_the_first_days_even_if_the_second_is_busier(file: Path) -> None:
    quiet, busy = ([(9 * HOUR + n, 7200) for n in range(count)] for count in (20, 60))
    scenario = scenario_of(file, quiet, busy, days=2)
    assert (scenario.morning_floor, scenario.max_instances) == (3, 8 + 4)


def test_a_trace_with_one_working_day_plays_that_one(file: Path) -> None:
    scenario = scenario_of(file, STEADY, [], days=2, first=TUESDAY)
    assert scenario.windows == (Span(new_york(6, 9), new_york(6, 17)),)
    assert (scenario.opens, scenario.closes) == (time(9), time(17))


def test_a_trace_without_a_working_day_is_refused(file: Path) -> None:
    with pytest.raises(ValueError, match=r"a working day expected, Monday to Friday.* 2 days"):
        scenario_of(file, STEADY, first=5)


def test_the_generated_calls_are_the_same_calls_each_time() -> None:
    first = from_profile(1)
    assert first == from_profile(1)
    assert len(first.sessions) > 10_000
    assert first.windows[0].start.date().isoformat() == "2026-01-05"
