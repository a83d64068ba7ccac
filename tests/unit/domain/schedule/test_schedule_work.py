"""Nothing that is accepted makes an answer take forever: croniter's steps are counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter

from lowtide.domain.schedule import cron
from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule, transitions
from lowtide.domain.schedule.state import schedule_state
from lowtide.domain.schedule.window import Window

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
NEVER = ClosedDates(date(2000, 1, 1), date.max)


class Counter:
    def __init__(self) -> None:
        self.steps = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    counter = Counter()

    class Counted(croniter):
        def get_next(self, *args: Any, **kwargs: Any) -> Any:
            counter.steps += 1
            return super().get_next(*args, **kwargs)

        def get_prev(self, *args: Any, **kwargs: Any) -> Any:
            counter.steps += 1
            return super().get_prev(*args, **kwargs)

    monkeypatch.setattr(cron, "croniter", Counted)
    yield counter
    assert counter.steps  # or the counter has come loose


def window(start: str, stop: str, *closed: ClosedOn) -> Window:
    return Window(parse_cron(start), parse_cron(stop), NEW_YORK, closed)


def single_days(count: int) -> tuple[ClosedOn, ...]:
    days = (NOW.date() + (n - count // 2) * DAY for n in range(count))
    return tuple(ClosedDates(day, day) for day in days)


OFFICE = window("0 8 * * MON-FRI", "0 20 * * MON-FRI")
EVERY_OTHER_MINUTE = window("*/2 * * * *", "1-59/2 * * * *")
THE_OTHER_ONES = window("1-59/2 * * * *", "*/2 * * * *")
FIFTY = tuple(window(f"{n}-59/7 * * * *", f"{n + 3}-59/{n + 2} * * * *") for n in range(50))


SCHEDULES = {
    "office hours": ((OFFICE,), 30),
    "closed forever": ((window("0 8 * * *", "0 20 * * *", NEVER),), 20),
    "starts on holidays only, which are closed": (
        (window("0 8 25 12 *", "0 20 * * *", PublicHolidays("US")),), 50,
    ),
    "seven hundred closed days, each by itself": (
        (window("* * * * *", "0 20 * * *", *single_days(700)),), 500,
    ),
    "a stop never wins": ((window("* * * * *", "*/5 * * * *"),), 1000),
    "a start wins for a minute": ((window("*/5 * * * *", "* * * * *"),), 50),
    "two that join each minute forever": ((EVERY_OTHER_MINUTE, THE_OTHER_ONES), 1000),
    "fifty dense windows that contradict each other": (FIFTY, 20_000),
    "windows of half a year": (
        tuple(window(f"0 0 {day} 1 *", f"0 0 {day} 7 *") for day in range(1, 29)) * 2, 1000,
    ),
    "leap days and Sundays": ((window("0 0 29 2 *", "0 0 29 2 SUN"),), 100),
}  # fmt: skip


@pytest.mark.parametrize(("windows", "most"), SCHEDULES.values(), ids=SCHEDULES)
def test_a_state_takes_few_steps(counted: Counter, windows: tuple[Window, ...], most: int) -> None:
    state = schedule_state(Schedule(windows, NEW_YORK), NOW)
    assert counted.steps <= most
    assert state.until > NOW


def test_windows_that_join_for_ever_are_asked_again_where_looking_stopped() -> None:
    schedule = Schedule((EVERY_OTHER_MINUTE, THE_OTHER_ONES), NEW_YORK)
    state = schedule_state(schedule, NOW)
    assert state.awake
    assert state.change is None
    assert timedelta(hours=1) < state.until - NOW < DAY
    assert schedule_state(schedule, state.until).awake


def test_a_window_that_stays_open_is_not_followed_through_what_opens_beside_it() -> None:
    until_december = window("0 0 1 1 *", "0 0 1 12 *")
    windows = (EVERY_OTHER_MINUTE, THE_OTHER_ONES, until_december)
    state = schedule_state(Schedule(windows, NEW_YORK), NOW - 200 * DAY)
    assert state.until > datetime(2026, 12, 1, 5, tzinfo=UTC)


def test_however_many_edges_come_first_the_stop_of_a_closed_day_is_seen() -> None:
    closed = ClosedDates(date(2026, 11, 24), date(2026, 11, 24))
    windows = tuple(
        window(start, f"{minute} 0 * * *", closed)
        for start in ("* * * * *", "* 0-23 * * *")
        for minute in range(28)
    )
    state = schedule_state(Schedule(windows, NEW_YORK), datetime(2026, 11, 23, 5, 31, tzinfo=UTC))
    assert state.awake
    assert state.change is not None
    assert state.change.at == datetime(2026, 11, 24, 5, 27, tzinfo=UTC)


def test_transitions_take_steps_in_proportion_to_the_range(counted: Counter) -> None:
    schedule = Schedule((EVERY_OTHER_MINUTE, OFFICE), NEW_YORK)
    minutes = 1440
    changes = list(transitions(schedule, NOW, NOW + DAY))
    assert len(changes) == minutes // 2
    assert counted.steps < 3 * minutes + 100
