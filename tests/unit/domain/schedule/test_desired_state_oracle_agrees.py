"""What takes precedence, written again in the most literal way and compared on random schedules."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.schedule.desired_state import desired_state
from lowtide.domain.schedule.override import Override
from lowtide.domain.schedule.state import schedule_state
from tests.unit.domain.schedule.schedule_oracle import MINUTE, Walk
from tests.unit.domain.schedule.schedule_strategies import Case, cases, walked

LONGEST_LEAD = 180
minutes = st.integers(-600, 600).map(lambda n: n * MINUTE)


def literally(
    walk: Walk, override: tuple[bool, datetime] | None, now: datetime, lead: timedelta
) -> bool:
    """An override until it ends; then the windows; then a window that opens within the lead."""
    if override and now < override[1]:
        return override[0]
    if walk.at(now):
        return True
    return any(walk.at(now + n * MINUTE) for n in range(1, lead // MINUTE + 1))


@given(
    cases(),
    minutes,
    st.integers(0, LONGEST_LEAD).map(lambda n: n * MINUTE),
    st.none() | st.tuples(st.booleans(), minutes),
)
def test_a_desired_state_is_the_literal_one(
    case: Case, later: timedelta, lead: timedelta, asked: tuple[bool, timedelta] | None
) -> None:
    now = case.around + later
    override = (asked[0], (now + asked[1]).astimezone(ZoneInfo(case.zone))) if asked else None
    asked_for = Override(*override, "a test", "ann") if override else None
    desired = desired_state(schedule_state(case.lowtide, now), asked_for, now, lead)
    walk = walked(case)
    assert desired.awake is literally(walk, override, now, lead)
    overridden = override is not None and now < override[1]
    assert desired.early is (desired.awake and not walk.at(now) and not overridden)
