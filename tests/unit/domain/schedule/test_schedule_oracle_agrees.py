"""Schedules say what a walk over every minute says: in all zones, from 2024 to 2036."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.explanation import last_change
from lowtide.domain.schedule.schedule import Schedule, Span, is_awake, transitions
from lowtide.domain.schedule.state import next_change, schedule_state
from lowtide.domain.schedule.window import Window
from tests.unit.domain.schedule import schedule_oracle as oracle
from tests.unit.domain.schedule.schedule_oracle import MINUTE
from tests.unit.domain.schedule.schedule_strategies import Case, cases, walked

SECOND = timedelta(seconds=1)


def changes_of(schedule: Schedule, start: datetime, end: datetime) -> list[tuple[datetime, bool]]:
    return [(change.at, change.awake) for change in transitions(schedule, start, end)]


@given(cases(), st.data())
def test_a_schedule_is_that_of_the_walk(case: Case, data: st.DataObject) -> None:
    walk = walked(case)
    changes = walk.changes()
    assert changes_of(case.lowtide, walk.first + MINUTE, walk.last) == changes
    offsets = st.sampled_from([timedelta(), -MINUTE, MINUTE, -SECOND, SECOND])
    near = data.draw(st.sampled_from([at for at, _ in changes] or [case.around]))
    a_range_is_half_open_and_may_be_split_anywhere(case, walk, near + data.draw(offsets))
    likely = [case.around, *(at for at, _ in changes), *oracle.offset_changes(case.zone)]
    inside = [at for at in likely if walk.first + MINUTE < at < walk.last - MINUTE]
    minute = data.draw(st.sampled_from(inside)) + data.draw(st.integers(-1, 1)) * MINUTE
    seconds = data.draw(st.sampled_from([timedelta(), SECOND, MINUTE - SECOND]))
    state_and_next_change_are_those_of_the_walk(case, walk, minute, minute + seconds)
    before = walk.changes_in(walk.first + MINUTE, case.around + MINUTE)
    # It looks at a bounded number of edges, all of which it visits where nothing changed.
    if before and (behind := last_change(case.lowtide, case.around)):
        assert (behind.at, behind.awake) == before[-1]


def a_range_is_half_open_and_may_be_split_anywhere(
    case: Case, walk: oracle.Walk, middle: datetime
) -> None:
    start, end = walk.first + MINUTE, walk.last
    assert changes_of(case.lowtide, start, middle) == walk.changes_in(start, middle)
    assert changes_of(case.lowtide, middle, end) == walk.changes_in(middle, end)


def state_and_next_change_are_those_of_the_walk(
    case: Case, walk: oracle.Walk, minute: datetime, now: datetime
) -> None:
    state = schedule_state(case.lowtide, now)
    expected = next(iter(walk.changes_in(minute + MINUTE, walk.last)), None)
    assert is_awake(case.lowtide, now) == state.awake == walk.at(now)
    assert next_change(case.lowtide, now) == state.change
    if expected is None:
        assert state.change is None or state.change.at >= walk.last
    else:
        assert state.change is not None
        assert (state.change.at, state.change.awake) == expected
    local = now.astimezone(ZoneInfo(case.zone))
    assert schedule_state(case.lowtide, local) == state


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
