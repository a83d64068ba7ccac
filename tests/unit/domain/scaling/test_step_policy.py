"""The fast lane jumps to the count that is needed, and not far beyond."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.endpoint.scaling_policy import ManagedScaling, ScalingPolicy
from lowtide.domain.scaling.step_policy import alarm_settings, step_configuration
from lowtide_workbench.fleet.steps import Step, adjusted, step_for
from lowtide_workbench.fleet.tracking import clamp, proportional

POLICY = ScalingPolicy(
    0.75, "weighted", timedelta(seconds=60), timedelta(seconds=300), fast_lane=True
)
RANGES = st.integers(1, 12).flatmap(lambda least: st.tuples(st.just(least), st.integers(least, 60)))


def lane(minimum: int, maximum: int, threshold: float = 7.5, policy: ScalingPolicy = POLICY) -> Any:
    return step_configuration(ManagedScaling(minimum, maximum, policy), policy, threshold)


def reached(config: Any, count: int, metric: float, threshold: float, maximum: int) -> int:
    """By the embedded AWS's step scaling, which shares no code with the lane."""
    steps = [
        Step(
            each["ScalingAdjustment"],
            each["MetricIntervalLowerBound"],
            each.get("MetricIntervalUpperBound"),
        )
        for each in config["StepAdjustments"]
    ]
    step = step_for(steps, metric, threshold)
    assert step is not None
    least = config["MinAdjustmentMagnitude"]
    return clamp(adjusted(count, step, config["AdjustmentType"], least), 0, maximum)


@given(size=RANGES, part=st.floats(0, 1), over=st.floats(1e-6, 20), threshold=st.floats(0.5, 500))
def test_any_load_is_answered_by_what_it_needs_and_at_most_half_as_much_again(
    size: tuple[int, int], part: float, over: float, threshold: float
) -> None:
    minimum, maximum = size
    count = minimum + round(part * (maximum - minimum))
    metric = threshold * (1 + over)
    needed = min(maximum, proportional(count, metric, threshold))
    after = reached(lane(minimum, maximum, threshold), count, metric, threshold, maximum)
    assert needed <= after <= 1.5 * needed


@given(size=RANGES, threshold=st.floats(0.5, 500))
def test_its_steps_are_what_aws_takes(size: tuple[int, int], threshold: float) -> None:
    steps = lane(*size, threshold)["StepAdjustments"]
    assert 1 <= len(steps) <= 20
    assert steps[0]["MetricIntervalLowerBound"] == 0
    assert "MetricIntervalUpperBound" not in steps[-1]
    for one, next_one in pairwise(steps):
        assert one["MetricIntervalLowerBound"] < one["MetricIntervalUpperBound"]
        assert one["MetricIntervalUpperBound"] == next_one["MetricIntervalLowerBound"]
        assert 0 < one["ScalingAdjustment"] <= next_one["ScalingAdjustment"]


@pytest.mark.parametrize(
    ("count", "metric", "after"),
    [
        pytest.param(1, 15.1, 3, id="just over twice the target: three times the instances"),
        pytest.param(3, 11.0, 5, id="the part of an instance that AWS rounds down is made up for"),
        pytest.param(4, 14.9, 8, id="twice the target: twice the instances"),
        pytest.param(8, 500, 8, id="never more than that"),
    ],
)
def test_a_fleet_of_one_to_eight(count: int, metric: float, after: int) -> None:
    assert reached(lane(1, 8), count, metric, 7.5, 8) == after


def test_a_fleet_that_cannot_grow_has_a_step_that_aws_takes() -> None:
    assert lane(3, 3)["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}
    ]


@pytest.mark.parametrize(
    ("out", "cooldown"),
    [
        pytest.param(60, 300, id="never shorter than an instance takes to be seen"),
        pytest.param(600, 600, id="the file's where that is longer"),
    ],
)
def test_what_is_pending_is_not_added_twice(out: int, cooldown: int) -> None:
    policy = ScalingPolicy(0.75, "weighted", timedelta(seconds=out), timedelta(0), fast_lane=True)
    assert lane(1, 4, policy=policy)["Cooldown"] == cooldown


def test_its_alarm_adds_nothing_on_a_guess() -> None:
    alarm = alarm_settings(7.5)
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (10, 2, 2)
    assert alarm["TreatMissingData"] == "notBreaching"
