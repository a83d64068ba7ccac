"""Random schedules, each twice: lowtide's and the oracle's; and instants to look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from hypothesis import strategies as st

from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule, Span
from lowtide.domain.schedule.window import Window
from tests.unit.domain.schedule.schedule_oracle import (
    DAY,
    MINUTE,
    OracleSchedule,
    OracleWindow,
    Walk,
    changing_zones,
    offset_changes,
    walk,
)

# Odd ones, drawn more often than the two hundred that are like their neighbours.
ODD_ZONES = [
    "Australia/Lord_Howe",  # half an hour
    "Antarctica/Troll",  # two hours
    "Pacific/Chatham",  # at a quarter to
    "America/Nuuk",  # the gap is from 23:00 to midnight
    "America/Scoresbysund",
    "Africa/Cairo",  # the gap begins at midnight
    "Asia/Beirut",
    "America/Asuncion",
    "America/Santiago",
    "Africa/Casablanca",  # Ramadan
    "Africa/El_Aaiun",
    "Asia/Almaty",  # one change, for good
    "America/New_York",
    "Europe/Dublin",  # its winter time is the odd one
]
STILL_ZONES = ["UTC", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Phoenix"]
COUNTRIES = [("US", "NY"), ("DE", "BE"), ("JP", None), ("MA", None)]


_MINUTES = ["0", "30", "59", "*/15", "5/20", "*"]
_HOURS = ["*", "*/6", "0", "1", "2", "3", "22", "23", "8-18", "2/7"]
_EVERY_DAY, _BY_WEEKDAY, _BY_DATE = (
    ["* * *", "* MAR,NOV *"],
    ["* * MON-FRI", "* * 5", "* * SAT,SUN", "* * 0,3", "* MAR MON"],
    ["1-7 * *", "28-31 * *", "L * *", "15,L * *", "31 * *", "29 FEB *", "1 * MON", "L * 5"],
)


@dataclass(frozen=True)
class Case:
    """The same schedule, for lowtide and for the oracle, and an instant to look at."""

    lowtide: Schedule
    oracle: OracleSchedule
    around: datetime
    zone: str


@dataclass(frozen=True)
class _Closed:
    lowtide: ClosedOn
    oracle: Callable[[date], bool]


def weighted[T](*weights: tuple[int, st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """Unlike one_of, which takes the same strategy once however often it is named."""
    chosen = [strategy for weight, strategy in weights for _ in range(weight)]
    return st.sampled_from(chosen).flatmap(lambda strategy: strategy)


expressions = st.builds(
    "{} {} {}".format,
    st.sampled_from(_MINUTES) | st.integers(0, 59).map(str),
    st.sampled_from(_HOURS) | st.integers(0, 23).map(str),
    st.sampled_from(_EVERY_DAY) | st.sampled_from(_BY_WEEKDAY) | st.sampled_from(_BY_DATE),
)
_changing = st.sampled_from(changing_zones())
_odd = st.sampled_from([zone for zone in ODD_ZONES if zone in changing_zones()])
zones = weighted((4, _changing), (3, _odd), (1, st.sampled_from(STILL_ZONES)))


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    """A minute near an offset change, mostly; near a year's end or a leap day; or any other."""
    dates = [
        *(datetime(year, 1, 1, tzinfo=UTC) for year in range(2025, 2037)),
        *(datetime(year, 2, 29, tzinfo=UTC) for year in (2024, 2028, 2032, 2036)),
    ]
    changes = st.sampled_from(offset_changes(zone) or dates)
    any_day = st.integers(0, 4700).map(lambda n: datetime(2024, 1, 10, tzinfo=UTC) + n * DAY)
    near = draw(weighted((4, changes), (1, st.sampled_from(dates)), (1, any_day)))
    return near + draw(st.integers(-2160, 2160)) * MINUTE


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """One to three windows, some in another zone, with exceptions near the instant."""
    zone = draw(zones)
    around = draw(instants(zone))
    pairs = [_window(draw, zone, around) for _ in range(draw(st.sampled_from([1, 1, 2, 3])))]
    spans = draw(st.lists(_spans(around), max_size=2))
    lowtide = Schedule(
        tuple(window for window, _ in pairs), ZoneInfo(zone), tuple(Span(*span) for span in spans)
    )
    return Case(lowtide, OracleSchedule([window for _, window in pairs], spans), around, zone)


