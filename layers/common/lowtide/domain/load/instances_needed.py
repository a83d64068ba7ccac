"""The instances that a fleet needs, reached in the order of its pools.

A scale-out adds instances of the first pool, a scale-in removes those of the last pool that has
any: how much capacity a change of the count brings or costs depends on the pools it meets.

Application Auto Scaling sets ceil(live x metric / target value) instances when the metric is above
its target, or below 0.9 of it. It has no room for a count, so `share_of_target` is a share of the
target value that it turns back into the count that is needed.
"""

import math
from collections.abc import Mapping, Sequence

from lowtide.domain.endpoint.observed import Pool

_LOW = 0.9  # the low alarm's threshold, as a share of the target value
_REST = 0.95  # in the middle between the alarms
_ROUNDING = 1e-9  # of an instance: 0.7 x 30 streams fit into 3 instances, whatever floats say


def instances_needed(pools: Sequence[Pool], capacity: Mapping[str, float], wanted: float) -> int:
    """The fewest instances, at least 1, that have a capacity of `wanted` streams.

    `pools` come highest priority first; the capacity of the first and of all live ones is known.
    """
    live = sum(pool.live for pool in pools)
    spare = sum(pool.live * capacity[pool.instance_type] for pool in pools if pool.live) - wanted
    if spare < 0:
        return live + math.ceil(-spare / capacity[pools[0].instance_type] - _ROUNDING)
    return max(1, live - _removable(pools, capacity, spare))


def _removable(pools: Sequence[Pool], capacity: Mapping[str, float], spare: float) -> int:
    """How many instances go, the last pool's first, before more than `spare` is gone."""
    removed = 0
    for pool in reversed([pool for pool in pools if pool.live]):
        each = capacity[pool.instance_type]
        gone = min(pool.live, math.floor(spare / each + _ROUNDING))
        removed += gone
        spare -= gone * each
        if gone < pool.live:
            break
    return removed


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
