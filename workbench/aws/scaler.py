"""Application Auto Scaling at work: schedules, alarms and ranges become capacity changes."""

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from workbench.aws.alarm_watch import Trip
from workbench.aws.alarms import Judgement
from workbench.aws.endpoint import Change
from workbench.aws.hosting import Hosting
from workbench.aws.refusal import Refusal
from workbench.aws.scaling_target import Activity, Policy, ScheduledAction, Target
from workbench.aws.schedule_expressions import next_run
from workbench.fleet import tracking
from workbench.fleet.steps import Step, adjusted, step_for

_WAITS = ("Updating", "RollingBack")


class Scaler:
    def __init__(self, hosting: Hosting, chance: random.Random) -> None:
        self.targets: dict[str, Target] = {}  # by resource id
        self.activities: list[Activity] = []  # newest last; outlives its target
        self._hosting = hosting
        self._chance = chance

    def new_id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def settle(self, now: float) -> None:
        """Close activities whose endpoint has finished; move into range what had to wait."""
        for target in self.targets.values():
            if target.active is not None:
                self._close(target, target.active, now)
            if target.active is None and target.unfinished is not None:
                self.into_range(target, target.unfinished, now)

    def run_schedules(self, now: float) -> None:
        at = datetime.fromtimestamp(now, UTC)
        for target in self.targets.values():
            for action in target.actions.values():
                if action.next_run is not None and action.next_run <= at:
                    self._run(target, action, at)

    def respond(self, trips: Sequence[Trip], readings: Mapping[str, Judgement], now: float) -> None:
        for target in self.targets.values():
            own = {policy.arn: policy for policy in target.policies.values()}
            tripped = [(own[trip.action], trip) for trip in trips if trip.action in own]
            if tripped and target.active is None:
                self._decide(target, tripped, readings, now)

    def into_range(self, target: Target, cause: str, now: float) -> None:
        """Capacity outside [smallest, largest] moves at once, or as soon as the endpoint can."""
        endpoint = self._hosting.endpoints.get(target.endpoint)
        if endpoint is None or endpoint.status not in ("InService", *_WAITS):
            return
        current = self._current(target)
        desired = tracking.clamp(current, target.smallest, target.largest)
        target.unfinished = cause if desired != current and endpoint.status in _WAITS else None
        if desired != current:
            self._set(target, desired, cause, now)

    def _current(self, target: Target) -> int:
        return self._hosting.find(target.endpoint).variants[target.variant].fleet.desired

    def _set(self, target: Target, desired: int, cause: str, now: float) -> None:
        activity = Activity(self.new_id(), target.resource, desired, cause, now)
        before = self._current(target)
        try:
            self._hosting.change(target.endpoint, {target.variant: Change(count=desired)}, now)
        except Refusal as refusal:
            activity.status, activity.ended = "Failed", now
            activity.message = (
                f"Failed to set desired instance count to {desired}. Reason: {refusal.message}"
            )
            if not self._said_already(activity):
                self.activities.append(activity)
            return
        target.active, target.count_before = activity, before
        self.activities.append(activity)

    def _said_already(self, failed: Activity) -> bool:
        """The same refusal minute by minute is one activity."""
        same = (each for each in reversed(self.activities) if each.resource == failed.resource)
        last = next(same, None)
        return last is not None and (last.message, last.cause) == (failed.message, failed.cause)

    def _close(self, target: Target, activity: Activity, now: float) -> None:
        endpoint = self._hosting.endpoints.get(target.endpoint)
        if endpoint is not None and endpoint.status in _WAITS:
            return
        target.active, activity.ended = None, now
        if endpoint is not None and self._current(target) == activity.desired:
            activity.status = "Successful"
            activity.message = (
                f"Successfully set desired instance count to {activity.desired}. "
                "Change successfully fulfilled by sagemaker."
            )
            self._remember(target, activity, now)
        else:
            reason = endpoint.failure if endpoint is not None else "The endpoint was deleted."
            activity.status = "Failed"
            activity.message = (
                f"Failed to set desired instance count to {activity.desired}. Reason: {reason}"
            )

    def _remember(self, target: Target, activity: Activity, now: float) -> None:
        if activity.desired > target.count_before:
            target.past = target.past.after_out(now, target.count_before)
        else:
            target.past = target.past.after_in(now)

    def _run(self, target: Target, action: ScheduledAction, at: datetime) -> None:
        request, now = action.request, at.timestamp()
        zone = request.get("Timezone", "UTC")
        created = datetime.fromtimestamp(action.created, UTC)
        action.next_run = next_run(request["Schedule"], zone, created, at)
        within = request.get("StartTime", now) <= now <= request.get("EndTime", now)
        if not within or target.suspended.get("ScheduledScalingSuspended"):
            return
        wanted = request.get("ScalableTargetAction", {})
        target.smallest = wanted.get("MinCapacity", target.smallest)
        target.largest = wanted.get("MaxCapacity", target.largest)
        self.into_range(target, f"scheduled action name {action.name} was triggered", now)

    def _decide(
        self,
        target: Target,
        tripped: Sequence[tuple[Policy, Trip]],
        readings: Mapping[str, Judgement],
        now: float,
    ) -> None:
        """Out if any policy says so, the largest count wins; in only if no policy objects."""
        current = self._current(target)
        wishes = [(self._wish(target, policy, trip, now), policy, trip) for policy, trip in tripped]
        outs = [wish for wish in wishes if wish[0] > current]
        ins = [wish for wish in wishes if wish[0] < current]
        if outs and not target.suspended.get("DynamicScalingOutSuspended"):
            chosen = max(outs, key=lambda wish: wish[0])
        elif ins and not outs and not target.suspended.get("DynamicScalingInSuspended"):
            if not self._agreed(target, ins, readings):
                return
            chosen = max(ins, key=lambda wish: wish[0])
        else:
            return
        desired = tracking.clamp(chosen[0], target.smallest, target.largest)
        if desired != current:
            self._set(target, desired, _cause(chosen[1], chosen[2]), now)

    def _agreed(
        self,
        target: Target,
        ins: Iterable[tuple[int, Policy, Trip]],
        readings: Mapping[str, Judgement],
    ) -> bool:
        """A step policy asks nobody; target tracking scales in when all of its kind would."""
        if any(not policy.tracks for _, policy, _ in ins):
            return True
        lows = (policy.low_alarm for policy in target.policies.values() if policy.scales_in)
        return all(low in readings and readings[low].state == "ALARM" for low in lows)

    def _wish(self, target: Target, policy: Policy, trip: Trip, now: float) -> int:
        return (self._tracked if policy.tracks else self._stepped)(target, policy, trip, now)

    def _tracked(self, target: Target, policy: Policy, trip: Trip, now: float) -> int:
        current, goal = self._current(target), float(policy.config["TargetValue"])
        if trip.alarm.name == policy.high_alarm:
            cooldown = policy.cooldown("ScaleOutCooldown")
            base = tracking.scale_out_base(current, target.past, now, cooldown)
            return max(current, tracking.out(base, trip.value, goal))
        cooling = not tracking.may_scale_in(target.past, now, policy.cooldown("ScaleInCooldown"))
        if cooling or not policy.scales_in:
            return current
        return tracking.into(current, trip.value, goal)

    def _stepped(self, target: Target, policy: Policy, trip: Trip, now: float) -> int:
        current, config = self._current(target), policy.config
        given = [
            Step(
                each["ScalingAdjustment"],
                each.get("MetricIntervalLowerBound"),
                each.get("MetricIntervalUpperBound"),
            )
            for each in config["StepAdjustments"]
        ]
        step = step_for(given, trip.value, trip.alarm.threshold)
        if step is None:
            return current
        cooldown = policy.cooldown("Cooldown")
        base = tracking.scale_out_base(current, target.past, now, cooldown)
        least = config.get("MinAdjustmentMagnitude", 0)
        desired = adjusted(base, step, config["AdjustmentType"], least)
        if desired > base:
            return max(desired, current)
        desired = adjusted(current, step, config["AdjustmentType"], least)
        return desired if tracking.may_scale_in(target.past, now, cooldown) else current


def _cause(policy: Policy, trip: Trip) -> str:
    return f"monitor alarm {trip.alarm.name} in state ALARM triggered policy {policy.name}"
