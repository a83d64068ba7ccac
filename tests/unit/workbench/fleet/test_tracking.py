"""Target tracking and step scaling, as functions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.fleet import tracking
from lowtide_workbench.fleet.steps import AdjustmentType, Step, adjusted, step_for
from lowtide_workbench.fleet.tracking import HIGH_RESOLUTION, STANDARD, AlarmShape, Past

counts = st.integers(1, 50)
metrics = st.floats(0, 10)
targets = st.floats(0.1, 1)


@pytest.mark.parametrize(
    ("shape", "period_s", "periods"),
    [
        pytest.param(STANDARD.high, 60, 3, id="high, standard: 3 of 3 x 60 s (facts 3.2)"),
        pytest.param(STANDARD.low, 60, 15, id="low, standard: 15 of 15 x 60 s (facts 3.2)"),
        pytest.param(HIGH_RESOLUTION.high, 10, 3, id="high, fine: 3 x 10 s (facts 3.2)"),
        pytest.param(HIGH_RESOLUTION.low, 10, 90, id="low, fine: 90 x 10 s (facts 3.2)"),
    ],
)
def test_alarm_shapes(shape: AlarmShape, period_s: int, periods: int) -> None:
    assert shape == AlarmShape(period_s, periods)


@pytest.mark.parametrize(
    ("current", "metric", "target", "expected"),
    [
        pytest.param(2, 1.0, 0.7, 3, id="what is needed is rounded up (facts 3.1)"),
        pytest.param(3, 0.7, 0.7, 3, id="a metric at its target asks for nothing, floats or not"),
        pytest.param(1, 2.8, 0.7, 4, id="a large overshoot jumps at once (facts 3.1)"),
        pytest.param(4, 0.1, 0.7, 1, id="a low metric shrinks in proportion"),
        pytest.param(4, 0.0, 0.7, 0, id="real zeros ask for nothing at all"),
    ],
)
def test_proportional(current: int, metric: float, target: float, expected: int) -> None:
    assert tracking.proportional(current, metric, target) == expected


@given(counts, metrics, targets)
def test_scaling_out_brings_the_metric_to_its_target_with_the_fewest_instances(
    current: int, metric: float, target: float
) -> None:
    desired = tracking.out(current, metric, target)
    assert desired >= current
    if desired > current:
        assert current * metric / desired <= target * (1 + 1e-6)
        assert current * metric / (desired - 1) > target * (1 - 1e-6)


@given(counts, metrics, targets)
def test_scaling_in_never_brings_the_metric_back_above_its_target(
    current: int, metric: float, target: float
) -> None:
    desired = tracking.into(current, metric, target)
    assert 0 <= desired <= current
    if 0 < desired < current:
        assert current * metric / desired <= target * (1 + 1e-6)


OUT = Past(out_ended=100, out_from=2)


@pytest.mark.parametrize(
    ("past", "now", "base"),
    [
        pytest.param(Past(), 0, 4, id="without a past it counts from now"),
        pytest.param(OUT, 150, 2, id="during the cooldown, what was added counts"),
        pytest.param(OUT, 160, 4, id="the cooldown is half-open"),
        pytest.param(OUT.after_in(120), 130, 4, id="a scale-in ends the cooldown"),
    ],
)
def test_scale_out_cooldown(past: Past, now: float, base: int) -> None:
    assert tracking.scale_out_base(4, past, now, cooldown_s=60) == base


IN = Past().after_in(100)


@pytest.mark.parametrize(
    ("past", "now", "expected"),
    [
        pytest.param(Past(), 0, True, id="without a past"),
        pytest.param(IN, 399, False, id="within the cooldown it is blocked"),
        pytest.param(IN, 400, True, id="after the cooldown it is not"),
        pytest.param(IN.after_out(200, 2), 250, True, id="a scale-out ends it (facts 3.4)"),
    ],
)
def test_scale_in_cooldown(past: Past, now: float, *, expected: bool) -> None:
    assert tracking.may_scale_in(past, now, cooldown_s=300) is expected


STEPS = [Step(1, lower=0, upper=10), Step(3, lower=10), Step(-1, upper=0)]


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        pytest.param(50, STEPS[0], id="at the threshold the lower bound belongs to the step"),
        pytest.param(59.9, STEPS[0], id="below the upper bound"),
        pytest.param(60, STEPS[1], id="bounds are relative to the threshold (facts 3.6)"),
        pytest.param(49.9, STEPS[2], id="below the threshold"),
    ],
)
def test_step_for(metric: float, expected: Step) -> None:
    assert step_for(STEPS, metric, threshold=50) == expected
    assert step_for([Step(1, lower=100)], metric, threshold=50) is None


@pytest.mark.parametrize(
    ("current", "change", "kind", "least", "expected"),
    [
        pytest.param(4, 2, "ChangeInCapacity", 0, 6, id="a change is added"),
        pytest.param(4, 2, "ExactCapacity", 0, 2, id="an exact count is taken as it is"),
        pytest.param(10, 25, "PercentChangeInCapacity", 0, 12, id="percent round towards zero"),
        pytest.param(2, 25, "PercentChangeInCapacity", 0, 3, id="less than one becomes one"),
        pytest.param(10, 25, "PercentChangeInCapacity", 4, 14, id="at least the least magnitude"),
        pytest.param(10, -25, "PercentChangeInCapacity", 0, 8, id="percent downwards"),
    ],
)
def test_adjusted(
    current: int, change: int, kind: AdjustmentType, least: int, expected: int
) -> None:
    assert adjusted(current, Step(change), kind, least) == expected


@pytest.mark.parametrize(("desired", "clamped"), [(1, 2), (3, 3), (9, 4)])
def test_clamp(desired: int, clamped: int) -> None:
    assert tracking.clamp(desired, 2, 4) == clamped
