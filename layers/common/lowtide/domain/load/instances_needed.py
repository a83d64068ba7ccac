"""The instance count that a fleet needs, reached in the order of its pools.

A scale-out adds instances of the first pool, a scale-in removes those of the last pool that has
any: how much capacity a change of the count brings or costs depends on the pools it meets.

Application Auto Scaling sets ceil(live x metric / target value) instances when the metric is above
its target, or below 0.9 of it. It does not take a count, so `share_of_target` is a share of the
target value that it turns back into the count that is needed.
"""

import math
from collections.abc import Mapping, Sequence

from lowtide.domain.endpoint import Pool

_LOW = 0.9  # the low alarm's threshold, as a share of the target value
_BETWEEN_ALARMS = 0.95
_ROUNDING = 1e-9  # of an instance: 0.7 x 30 streams fit into 3 instances, whatever floats say


def instances_needed(pools: Sequence[Pool], capacity: Mapping[str, float], wanted: float) -> int:
    """The fewest instances, at least 1, that have a capacity of `wanted` streams.

    `pools` come highest priority first; the capacity of the first and of all live ones is known.
    """
    live = sum(pool.live for pool in pools)
    free = sum(pool.live * capacity[pool.instance_type] for pool in pools if pool.live) - wanted
    if free < 0:
        return live + math.ceil(-free / capacity[pools[0].instance_type] - _ROUNDING)
    return max(1, live - _removable(pools, capacity, free))


def _removable(pools: Sequence[Pool], capacity: Mapping[str, float], free: float) -> int:
    """How many instances, the last pool's first, have together at most `free` capacity."""
    removed = 0
    for pool in reversed([pool for pool in pools if pool.live]):
        per_instance = capacity[pool.instance_type]
        count = min(pool.live, math.floor(free / per_instance + _ROUNDING))
        removed += count
        free -= count * per_instance
        if count < pool.live:
            break
    return removed


def share_of_target(live: int, needed: int) -> float:
    """The metric's share of the target value that makes Application Auto Scaling set `needed`.

    It is half an instance below the needed count, so that no rounding of floats makes ceil() one
    more. Where nothing is to change, it lies between the alarms. A scale-in by a tenth or less
    cannot be expressed: whatever is below the low alarm means a smaller count. It lies between
    the alarms too, and waits until it is a larger step.
    """
    middle = (needed - 0.5) / live
    if needed == live:
        return max(_BETWEEN_ALARMS, middle)
    if needed > live or (needed - 1) / live >= _LOW:
        return middle
    return min(middle, ((needed - 1) / live + _LOW) / 2)
