"""Each ten seconds of the clock belong to exactly one run."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.load.publish_times import PublishTime, publish_times

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
BOTH = frozenset({10, 60})
begins = st.datetimes(NOON.replace(tzinfo=None), NOON.replace(tzinfo=None) + MINUTE).map(
    lambda at: at.replace(tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("begin", "resolutions", "expected"),
    [
        pytest.param(0, {60}, [0], id="once a minute is at once"),
        pytest.param(43, {60}, [43], id="wherever in the clock's minute the schedule has its own"),
        pytest.param(0, {10}, [0, 10, 20, 30, 40, 50], id="every ten seconds"),
        pytest.param(43, {10}, [50, 60, 70, 80, 90, 100], id="on the clock's tens"),
        pytest.param(43, BOTH, [43, 50, 60, 70, 80, 90, 100], id="both"),
        pytest.param(0, set(), [], id="nothing is measured"),
    ],
)
def test_publish_times(begin: int, resolutions: set[int], expected: list[int]) -> None:
    found = publish_times(NOON + begin * SECOND, resolutions)
    assert [(time.at - NOON) // SECOND for time in found] == expected


def test_two_resolutions_of_one_instant_are_one_publish_time() -> None:
    assert publish_times(NOON, BOTH)[0] == PublishTime(NOON, BOTH)


@given(begins, st.integers(2, 5))
def test_runs_a_minute_apart_share_no_publish_time_and_leave_none_out(
    begin: datetime, minutes: int
) -> None:
    found = [time.at for n in range(minutes) for time in publish_times(begin + n * MINUTE, {10})]
    assert all(at.timestamp() % 10 == 0 for at in found)
    assert found == [found[0] + n * 10 * SECOND for n in range(6 * minutes)]
    assert begin <= found[0] < begin + 10 * SECOND


@pytest.mark.parametrize(
    ("late_s", "due"),
    [
        pytest.param(0, BOTH, id="in time"),
        pytest.param(9.9, BOTH, id="its ten seconds still run"),
        pytest.param(10, {60}, id="the next ten seconds have begun"),
        pytest.param(60, set(), id="and the minute to the next invocation"),
    ],
)
def test_what_is_late_for_its_own_period_is_left_out(late_s: float, due: set[int]) -> None:
    assert PublishTime(NOON, BOTH).due(NOON + late_s * SECOND) == due
