"""A state from the cache never differs from one that is computed anew."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule, Span
from lowtide.domain.schedule.state import ScheduleState, schedule_state
from lowtide.domain.schedule.window import Window
from lowtide.workflows import schedule_cache
from lowtide.workflows.schedule_cache import ScheduleCache

NEW_YORK, HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
START = datetime(2026, 10, 1, tzinfo=UTC)
CLOSED = (ClosedDates(date(2026, 10, 12), date(2026, 10, 14)),)
EXTRA = (Span(START + timedelta(days=12, hours=15), START + timedelta(days=12, hours=16)),)


def window(start: str, stop: str, zone: ZoneInfo) -> Window:
    return Window(parse_cron(start), parse_cron(stop), zone, CLOSED)


SCHEDULES = {
    "office hours with exceptions": Schedule(
        (window("0 8 * * MON-FRI", "0 20 * * MON-FRI", NEW_YORK),), NEW_YORK, EXTRA
    ),
    "nights": Schedule((window("30 1 * * *", "15 2 * * *", HOWE),), HOWE),
    "windows that overlap": Schedule(
        (window("0 8 * * *", "0 12 * * *", NEW_YORK), window("0 11 * * *", "0 9 * * *", HOWE)), HOWE
    ),
    "always": Schedule((), NEW_YORK),
}


def walk(seed: int, steps: int) -> Iterator[datetime]:
    """Mostly minute by minute, sometimes days forwards or backwards."""
    chance = random.Random(seed)  # noqa: S311 - a walk, nothing secret
    now = START
    for _ in range(steps):
        now += chance.choice(
            [
                timedelta(minutes=1),
                timedelta(minutes=chance.randint(-90, 240)),
                timedelta(seconds=chance.randint(-90, 90)),
                timedelta(days=chance.randint(-4, 5)),
            ]
        )
        yield now


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_cached_state_is_the_one_computed_anew(name: str) -> None:
    schedule, cache = SCHEDULES[name], ScheduleCache()
    for now in walk(seed=7, steps=300):
        cached, fresh = cache.state_at(schedule, now), schedule_state(schedule, now)
        assert (cached.awake, cached.change) == (fresh.awake, fresh.change), now
        assert cached.is_valid_at(now)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The instants for which a state was computed."""
    instants: list[datetime] = []

    def recorded(schedule: Schedule, now: datetime) -> ScheduleState:
        instants.append(now)
        return schedule_state(schedule, now)

    monkeypatch.setattr(schedule_cache, "schedule_state", recorded)
    return instants


def test_a_day_of_minutes_computes_once_for_each_change(computed: list[datetime]) -> None:
    cache, schedule = ScheduleCache(), SCHEDULES["office hours with exceptions"]
    for minute in range(24 * 60):
        cache.state_at(schedule, START + timedelta(minutes=minute))
    opens, closes = START + timedelta(hours=12), START + timedelta(hours=0)
    assert computed == [closes, opens]


def test_equal_schedules_share_and_others_do_not(computed: list[datetime]) -> None:
    cache = ScheduleCache()
    same = Schedule((window("30 1 * * *", "15 2 * * *", HOWE),), HOWE)
    for schedule in (SCHEDULES["nights"], same, SCHEDULES["always"]):
        cache.state_at(schedule, START)
    assert len(computed) == 2