def walked(case: Case, around: datetime | None = None) -> Walk:
    """Some days around the instant, begun where no clock of the schedule has just changed."""
    around = around or case.around
    first = around - 3 * DAY
    zones_used = {window.zone for window in case.oracle.windows}
    while any(_changes_near(zone, first) for zone in zones_used):
        first -= DAY
    return walk(case.oracle, first, around + 4 * DAY)


def _changes_near(zone: str, instant: datetime) -> bool:
    return any(abs(change - instant) <= 2 * DAY for change in offset_changes(zone))


def _window(draw: st.DrawFn, zone: str, around: datetime) -> tuple[Window, OracleWindow]:
    zone = draw(weighted((3, st.just(zone)), (1, zones)))
    start, stop = draw(
        weighted((2, _starts_and_stops()), (2, _near_a_change(zone, around)), (2, _days_long()))
    )
    closed = draw(st.lists(_closings(around), max_size=3))
    return (
        Window(
            parse_cron(start),
            parse_cron(stop),
            ZoneInfo(zone),
            tuple(c.lowtide for c in closed),
        ),
        OracleWindow(start, stop, zone, lambda day: any(c.oracle(day) for c in closed)),
    )


@st.composite
def _starts_and_stops(draw: st.DrawFn) -> tuple[str, str]:
    """Two expressions that have nothing to do with each other, or two hours of the same days."""
    start = draw(expressions)
    if draw(st.booleans()):
        return start, draw(expressions)
    minute, hour = draw(st.integers(0, 59)), draw(st.integers(0, 23))
    return start, " ".join([str(minute), str(hour), *start.split()[2:]])


@st.composite
def _days_long(draw: st.DrawFn) -> tuple[str, str]:
    """Two times of two weekdays, mostly one or two days apart, often at midnight."""
    first, later = draw(st.integers(0, 6)), draw(st.sampled_from([0, 1, 1, 1, 2, 2, 4]))
    start, stop = (
        f"{draw(st.sampled_from([0, 0, 30]))} {draw(st.sampled_from([0, 0, 1, 8, 18, 23]))} * * "
        f"{weekday}"
        for weekday in (first, (first + later) % 7)
    )
    return start, stop


@st.composite
def _near_a_change(draw: st.DrawFn, zone: str, around: datetime) -> tuple[str, str]:
    """Two times of day before, in or after the gap or the fold that is nearest."""
    change = min(offset_changes(zone), key=lambda at: abs(at - around), default=around)
    reading = (change - MINUTE).astimezone(ZoneInfo(zone))
    later = st.integers(-90, 150).map(lambda n: reading.replace(tzinfo=None) + n * MINUTE)
    start, stop = (f"{at.minute} {at.hour} * * *" for at in (draw(later), draw(later)))
    return start, stop


def _spans(around: datetime) -> st.SearchStrategy[tuple[datetime, datetime]]:
    begin = st.integers(-4000, 4000)
    length = st.one_of(st.integers(1, 90), st.integers(1, 3000))
    return st.builds(
        lambda first, minutes: (around + first * MINUTE, around + (first + minutes) * MINUTE),
        begin,
        length,
    )


def _closings(around: datetime) -> st.SearchStrategy[_Closed]:
    first = st.integers(-6, 4).map(lambda days: around.date() + timedelta(days=days))
    length = st.sampled_from([0, 0, 0, 1, 3, 60])
    ranges = st.builds(
        lambda day, days: _closed_dates(day, day + timedelta(days=days)), first, length
    )
    calendars = st.sampled_from(COUNTRIES).map(lambda c: _closed_in(*c))
    return weighted((2, ranges), (1, calendars))


def _closed_dates(first: date, last: date) -> _Closed:
    return _Closed(ClosedDates(first, last), lambda day: first <= day <= last)


def _closed_in(country: str, subdivision: str | None) -> _Closed:
    return _Closed(
        PublicHolidays(country, subdivision),
        lambda day: day in _holidays_of(country, subdivision, day.year),
    )


@cache
def _holidays_of(country: str, subdivision: str | None, year: int) -> Sequence[date]:
    return list(holidays.country_holidays(country, subdiv=subdivision, years=year))
