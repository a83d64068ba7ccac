"""A step policy that jumps to the instance count that is needed, and its alarm at 10 seconds.

SageMaker accepts no other change while an endpoint is Updating: after a step that is too small, the
larger correction waits for as long as an instance takes to start.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from lowtide.domain.endpoint import ManagedScaling, ScalingPolicy
from lowtide.domain.snapshot import Document

_MOST_STEPS = 20  # of one policy
_SMALLEST_RATIO = 1.1  # no step is finer than a tenth of the fleet
_LARGE = 1_000  # instances; of so many, a missing one is no matter
# Application Auto Scaling's own default. During it, a larger step adds only what goes beyond the
# last change. An instance takes about 3 minutes to start, and 2 more until the metric shows it.
_SHORTEST_COOLDOWN = timedelta(seconds=300)


def step_configuration(
    scaling: ManagedScaling, policy: ScalingPolicy, threshold: float
) -> Document:
    """The StepScalingPolicyConfiguration; Maximum, as the newest value counts while load rises."""
    return {
        "AdjustmentType": "PercentChangeInCapacity",
        "StepAdjustments": list(_steps(scaling.minimum, scaling.maximum, threshold)),
        "MinAdjustmentMagnitude": 1,
        "Cooldown": int(max(policy.out, _SHORTEST_COOLDOWN).total_seconds()),
        "MetricAggregationType": "Maximum",
    }


def alarm_settings(threshold: float) -> Document:
    """How the alarm evaluates the metric, as arguments of PutMetricAlarm.

    Two points, since one may be a burst that has ended. Missing data does not breach: nothing is
    added on a guess, and the alarm stays quiet while the endpoint is asleep.
    """
    return {
        "Statistic": "Average",
        "Period": 10,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 2,
        "Threshold": threshold,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }


def _steps(minimum: int, maximum: int, threshold: float) -> Iterator[Document]:
    """Bounds are relative to the threshold; the last step is open and leads to the maximum."""
    bounds = [Fraction(1), *_bounds(Fraction(maximum, minimum))]
    for lower, upper in pairwise(bounds):
        step = _step(_breach(lower, threshold), _percent(upper, minimum, maximum))
        yield step | {"MetricIntervalUpperBound": _breach(upper, threshold)}
    last = _percent(Fraction(maximum, minimum), minimum, maximum)
    yield _step(_breach(bounds[-1], threshold), last)


def _bounds(most: Fraction) -> Sequence[Fraction]:
    """Ratios of load to target between 1 and `most`, rounded to the small fractions at which small
    fleets need one instance more."""
    count = min(_MOST_STEPS, math.ceil(math.log(most, _SMALLEST_RATIO)))
    even = (Fraction(float(most) ** (index / count)) for index in range(1, count))
    thirds = {ratio.limit_denominator(3) for ratio in even}
    return sorted(ratio for ratio in thirds if 1 < ratio < most)


def _breach(ratio: Fraction, threshold: float) -> float:
    """A step's bound relative to the threshold, rounded down: load at the bound takes the larger
    step."""
    return math.floor(threshold * float(ratio - 1) * 1e6) / 1e6


def _step(lower: float, percent: int) -> dict[str, float]:
    return {"MetricIntervalLowerBound": lower, "ScalingAdjustment": percent}


def _percent(ratio: Fraction, minimum: int, maximum: int) -> int:
    """The smallest adjustment that is enough at this ratio of load to target, from any count of the
    range. Application Auto Scaling rounds parts of an instance down, but never to none."""
    counts = range(minimum, min(maximum, minimum + _LARGE) + 1)
    lacking = ((min(math.ceil(n * ratio), maximum) - n, n) for n in counts)
    return max((math.ceil(Fraction(100 * lack, n)) for lack, n in lacking if lack > 1), default=1)
