"""Schedules say what a walk over every minute says: in all zones, from 2024 to 2036."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.schedules import (
    Schedule,
    is_awake,
    next_change,
    outlook,
    transitions,
)
from tests.unit.domain import schedule_oracle as oracle
from tests.unit.domain.schedule_oracle import DAY, MINUTE, Walk
from tests.unit.domain.schedule_strategies import ODD_ZONES, Twice, instants, schedules, zones

SECOND = timedelta(seconds=1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Twice, datetime, str]:
    zone = draw(zones)
    around = draw(instants(zone))
    return draw(schedules(zone, around)), around, zone


def walked(twice: Twice, around: datetime) -> Walk:
    """Some days around the instant, begun where no clock of the schedule has just changed."""
    first = around - 3 * DAY
    while any(
        first - 2 * DAY <= change <= first + 2 * DAY
        for window in twice.oracle.windows
        for change in oracle.offset_changes(window.zone)
    ):
        first -= DAY
    return oracle.walk(twice.oracle, first, around + 4 * DAY)


def told(schedule: Schedule, start: datetime, end: datetime) -> list[tuple[datetime, bool]]:
    return [(change.at, change.awake) for change in transitions(schedule, start, end)]


@given(cases())
def test_transitions_are_those_of_the_walk(case: tuple[Twice, datetime, str]) -> None:
    twice, around, _ = case
    walk = walked(twice, around)
    first = walk.first + MINUTE
    assert told(twice.lowtide, first, walk.last) == walk.changes()


@given(cases(), st.data())
def test_a_range_is_half_open_and_may_be_split_anywhere(
    case: tuple[Twice, datetime, str], data: st.DataObject
) -> None:
    twice, around, _ = case
    walk = walked(twice, around)
    start, end = walk.first + MINUTE, walk.last
    likely = [change for change, _ in walk.changes()] or [around]
    middle = data.draw(st.sampled_from(likely)) + data.draw(
        st.sampled_from([timedelta(), -MINUTE, MINUTE, -SECOND, SECOND])
    )
    before = told(twice.lowtide, start, middle)
    after = told(twice.lowtide, middle, end)
    assert before == walk.changes_in(start, middle)
    assert after == walk.changes_in(middle, end)


@given(cases(), st.data())
def test_at_any_instant_state_and_next_change_are_those_of_the_walk(
    case: tuple[Twice, datetime, str], data: st.DataObject
) -> None:
    twice, around, zone = case
    walk = walked(twice, around)
    likely = [around, *(change for change, _ in walk.changes()), *oracle.offset_changes(zone)]
    inside = [at for at in likely if walk.first + MINUTE < at < walk.last - MINUTE]
    minute = data.draw(st.sampled_from(inside)) + data.draw(st.integers(-1, 1)) * MINUTE
    now = minute + data.draw(st.sampled_from([timedelta(), SECOND, MINUTE - SECOND]))
    said = outlook(twice.lowtide, now)
    expected = next(iter(walk.changes_in(minute + MINUTE, walk.last)), None)
    assert is_awake(twice.lowtide, now) == said.awake == walk.at(now)
    assert next_change(twice.lowtide, now) == said.change
    if expected is None:
        assert said.change is None or said.change.at >= walk.last
    else:
        assert said.change is not None
        assert (said.change.at, said.change.awake) == expected
    as_people_say_it = now.astimezone(ZoneInfo(zone))
    assert outlook(twice.lowtide, as_people_say_it) == said


@given(cases(), st.integers(0, 4320))
def test_an_outlook_kept_until_its_change_says_what_a_new_one_says(
    case: tuple[Twice, datetime, str], minutes_later: int
) -> None:
    twice, around, _ = case
    kept = outlook(twice.lowtide, around)
    later = around + minutes_later * MINUTE
    anew = outlook(twice.lowtide, later)
    if kept.holds(later):
        assert (anew.awake, anew.change) == (kept.awake, kept.change)
    elif kept.change is not None and later == kept.change.at:
        assert anew.awake is kept.change.awake
    if kept.change is not None:
        change = kept.change
        assert change.awake is not kept.awake
        assert kept.holds(change.at - SECOND)
        assert not kept.holds(change.at)
        assert walked(twice, change.at).changes_in(change.at, change.at + MINUTE) == [
            (change.at, change.awake)
        ]


@given(cases())
def test_the_reason_names_what_opens_or_closes(case: tuple[Twice, datetime, str]) -> None:
    twice, around, _ = case
    for change in transitions(twice.lowtide, around - DAY, around + 2 * DAY):
        verbs = ("opens", "begins") if change.awake else ("closes", "ends")
        assert any(verb in change.because for verb in verbs), change


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_the_walk_begins_and_ends_the_odd_days_as_told(zone: str) -> None:
    """The oracle's own test: the instants of each change are where two readings do not follow."""
    for change in oracle.offset_changes(zone)[:4]:
        before = (change - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert change.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != before + MINUTE


def test_a_schedule_without_windows_never_changes() -> None:
    always = Schedule((), ZoneInfo("UTC"))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert is_awake(always, now)
    assert next_change(always, now) is None
