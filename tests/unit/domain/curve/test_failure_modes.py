"""What may go wrong with a history, and what the floors do then."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.curve.day import BIN, BINS, Day, day_of, instants_of
from lowtide.domain.curve.floor import (
    capacity_to_count_with,
    floor_at,
    is_raised_to_change_back,
    target_above_floors,
)
from lowtide.domain.curve.forecast import Basis, Forecast, forecast, weeks_to_average
from lowtide.domain.curve.level import level_today
from lowtide.domain.curve.settings import CurveSettings
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window

SETTINGS = CurveSettings()
TODAY = date(2026, 3, 9)  # a Monday
NEW_YORK = ZoneInfo("America/New_York")
OPEN = tuple(96 <= b < 216 for b in range(BINS))  # 08:00-18:00
NOON = 144
CAPACITY = 10


def _day(on: date, streams: float | None = 100.0, is_open: tuple[bool, ...] = OPEN) -> Day:
    return Day(on, tuple(streams if o else None for o in is_open), is_open)


def _weeks(*streams: float | None, back: int = 7) -> dict[date, Day]:
    """Days before today, the latest first, `back` days apart."""
    dates = [TODAY - timedelta(days=back * (n + 1)) for n in range(len(streams))]
    return {on: _day(on, each) for on, each in zip(dates, streams, strict=True)}


def _week_of(streams: float) -> dict[date, Day]:
    """The six days before today."""
    return _weeks(*[streams] * 6, back=1)


def _with(day: Day, span: slice, streams: float | None) -> Day:
    changed = list(day.streams)
    changed[span] = [streams] * len(changed[span])
    return Day(day.on, tuple(changed), day.is_open)


def _forecast(history: dict[date, Day]) -> Forecast:
    made = forecast(history, _day(TODAY), SETTINGS)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("history", "at_noon"),
    [
        pytest.param(_weeks(100, 100, 100, 100), 100, id="four alike weeks are their mean"),
        pytest.param(_weeks(100, 0, 100, 100), 100, id="a dead day is left out"),
        pytest.param(_weeks(0, 0, 100, 100), 100, id="two dead days of four are left out"),
        pytest.param(_weeks(100, 0, 0, 0), 100, id="three dead days of four are left out"),
        pytest.param(_weeks(100, 5, 5), 100, id="two days that are nearly dead are left out"),
        pytest.param(_weeks(0, 0, 0), 0, id="where all days are dead nothing is expected"),
        pytest.param(_weeks(100, 30, 30, 30), 30, id="three weeks at a third are the new usual"),
        pytest.param(_weeks(100, 100, 300, 100), 100, id="a day far busier is left out"),
        pytest.param(
            _week_of(100) | _weeks(100, 100, 3000, 100), 100, id="a load test leaves no day dead"
        ),
        pytest.param(
            _week_of(100) | _weeks(100, 0, 0, 0), 100, id="three dead days beside a usual week"
        ),
        pytest.param(
            _weeks(100, None, 100, 100), 100, id="a day before the metric existed is not zero"
        ),
        pytest.param(
            {**_weeks(100, 100, 100), TODAY - timedelta(7): _with(_day(TODAY), slice(0, 200), 100)},
            100,
            id="a day that is partly unreadable counts where it is known",
        ),
        pytest.param(
            {
                on: _with(day, slice(140, 150), None)
                for on, day in _weeks(100, 100, 100, 100).items()
            },
            100,
            id="bins that no day knows take the nearest that is known",
        ),
        pytest.param(
            {**_weeks(80), TODAY - timedelta(14): _day(TODAY, 0.0, (False,) * BINS)},
            80,
            id="a closed day is no day of the history",
        ),
        pytest.param(
            {**_weeks(100), TODAY - timedelta(70): _day(TODAY, 500.0)},
            100,
            id="what is older than 63 days is forgotten",
        ),
    ],
)
def test_forecast_at_noon(history: dict[date, Day], at_noon: float) -> None:
    made = _forecast(history)
    assert made.basis is Basis.SAME_WEEKDAYS
    assert made.means[NOON] == pytest.approx(at_noon)
    assert made.means[0] == 0.0  # closed


def test_the_odd_days_are_told() -> None:
    assert _forecast(_weeks(100, 0, 100, 100)).left_out == (TODAY - timedelta(14),)


def test_without_a_same_weekday_the_largest_of_the_last_days_holds_and_is_told_apart() -> None:
    made = _forecast(_weeks(70, 90, 80, back=1))
    assert made.basis is Basis.LAST_DAYS
    assert made.means[NOON] == pytest.approx(90)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param({}, id="no history at all"),
        pytest.param(_weeks(None, None), id="no reading at all"),
    ],
)
def test_without_a_reading_there_is_no_forecast(history: dict[date, Day]) -> None:
    assert forecast(history, _day(TODAY), SETTINGS) is None


def test_a_weekday_with_few_readings_takes_the_shape_of_days_like_it() -> None:
    """Its mornings are not known; those of the other days are twice as busy as their afternoons."""
    known = {on: _with(day, slice(96, 156), 200) for on, day in _weeks(*[100] * 20, back=1).items()}
    mondays = {on: _with(known[on], slice(96, 120), None) for on in _weeks(1, 1)}
    made = _forecast({**known, **mondays})
    assert made.means[100] == pytest.approx(200, rel=0.02)


@pytest.mark.parametrize(
    ("streams", "at", "level"),
    [
        pytest.param([100.0] * BINS, NOON, 1.0, id="a day as expected"),
        pytest.param([200.0] * BINS, NOON, 1.92, id="a day twice as busy counts within the hour"),
        pytest.param([200.0] * BINS, 101, 1.0, id="nothing is concluded from the first 25 minutes"),
        pytest.param([0.0] * BINS, NOON, 0.7, id="a dead day lowers by less than a third"),
        pytest.param([900.0] * BINS, NOON, 4.0, id="no day counts more than four times"),
        pytest.param([None] * BINS, NOON, 1.0, id="readings that are missing are not zero"),
        pytest.param(
            [*[100.0] * 138, *[None] * (BINS - 138)], NOON, 1.0, id="late readings are left out"
        ),
    ],
)
def test_level_today(streams: list[float | None], at: int, level: float) -> None:
    made = _forecast(_weeks(100, 100, 100, 100))
    assert level_today(made, streams, at) == pytest.approx(level, abs=0.02)


@pytest.mark.parametrize(
    ("last", "weeks"),
    [
        pytest.param([100] * 30, 4, id="as before: four weeks"),
        pytest.param([150, 150, 150, *[100] * 27], 2, id="grown three days in a row: two weeks"),
        pytest.param([150, 150, 100, *[100] * 27], 4, id="two busy days are no growth"),
        pytest.param([150, 150, 150], 4, id="no earlier week, nothing to compare with"),
    ],
)
def test_weeks_after_growth(last: list[float], weeks: int) -> None:
    assert weeks_to_average(_weeks(*last, back=1), TODAY, 4) == weeks


def test_the_first_floor_is_the_count_to_wake_with() -> None:
    made = _forecast(_weeks(100, 100, 100, 100))
    assert floor_at(made, 1.0, made.opens, CAPACITY, SETTINGS) == 12  # (100 + 2 x 10) / 10


@pytest.mark.parametrize(
    ("in_service", "capacity"),
    [
        pytest.param([10, 20], 10, id="the first type among larger ones"),
        pytest.param([10, 8], 8, id="a smaller fallback"),
        pytest.param([20, 20], 20, id="larger ones alone"),
        pytest.param([], 10, id="none yet: the first pool's"),
    ],
)
def test_the_smallest_capacity_in_service_counts(in_service: list[float], capacity: float) -> None:
    assert capacity_to_count_with(in_service, first=10) == capacity


@pytest.mark.parametrize(("streams", "target"), [(59, 0.9), (60, 0.95)])
def test_target_above_floors(streams: float, target: float) -> None:
    assert target_above_floors(_forecast(_weeks(streams))) == target


@pytest.mark.parametrize(
    ("bins_since", "fallback_serves", "raised"),
    [
        pytest.param(1000, True, True, id="a fallback serves, and it is time"),
        pytest.param(1000, False, False, id="no fallback serves"),
        pytest.param(2, False, True, id="a raise lasts a quarter of an hour"),
        pytest.param(3, True, False, id="then the next one waits"),
        pytest.param(24, True, True, id="for two hours"),
    ],
)
def test_the_floor_is_raised_to_change_back(
    bins_since: int, fallback_serves: bool, raised: bool
) -> None:
    assert is_raised_to_change_back(bins_since, fallback_serves=fallback_serves) is raised


def test_a_dip_of_an_hour_is_filled_and_a_longer_one_followed() -> None:
    busy = _forecast(_weeks(100)).means
    short = tuple(0.0 if 120 <= b < 132 else mean for b, mean in enumerate(busy))
    long = tuple(0.0 if 120 <= b < 138 else mean for b, mean in enumerate(busy))
    floors = [
        floor_at(Forecast(TODAY, m, OPEN, Basis.SAME_WEEKDAYS), 1.0, 125, CAPACITY, SETTINGS)
        for m in (short, long)
    ]
    assert floors == [12, 1]


@pytest.mark.parametrize(
    ("on", "bins", "missing", "opens"),
    [
        pytest.param(date(2026, 3, 8), 276, range(24, 36), 96, id="an hour is skipped in spring"),
        pytest.param(date(2026, 3, 9), 288, (), 96, id="a day like any other"),
        pytest.param(date(2026, 11, 1), 300, (), 96, id="an hour comes twice in autumn"),
    ],
)
def test_a_day_follows_the_clock_on_the_wall(
    on: date, bins: int, missing: range, opens: int
) -> None:
    instants = list(instants_of(on, NEW_YORK))
    window = Window(parse_cron("0 8 * * *"), parse_cron("0 18 * * *"), NEW_YORK)
    schedule = Schedule((window,), NEW_YORK)
    day = day_of(on, schedule, {at: float(n) for n, at in enumerate(instants)})
    assert len(instants) == bins
    assert [b for b in range(BINS) if day.streams[b] is None] == list(missing)
    assert (day.is_open.index(True), sum(day.is_open)) == (opens, 120)


def test_of_an_hour_that_comes_twice_the_larger_reading_counts() -> None:
    first = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)  # 01:00 for the first time
    readings = {first: 7.0, first + timedelta(hours=1): 4.0, first + BIN: 1.0}
    day = day_of(date(2026, 11, 1), Schedule((), NEW_YORK), readings)
    assert day.streams[12:15] == (7.0, 1.0, None)
    assert all(day.is_open)  # without windows, always awake
