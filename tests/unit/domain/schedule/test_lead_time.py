"""How early creation begins, by what this endpoint's own creations took."""

from datetime import timedelta

import pytest

from lowtide.domain.schedule.lead_time import NO_LEAD_TIME, LeadTime, LeadTimeBounds, lead_time

MINUTE = timedelta(minutes=1)
BOUNDS = LeadTimeBounds(usual=30 * MINUTE, shortest=5 * MINUTE, longest=60 * MINUTE)


def minutes(*values: float) -> tuple[timedelta, ...]:
    return tuple(value * MINUTE for value in values)


@pytest.mark.parametrize(
    ("creations", "expected", "because"),
    [
        pytest.param((), 30, "the default: 0 of 3 creations known", id="nothing is known"),
        pytest.param((9, 9), 30, "the default: 2 of 3 creations known", id="too little is known"),
        pytest.param(
            (9, 12, 10), 17,
            "90 % of the last 3 creations took 12 min or less; with a margin of 5 min",
            id="of a few the slowest counts",
        ),
        pytest.param(
            (*[10] * 17, 20, 55, 58), 25,
            "90 % of the last 20 creations took 20 min or less; with a margin of 5 min",
            id="of twenty the two slowest do not count",
        ),
        pytest.param(
            (70, 80, 90), 60,
            "90 % of the last 3 creations took 1 h 30 min or less; with a margin of 5 min, "
            "bounded to 1 h",
            id="not earlier than the longest lead",
        ),
    ],
)  # fmt: skip
def test_the_lead_is_learned(creations: tuple[float, ...], expected: float, because: str) -> None:
    assert lead_time("at-start", minutes(*creations), BOUNDS) == LeadTime(
        expected * MINUTE, because
    )


def test_it_is_not_shorter_than_the_shortest() -> None:
    bounds = LeadTimeBounds(30 * MINUTE, 10 * MINUTE, 60 * MINUTE)
    assert lead_time("at-start", minutes(2, 2, 2), bounds).length == 10 * MINUTE


def test_the_order_of_the_creations_says_nothing() -> None:
    one, other = minutes(3, 20, 7, 9), minutes(20, 9, 7, 3)
    assert lead_time("at-start", one, BOUNDS) == lead_time("at-start", other, BOUNDS)


def test_after_the_start_there_is_none() -> None:
    assert lead_time("after-start", minutes(9, 9, 9), BOUNDS) == NO_LEAD_TIME


def test_the_warm_up_is_added_also_beyond_the_longest_lead() -> None:
    found = lead_time("at-start", minutes(70, 80, 90), BOUNDS, 10 * MINUTE)
    assert found.length == 70 * MINUTE
    assert found.because.endswith("bounded to 1 h; and warm_up, 10 min")


def test_after_the_start_a_warm_up_changes_nothing() -> None:
    assert lead_time("after-start", (), BOUNDS, 10 * MINUTE) == NO_LEAD_TIME
