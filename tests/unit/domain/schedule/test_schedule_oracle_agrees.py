"""Schedules say what a walk over every minute says: in all zones, from 2024 to 2036."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.explanation import last_change
from lowtide.domain.schedule.schedule import Schedule, Span, is_awake, transitions
from lowtide.domain.schedule.state import next_change, schedule_state
from lowtide.domain.schedule.window import Window
from tests.unit.domain.schedule import schedule_oracle as oracle
from tests.unit.domain.schedule.schedule_oracle import DAY, MINUTE
from tests.unit.domain.schedule.schedule_strategies import ODD_ZONES, Case, cases, walked

SECOND = timedelta(seconds=1)


def changes_of(schedule: Schedule, start: datetime, end: datetime) -> list[tuple[datetime, bool]]:
    return [(change.at, change.awake) for change in transitions(schedule, start, end)]


@given(cases())
def test_transitions_are_those_of_the_walk(case: Case) -> None:
    walk = walked(case)
    first = walk.first + MINUTE
    assert changes_of(case.lowtide, first, walk.last) == walk.changes()


@given(cases(), st.data())
def test_a_range_is_half_open_and_may_be_split_anywhere(case: Case, data: st.DataObject) -> None:
    walk = walked(case)
    start, end = walk.first + MINUTE, walk.last
    likely = [change for change, _ in walk.changes()] or [case.around]
    middle = data.draw(st.sampled_from(likely)) + data.draw(
        st.sampled_from([timedelta(), -MINUTE, MINUTE, -SECOND, SECOND])
    )
    before = changes_of(case.lowtide, start, middle)
    after = changes_of(case.lowtide, middle, end)
    assert before == walk.changes_in(start, middle)
    assert after == walk.changes_in(middle, end)


@given(cases(), st.data())
def test_at_any_instant_state_and_next_change_are_those_of_the_walk(
    case: Case, data: st.DataObject
) -> None:
    walk = walked(case)
    likely = [
        case.around,
        *(change for change, _ in walk.changes()),
        *oracle.offset_changes(case.zone),
    ]
    inside = [at for at in likely if walk.first + MINUTE < at < walk.last - MINUTE]
    minute = data.draw(st.sampled_from(inside)) + data.draw(st.integers(-1, 1)) * MINUTE
    now = minute + data.draw(st.sampled_from([timedelta(), SECOND, MINUTE - SECOND]))
    state = schedule_state(case.lowtide, now)
    expected = next(iter(walk.changes_in(minute + MINUTE, walk.last)), None)
    assert is_awake(case.lowtide, now) == state.awake == walk.at(now)
    assert next_change(case.lowtide, now) == state.change
    if expected is None:
        assert state.change is None or state.change.at >= walk.last
    else:
        assert state.change is not None
        assert (state.change.at, state.change.awake) == expected
    as_people_say_it = now.astimezone(ZoneInfo(case.zone))
    assert schedule_state(case.lowtide, as_people_say_it) == state
    assert is_awake(case.lowtide, as_people_say_it) is state.awake


@given(cases())
def test_the_change_behind_is_the_last_one_of_the_walk(case: Case) -> None:
    walk = walked(case)
    changes = walk.changes_in(walk.first + MINUTE, case.around + MINUTE)
    behind = last_change(case.lowtide, case.around)
    if changes and behind:  # it looks at a bounded number of edges only
        assert (behind.at, behind.awake) == changes[-1]


@given(cases(), st.integers(0, 4320))
def test_a_state_says_what_a_new_one_says_until_it_ends(case: Case, minutes_later: int) -> None:
    state = schedule_state(case.lowtide, case.around)
    later = case.around + minutes_later * MINUTE
    anew = schedule_state(case.lowtide, later)
    if state.is_valid_at(later):
        assert anew.awake is state.awake
        assert anew.until >= state.until
        assert state.change is None or anew.change == state.change
    assert state.is_valid_at(state.until - SECOND)
    assert not state.is_valid_at(state.until)


@given(cases())
def test_a_change_far_away_is_one_of_the_walk_too(case: Case) -> None:
    state = schedule_state(case.lowtide, case.around)
    if state.until > datetime(2036, 12, 1, tzinfo=UTC):
        return
    walk = walked(case, state.until)
    expected = [(state.change.at, state.change.awake)] if state.change else []
    assert walk.at(state.until - MINUTE) is state.awake
    assert walk.changes_in(state.until, state.until + MINUTE) == expected


@given(cases())
def test_the_reason_names_what_opens_or_closes(case: Case) -> None:
    for change in transitions(case.lowtide, case.around - DAY, case.around + 2 * DAY):
        verbs = ("opens", "begins") if change.awake else ("closes", "ends")
        assert any(verb in change.because for verb in verbs), change


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_the_walk_begins_and_ends_the_odd_days_as_published(zone: str) -> None:
    """The oracle's own test: the instants of each change are where two readings do not follow."""
    for change in oracle.offset_changes(zone)[:4]:
        before = (change - MINUTE).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert change.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != before + MINUTE


def test_a_span_in_the_second_pass_of_the_autumn_night_is_not_in_the_first() -> None:
    zone = ZoneInfo("America/New_York")
    second = [datetime(2026, 11, 1, 1, minute, fold=1, tzinfo=zone) for minute in (10, 50)]
    shut = Window(parse_cron("0 8 * * MON"), parse_cron("0 9 * * MON"), zone)
    schedule = Schedule((shut,), zone, (Span(*second),))
    half_past_one = datetime(2026, 11, 1, 1, 30, tzinfo=zone)
    assert not is_awake(schedule, half_past_one)
    assert is_awake(schedule, half_past_one.replace(fold=1))
    change = next_change(schedule, half_past_one)
    assert change is not None
    assert change.at == datetime(2026, 11, 1, 6, 10, tzinfo=UTC)


def test_a_schedule_without_windows_never_changes() -> None:
    always = Schedule((), ZoneInfo("UTC"))
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert is_awake(always, now)
    assert next_change(always, now) is None
