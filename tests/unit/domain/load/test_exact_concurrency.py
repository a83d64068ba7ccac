"""The exact metric, given to a model of Application Auto Scaling that knows nothing of it.

The model is the one written down from AWS's documentation: two alarms, ceil(current x metric /
target), and no scale-in that would bring the metric back above its target.
"""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.load.instances_needed import share_of_target
from lowtide_workbench.fleet import tracking

# What a target value may be: a share of a reference type's capacity.
targets = st.tuples(st.integers(1, 100), st.floats(0.5, 500)).map(lambda t: t[0] / 100 * t[1])
counts = st.integers(1, 400)


def landed(live: int, metric: float, goal: float) -> int:
    """The count after both alarms have had their say."""
    if metric > goal:
        return tracking.out(live, metric, goal)
    if metric < tracking.LOW_SHARE * goal:
        return tracking.into(live, metric, goal)
    return live


def tellable(live: int, needed: int) -> bool:
    """A metric below the low alarm means this count or a smaller one: 0.9 x live is rounded up."""
    return needed >= live or needed <= math.ceil(Fraction(9, 10) * live)


@given(counts, counts, targets)
def test_scaling_lands_on_the_count_that_is_needed(live: int, needed: int, goal: float) -> None:
    metric = share_of_target(live, needed) * goal
    assert landed(live, metric, goal) == (needed if tellable(live, needed) else live)


@given(counts, counts, targets)
def test_the_plain_formula_gives_it_without_help_from_a_rounding_rule(
    live: int, needed: int, goal: float
) -> None:
    """Whether a model rounds 3.0000000000000004 up to 4 must not matter."""
    metric = share_of_target(live, needed) * goal
    assert math.ceil(live * metric / goal) == needed
    assert math.ceil(live * (metric / goal)) == needed


@given(counts, targets)
def test_a_fleet_that_is_right_rests_between_the_alarms(live: int, goal: float) -> None:
    metric = share_of_target(live, live) * goal
    assert tracking.LOW_SHARE * goal * 1.01 < metric < goal * (1 - 1e-6)


EXACT = {
    "one of one rests, and keeps no low alarm up": (1, 1, 1),
    "a flood is answered in one step": (1, 4, 4),
    "one of nineteen can be expressed": (19, 18, 18),
    "one of twenty cannot: it rests until it is two": (20, 19, 20),
    "two of twenty can": (20, 18, 18),
}


@pytest.mark.parametrize(("live", "needed", "lands"), EXACT.values(), ids=EXACT)
def test_exact(live: int, needed: int, lands: int) -> None:
    assert landed(live, share_of_target(live, needed) * 7.5, 7.5) == lands
