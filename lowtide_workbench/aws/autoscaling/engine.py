"""Application Auto Scaling at work: schedules, alarms and ranges become capacity changes."""

import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from lowtide_workbench.aws.autoscaling.activities import Activity, ActivityLog, NotScaled
from lowtide_workbench.aws.autoscaling.policy_evaluation import Wish, wish_of
from lowtide_workbench.aws.autoscaling.state import Policy, ScheduledAction, Target
from lowtide_workbench.aws.cloudwatch.alarm_engine import Trip
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Judgement
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.sagemaker.endpoint import Change
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.schedule_expressions import next_run
from lowtide_workbench.aws.settings import Settings
from lowtide_workbench.fleet import tracking

_WAITS = ("Updating", "RollingBack")


class Scaler:
    def __init__(self, hosting: Hosting, settings: Settings) -> None:
        self.targets: dict[str, Target] = {}  # by resource id
        self.log = ActivityLog()
        self._hosting = hosting
        self._settings = settings
        self._chance = random.Random(settings.seed)

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
        for target in self.targets.values() if trips else ():
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
        activity = Activity(self.new_id(), target.resource, cause, now, desired)
        before = self._current(target)
        try:
            self._hosting.change(target.endpoint, {target.variant: Change(count=desired)}, now)
        except Refusal as refusal:
            if self._settings.updating_is_unscalable and self._waits(target):
                reason = NotScaled("TargetServicePutResourceAsUnscalable")
                self._not_scaled(target, cause, reason, now)
                return
            activity.end("Failed", _failed(desired, refusal.message), now)
        else:
            target.active, target.count_before = activity, before
        self.log.add(activity)

    def _not_scaled(self, target: Target, cause: str, reason: NotScaled, now: float) -> None:
        activity = Activity(self.new_id(), target.resource, cause, now, not_scaled=reason)
        activity.end("Failed", "", now)
        self.log.add(activity)

    def _waits(self, target: Target) -> bool:
        endpoint = self._hosting.endpoints.get(target.endpoint)
        return endpoint is not None and endpoint.status in _WAITS

    def _close(self, target: Target, activity: Activity, now: float) -> None:
        if self._waits(target) or activity.desired is None:
            return
        endpoint, desired = self._hosting.endpoints.get(target.endpoint), activity.desired
        target.active = None
        if endpoint is None or endpoint.status != "InService":
            activity.end("Unfulfilled", _failed(desired, "The endpoint is not in service."), now)
        elif self._current(target) == desired:
            activity.end("Successful", _fulfilled(desired), now)
            self._remember(target, desired, now)
        elif endpoint.failure is not None:
            activity.end("Failed", _failed(desired, endpoint.failure), now)
        else:
            activity.end("Overridden", "A newer change of the capacity took its place.", now)

    def _remember(self, target: Target, desired: int, now: float) -> None:
        if desired > target.count_before:
            target.past = target.past.after_out(now, target.count_before)
        else:
            target.past = target.past.after_in(now)

    def _run(self, target: Target, action: ScheduledAction, at: datetime) -> None:
        request, now = action.request, at.timestamp()
        action.next_run = next_run(
            request["Schedule"], request.get("Timezone", "UTC"), action.counted_from, at
        )
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
        wishes = [
            wish_of(target, policy, trip, current, now, aggregated=self._settings.step_aggregates)
            for policy, trip in tripped
        ]
        outs = [wish for wish in wishes if wish.desired > current]
        ins = [wish for wish in wishes if wish.desired < current]
        if outs:
            if not target.suspended.get("DynamicScalingOutSuspended"):
                chosen = max(outs, key=lambda wish: wish.desired)
                self._set(target, chosen.desired, chosen.cause, now)
        elif ins:
            if self._may_go_in(target, ins, readings):
                chosen = max(ins, key=lambda wish: wish.desired)
                self._set(target, chosen.desired, chosen.cause, now)
        else:
            for wish in wishes:
                if wish.reason is not None:
                    self._not_scaled(target, wish.cause, wish.reason, now)

    def _may_go_in(
        self, target: Target, ins: Iterable[Wish], readings: Mapping[str, Judgement]
    ) -> bool:
        """A step policy asks nobody; target tracking scales in when all of its kind would."""
        if target.suspended.get("DynamicScalingInSuspended"):
            return False
        if any(not wish.policy.tracks for wish in ins):
            return True
        lows = (policy.low_alarm for policy in target.policies.values() if policy.scales_in)
        return all(low in readings and readings[low].state == "ALARM" for low in lows)


def _fulfilled(desired: int) -> str:
    return (
        f"Successfully set desired instance count to {desired}. "
        "Change successfully fulfilled by sagemaker."
    )


def _failed(desired: int, reason: str) -> str:
    return f"Failed to set desired instance count to {desired}. Reason: {reason}"
