"""The count that is needed, as a metric that target tracking turns back into this count.

Application Auto Scaling sets ceil(live x metric / target value) instances when the metric is above
its target, or below 0.9 of it. It has no room for a count: the metric must be a share of the
target value.
"""

_LOW = 0.9  # the low alarm's threshold, as a share of the target value
_REST = 0.95  # in the middle between the alarms


def share_of_target(live: int, needed: int) -> float:
    """The metric's share of the target value.

    Half an instance below the needed count, so that no rounding of floats makes ceil() one more;
    between the alarms where nothing is to change.
    """
    middle = (needed - 0.5) / live
    if needed == live:
        return max(_REST, middle)
    if needed > live or not _can_be_told(live, needed):
        return middle
    return min(middle, ((needed - 1) / live + _LOW) / 2)


def _can_be_told(live: int, needed: int) -> bool:
    """A scale-in by a tenth or less is not: whatever is below the low alarm means a smaller count.

    Its middle lies between the alarms, and the fleet rests until it is a larger step.
    """
    return (needed - 1) / live < _LOW
