"""The instance count that a policy proposes when its alarm is in ALARM."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from lowtide_workbench.aws.autoscaling.activities import NotScaled
from lowtide_workbench.aws.autoscaling.state import PolicyRecord, TargetRecord
from lowtide_workbench.aws.cloudwatch.alarm_engine import PolicyTrigger
from lowtide_workbench.fleet import tracking
from lowtide_workbench.fleet.steps import Step, adjusted, step_for

_AGGREGATIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "Average": fmean,
    "Minimum": min,
    "Maximum": max,
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A count within the target's range; `reason` is why it equals the present count, if known."""

    policy: PolicyRecord
    trigger: PolicyTrigger
    desired: int
    reason: NotScaled | None = None

    @property
    def cause(self) -> str:
        return (
            f"monitor alarm {self.trigger.alarm.name} in state ALARM "
            f"triggered policy {self.policy.name}"
        )


@dataclass(frozen=True, slots=True)
class PolicyEvaluation:
    """The evaluation of one policy of `target`, which has `current` instances at `now`."""

    target: TargetRecord
    policy: PolicyRecord
    trigger: PolicyTrigger
    current: int
    now: float

    def proposal(self) -> Proposal:
        desired, flapping = self._tracked() if self.policy.tracks else (self._stepped(), False)
        if desired is None:
            return Proposal(self.policy, self.trigger, self.current)
        allowed = tracking.clamp(desired, self.target.smallest, self.target.largest)
        reason = None if allowed != self.current else self._reason(desired, flapping=flapping)
        return Proposal(self.policy, self.trigger, allowed, reason)

    def _reason(self, desired: int, *, flapping: bool) -> NotScaled:
        if flapping:
            return NotScaled("AutoScalingAnticipatedFlapping")
        if desired > self.current:
            return NotScaled("AlreadyAtMaxCapacity", self.target.largest)
        if desired < self.current:
            return NotScaled("AlreadyAtMinCapacity", self.target.smallest)
        return NotScaled("AlreadyAtDesiredCapacity", self.current)

    def _tracked(self) -> tuple[int | None, bool]:
        """The count, and whether the metric would come back above its target at a smaller one."""
        current, value = self.current, self.trigger.value
        goal = float(self.policy.config["TargetValue"])
        if self.trigger.alarm.name == self.policy.high_alarm:
            # Assumed: from 0 instances, as from 1. A metric that has a value there (facts A43) can
            # then bring the first ones.
            base = max(self._base("ScaleOutCooldown"), 1)
            return max(current, tracking.out(base, value, goal)), False
        if not self.policy.scales_in or not self._may_scale_in("ScaleInCooldown"):
            return None, False
        desired = tracking.into(current, value, goal)
        return desired, desired == current > self.target.smallest

    def _stepped(self) -> int | None:
        config = self.policy.config
        steps = [
            Step(
                step["ScalingAdjustment"],
                step.get("MetricIntervalLowerBound"),
                step.get("MetricIntervalUpperBound"),
            )
            for step in config["StepAdjustments"]
        ]
        step = step_for(steps, self._metric(), self.trigger.alarm.threshold)
        if step is None:
            return None
        kind, least = config["AdjustmentType"], config.get("MinAdjustmentMagnitude", 0)
        base = self._base("Cooldown")
        desired = adjusted(base, step, kind, least)
        if desired > base:
            return max(desired, self.current)
        if not self._may_scale_in("Cooldown"):
            return None
        return adjusted(self.current, step, kind, least)

    def _metric(self) -> float:
        """MetricAggregationType over the evaluation periods, where that still breaches.

        Which points AWS aggregates is unknown.
        """
        trigger = self.trigger
        if not trigger.points:
            return trigger.value
        aggregation = self.policy.config.get("MetricAggregationType") or "Average"
        value = _AGGREGATIONS[aggregation](trigger.points)
        return value if trigger.alarm.breaches(value) else trigger.value

    def _base(self, cooldown: str) -> int:
        seconds = self.policy.cooldown(cooldown)
        return tracking.scale_out_base(self.current, self.target.past, self.now, seconds)

    def _may_scale_in(self, cooldown: str) -> bool:
        return tracking.may_scale_in(self.target.past, self.now, self.policy.cooldown(cooldown))
