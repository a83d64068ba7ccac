"""What a policy whose alarm is in ALARM wishes for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from lowtide_workbench.aws.autoscaling.activities import NotScaled
from lowtide_workbench.aws.autoscaling.state import Policy, Target
from lowtide_workbench.aws.cloudwatch.alarm_engine import Trip
from lowtide_workbench.fleet import tracking
from lowtide_workbench.fleet.steps import Step, adjusted, step_for

_AGGREGATIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": fmean,
    "Minimum": min,
    "Maximum": max,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A count within the target's range; `reason` says why it is no other than the present one."""

    policy: Policy
    trip: Trip
    desired: int
    reason: NotScaled | None = None

    @property
    def cause(self) -> str:
        return (
            f"monitor alarm {self.trip.alarm.name} in state ALARM "
            f"triggered policy {self.policy.name}"
        )


def wish_of(
    target: Target, policy: Policy, trip: Trip, current: int, now: float, *, aggregated: bool
) -> Wish:
    if policy.tracks:
        desired, flapping = _tracked(target, policy, trip, current, now)
    else:
        desired, flapping = _stepped(target, policy, trip, current, now, aggregated), False
    if desired is None:
        return Wish(policy, trip, current)
    allowed = tracking.clamp(desired, target.smallest, target.largest)
    if allowed != current:
        return Wish(policy, trip, allowed)
    return Wish(policy, trip, current, _reason(target, desired, current, flapping=flapping))


def _reason(target: Target, desired: int, current: int, *, flapping: bool) -> NotScaled:
    if flapping:
        return NotScaled("AutoScalingAnticipatedFlapping")
    if desired > current:
        return NotScaled("AlreadyAtMaxCapacity", target.largest)
    if desired < current:
        return NotScaled("AlreadyAtMinCapacity", target.smallest)
    return NotScaled("AlreadyAtDesiredCapacity", current)


def _tracked(
    target: Target, policy: Policy, trip: Trip, current: int, now: float
) -> tuple[int | None, bool]:
    """The count, and whether the metric would come back above its target at a smaller one."""
    goal = float(policy.config["TargetValue"])
    if trip.alarm.name == policy.high_alarm:
        cooldown = policy.cooldown("ScaleOutCooldown")
        base = tracking.scale_out_base(current, target.past, now, cooldown)
        return max(current, tracking.out(base, trip.value, goal)), False
    cooling = not tracking.may_scale_in(target.past, now, policy.cooldown("ScaleInCooldown"))
    if cooling or not policy.scales_in:
        return None, False
    if current <= target.smallest:
        return tracking.into(current, trip.value, goal), False
    desired = tracking.into(current, trip.value, goal)
    return desired, desired == current


def _stepped(
    target: Target, policy: Policy, trip: Trip, current: int, now: float, aggregated: bool
) -> int | None:
    config = policy.config
    steps = [
        Step(
            each["ScalingAdjustment"],
            each.get("MetricIntervalLowerBound"),
            each.get("MetricIntervalUpperBound"),
        )
        for each in config["StepAdjustments"]
    ]
    step = step_for(steps, _metric(policy, trip, aggregated), trip.alarm.threshold)
    if step is None:
        return None
    cooldown = policy.cooldown("Cooldown")
    kind, least = config["AdjustmentType"], config.get("MinAdjustmentMagnitude", 0)
    base = tracking.scale_out_base(current, target.past, now, cooldown)
    desired = adjusted(base, step, kind, least)
    if desired > base:
        return max(desired, current)
    desired = adjusted(current, step, kind, least)
    return desired if tracking.may_scale_in(target.past, now, cooldown) else None


def _metric(policy: Policy, trip: Trip, aggregated: bool) -> float:
    """MetricAggregationType over the evaluation periods, where that still breaches."""
    if not aggregated or not trip.points:
        return trip.value
    gather = _AGGREGATIONS[policy.config.get("MetricAggregationType") or "Average"]
    value = gather(trip.points)
    return value if trip.alarm.breaches(value) else trip.value
