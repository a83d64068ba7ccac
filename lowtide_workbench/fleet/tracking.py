"""Target tracking as Application Auto Scaling does it (facts 3): alarms, formula, cooldowns."""

import math
from dataclasses import dataclass

LOW_SHARE = 0.9  # the low alarm's threshold, as a share of the target
_ROUNDING = 1e-9  # 3 x 0.7 / 0.7 is 3, whatever floats say


@dataclass(frozen=True, slots=True)
class AlarmShape:
    """All of `periods` data points of `period_s` seconds must breach."""

    period_s: int
    periods: int


@dataclass(frozen=True, slots=True)
class AlarmPair:
    high: AlarmShape
    low: AlarmShape


STANDARD = AlarmPair(high=AlarmShape(60, 3), low=AlarmShape(60, 15))
HIGH_RESOLUTION = AlarmPair(high=AlarmShape(10, 3), low=AlarmShape(10, 90))


def proportional(current: int, metric: float, target: float) -> int:
    """The count at which a metric inverse to capacity would be at its target, rounded up."""
    return math.ceil(current * metric / target - _ROUNDING)


def out(current: int, metric: float, target: float) -> int:
    return max(current, proportional(current, metric, target))


def into(current: int, metric: float, target: float) -> int:
    """The count to scale in to; the present one if the metric would rise above its target."""
    desired = min(current, max(proportional(current, metric, target), 0))
    if desired and current * metric / desired > target * (1 + _ROUNDING):
        return current
    return desired


def clamp(desired: int, smallest: int, largest: int) -> int:
    return max(smallest, min(desired, largest))


@dataclass(frozen=True, slots=True)
class Past:
    """The last scalings, for cooldowns; None: there was none, or it no longer counts."""

    out_ended: float | None = None
    out_from: int = 0  # the count before the last scale-out began
    in_ended: float | None = None

    def after_out(self, ended: float, before: int) -> "Past":
        """A scale-out ends the cooldown of an earlier scale-in."""
        return Past(out_ended=ended, out_from=before)

    def after_in(self, ended: float) -> "Past":
        return Past(out_ended=None, in_ended=ended)


def scale_out_base(current: int, past: Past, now: float, cooldown_s: float) -> int:
    """The count that a scale-out is computed from: during a cooldown, the one before the last."""
    cooling = past.out_ended is not None and now < past.out_ended + cooldown_s
    return past.out_from if cooling else current


def may_scale_in(past: Past, now: float, cooldown_s: float) -> bool:
    return past.in_ended is None or now >= past.in_ended + cooldown_s
