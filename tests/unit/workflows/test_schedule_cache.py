"""A state is computed once while it is valid. That it is valid until then: see domain/schedule."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.state import ScheduleState, schedule_state
from lowtide.domain.schedule.window import Window
from lowtide.workflows import schedule_cache
from lowtide.workflows.schedule_cache import ScheduleCache

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 10, 1, tzinfo=UTC)  # 20:00 in New York
HOUR = timedelta(hours=1)


def office_hours() -> Schedule:
    window = Window(parse_cron("0 8 * * *"), parse_cron("0 20 * * *"), NEW_YORK)
    return Schedule((window,), NEW_YORK)


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
    cache, schedule, closes, opens = ScheduleCache(), office_hours(), START, START + 12 * HOUR
    minutes = [START + timedelta(minutes=minute) for minute in range(24 * 60)]
    states = [cache.state_at(schedule, now).awake for now in minutes]
    assert computed == [closes, opens]
    assert states == [now >= opens for now in minutes]


def test_a_state_is_not_used_for_an_earlier_instant(computed: list[datetime]) -> None:
    cache = ScheduleCache()
    assert not cache.state_at(office_hours(), START).awake
    assert cache.state_at(office_hours(), START - HOUR).awake
    assert len(computed) == 2


def test_equal_schedules_share_a_state_and_others_do_not(computed: list[datetime]) -> None:
    cache = ScheduleCache()
    for schedule in (office_hours(), office_hours(), Schedule((), NEW_YORK)):
        cache.state_at(schedule, START)
    assert len(computed) == 2
