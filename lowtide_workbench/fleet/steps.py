"""Step scaling as Application Auto Scaling does it: bounds relative to the alarm's threshold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

type AdjustmentType = Literal["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"]


@dataclass(frozen=True, slots=True)
class Step:
    """Applies where lower <= metric - threshold < upper; None is unbounded."""

    adjustment: int
    lower: float | None = None
    upper: float | None = None


def step_for(steps: Sequence[Step], metric: float, threshold: float) -> Step | None:
    """The step that covers the metric; the bound nearer to the threshold belongs to it."""
    breach = metric - threshold
    return next((step for step in steps if _covers(step, breach)), None)


def adjusted(
    current: int, step: Step, adjustment_type: AdjustmentType, least_change: int = 0
) -> int:
    """The new count; `least_change` is MinAdjustmentMagnitude and counts for percentages only."""
    match adjustment_type:
        case "ExactCapacity":
            return step.adjustment
        case "ChangeInCapacity":
            return current + step.adjustment
        case "PercentChangeInCapacity":
            change = max(abs(_whole(current * step.adjustment / 100)), least_change)
            return current + int(math.copysign(change, step.adjustment))


def _covers(step: Step, breach: float) -> bool:
    lower = -math.inf if step.lower is None else step.lower
    upper = math.inf if step.upper is None else step.upper
    return lower <= breach < upper if breach >= 0 else lower < breach <= upper


def _whole(change: float) -> int:
    """A percentage change as AWS rounds it: 6.67 is 6, 0.67 is 1, -0.67 is -1."""
    if 0 < abs(change) < 1:
        return int(math.copysign(1, change))
    return math.trunc(change)
