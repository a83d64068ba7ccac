"""The floors of a week: from readings to the changes that are put as scheduled actions."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.curve.applied import AppliedFloors, Floors
from lowtide.domain.curve.day import BIN, BINS, instants_of
from lowtide.domain.curve.forecast import Basis
from lowtide.domain.curve.plan import (
    Change,
    DayOfFloors,
    FloorPlan,
    changes_of_week,
    ends,
    plan_week,
    target_on,
)
from lowtide.domain.curve.settings import CurveSettings
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Schedule(
    (Window(parse_cron("0 8 * * MON-FRI"), parse_cron("0 18 * * MON-FRI"), BERLIN),), BERLIN
)
SETTINGS = CurveSettings()
MONDAY = date(2026, 10, 19)  # clocks change on Sunday


def _readings(*days: tuple[date, float]) -> dict[datetime, float]:
    return {at: streams for on, streams in days for at in instants_of(on, BERLIN)}


def test_a_week_is_planned_from_the_same_weekdays() -> None:
    readings = _readings((MONDAY - timedelta(7), 100.0), (MONDAY - timedelta(14), 100.0))
    today, week = plan_week(readings, OFFICE, MONDAY, 10, SETTINGS)
    monday, tuesday, *_, sunday = week
    assert monday.changes == (Change(0, 1), Change(8 * 12 - 2, 12), Change(18 * 12, 1))
    assert (monday.first, monday.hours) == (12, 120)
    assert tuesday.changes == monday.changes, "of the last open days"
    assert sunday.changes == (Change(0, 1),), "closed"
    assert target_on(today, SETTINGS) == 0.95
    assert target_on(today, CurveSettings(target=0.85)) == 0.85


def test_without_history_there_are_no_floors_and_the_files_target_holds() -> None:
    today, week = plan_week({}, OFFICE, MONDAY, 10, SETTINGS)
    assert [day.changes for day in week] == [()] * 7
    assert changes_of_week(week, least=2, most=9, most_changes=150) == ()
    assert target_on(today, SETTINGS) is None


def test_a_first_week_has_floors_of_other_weekdays_and_keeps_the_files_target() -> None:
    today, week = plan_week(_readings((MONDAY, 50.0)), OFFICE, MONDAY + timedelta(1), 10, SETTINGS)
    assert today is not None
    assert today.basis is Basis.LAST_DAYS
    assert week[0].at(12 * 12) == 7  # (50 + 2 x 7.07) / 10
    assert target_on(today, SETTINGS) is None


def _week(*counts_of_monday: tuple[int, int]) -> tuple[DayOfFloors, ...]:
    changes = tuple(Change(b, count) for b, count in counts_of_monday)
    return (DayOfFloors(MONDAY, changes), DayOfFloors(MONDAY + timedelta(1), (Change(0, 0),)))


@pytest.mark.parametrize(
    ("most_changes", "changes"),
    [
        pytest.param(150, [(0, 2), (96, 5), (100, 7), (120, 4), (216, 2)], id="all of them"),
        pytest.param(4, [(0, 2), (96, 7), (120, 4), (216, 2)], id="the cheapest rises earlier"),
        pytest.param(3, [(0, 2), (96, 7), (216, 2)], id="and the next falls later"),
        pytest.param(1, [(0, 7)], id="one is enough for the largest"),
        pytest.param(0, [], id="no room for any"),
    ],
)
def test_too_many_changes_are_joined_and_never_lower(
    most_changes: int, changes: list[tuple[int, int]]
) -> None:
    week = _week((0, 1), (96, 5), (100, 9), (120, 4), (216, 1))
    found = changes_of_week(week, least=2, most=7, most_changes=most_changes)
    assert [(change.bin, change.count) for change in found] == changes


def test_of_a_restless_week_at_most_so_many_changes_are_left() -> None:
    random = Random(1)  # noqa: S311
    days = [MONDAY + timedelta(days=ahead) for ahead in range(7)]
    week = tuple(
        DayOfFloors(day, tuple(Change(b, random.randint(1, 40)) for b in range(0, BINS, 3)))
        for day in days
    )
    found = changes_of_week(week, least=1, most=100, most_changes=150)
    assert len(found) == 150
    for b, wanted in enumerate(day.at(b) for day in week for b in range(BINS)):
        assert next(c.count for c in reversed(found) if c.bin <= b) >= wanted


def _stored(put_on: datetime | None, target: float | None = 0.95) -> Floors:
    now = datetime(2026, 10, 19, 10, tzinfo=UTC)
    plan = FloorPlan(MONDAY, ends(MONDAY, BERLIN), "", "v", None, target, _week((0, 3)))
    return Floors(plan, AppliedFloors(now, 1.0, 3, 1, now, 3, 1, put_on))


CREATED = datetime(2026, 10, 19, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("floors", "at", "target"),
    [
        pytest.param(_stored(CREATED), "2026-10-19T12:00Z", 0.95, id="put on this very endpoint"),
        pytest.param(
            _stored(CREATED), "2026-10-19T23:59Z", 0.95, id="until the next plan is put, at night"
        ),
        pytest.param(_stored(CREATED), "2026-10-20T00:00Z", None, id="not on the day after"),
        pytest.param(_stored(CREATED - BIN), "2026-10-19T12:00Z", None, id="put on another before"),
        pytest.param(_stored(None), "2026-10-19T12:00Z", None, id="not all put"),
        pytest.param(_stored(CREATED, None), "2026-10-19T12:00Z", None, id="no same weekday known"),
        pytest.param(Floors(), "2026-10-19T12:00Z", None, id="nothing known"),
    ],
)
def test_the_target_above_floors_holds_only_while_they_are_in_force(
    floors: Floors, at: str, target: float | None
) -> None:
    assert floors.target(CREATED, datetime.fromisoformat(at)) == target
