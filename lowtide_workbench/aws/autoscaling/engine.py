"""Application Auto Scaling at work: schedules, alarms and ranges become capacity changes."""

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from lowtide_workbench.aws.autoscaling.activities import Activity, ActivityLog, NotScaled
from lowtide_workbench.aws.autoscaling.policy_evaluation import PolicyEvaluation, Proposal
from lowtide_workbench.aws.autoscaling.state import PolicyRecord, ScheduledAction, TargetRecord
from lowtide_workbench.aws.autoscaling.validation import check_range, check_zero
from lowtide_workbench.aws.cloudwatch.alarm_engine import PolicyTrigger
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Evaluation
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.sagemaker.variant import VariantChange
from lowtide_workbench.aws.schedule_expressions import next_run
from lowtide_workbench.fleet import tracking

_BUSY = ("Updating", "RollingBack")


class ScalingEngine:
    def __init__(self, hosting: Hosting, seed: int, *, zero_maximum: bool = True) -> None:
        self.targets: dict[str, TargetRecord] = {}  # by resource id
        self.log = ActivityLog()
        self.has_role = False  # its service-linked role, made with the account's first target
        self._hosting = hosting
        self._zero_maximum = zero_maximum
        self._rng = random.Random(seed)

    def new_id(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def settle(self, now: float) -> None:
        """Ends the activities of settled endpoints; moves capacity that waited into range."""
        for target in self.targets.values():
            if target.active is not None:
                self._end(target, target.active, now)
            if target.active is None and target.unfinished is not None:
                self.into_range(target, target.unfinished, now)

    def run_schedules(self, now: float) -> None:
        at = datetime.fromtimestamp(now, UTC)
        for target in self.targets.values():
            for action in target.actions.values():
                if action.next_run is not None and action.next_run <= at:
                    self._run(target, action, at)

    def respond(
        self,
        triggers: Sequence[PolicyTrigger],
        evaluations: Mapping[str, Evaluation],
        now: float,
    ) -> None:
        for target in self.targets.values() if triggers else ():
            policies = {policy.arn: policy for policy in target.policies.values()}
            triggered = [
                (policies[trigger.action], trigger)
                for trigger in triggers
                if trigger.action in policies
            ]
            if triggered and target.active is None:
                self._decide(target, triggered, evaluations, now)

    def check_range(self, target: TargetRecord, smallest: int, largest: int) -> None:
        check_range(smallest, largest)
        check_zero(smallest, asynchronous=self._hosting.find(target.endpoint).asynchronous)
        if largest == 0 and not self._zero_maximum:
            raise invalid("Maximum capacity must be greater than 0.")

    def into_range(self, target: TargetRecord, cause: str, now: float) -> None:
        """Moves capacity outside [smallest, largest]: at once, or as soon as the endpoint can."""
        endpoint = self._hosting.endpoints.get(target.endpoint)
        if endpoint is None or endpoint.status not in ("InService", *_BUSY):
            return
        current = self._current(target)
        desired = tracking.clamp(current, target.smallest, target.largest)
        target.unfinished = cause if desired != current and endpoint.status in _BUSY else None
        if desired != current:
            self._set(target, desired, cause, now)

    def _current(self, target: TargetRecord) -> int:
        return self._hosting.find(target.endpoint).variants[target.variant].fleet.desired

    def _set(self, target: TargetRecord, desired: int, cause: str, now: float) -> None:
        activity = Activity(self.new_id(), target.resource, cause, now, desired)
        before, change = self._current(target), VariantChange(count=desired)
        try:
            self._hosting.change(target.endpoint, {target.variant: change}, now)
        except Refusal as refusal:
            activity.end("Failed", _failed(desired, refusal.message), now)
        else:
            target.active, target.count_before = activity, before
        self.log.add(activity)

    def _log_not_scaled(
        self, target: TargetRecord, cause: str, reason: NotScaled, now: float
    ) -> None:
        activity = Activity(self.new_id(), target.resource, cause, now, not_scaled=reason)
        activity.end("Failed", "", now)
        self.log.add(activity)

    def _is_busy(self, target: TargetRecord) -> bool:
        endpoint = self._hosting.endpoints.get(target.endpoint)
        return endpoint is not None and endpoint.status in _BUSY

    def _end(self, target: TargetRecord, activity: Activity, now: float) -> None:
        if self._is_busy(target) or activity.desired is None:
            return
        endpoint, desired = self._hosting.endpoints.get(target.endpoint), activity.desired
        target.active = None
        if endpoint is None or endpoint.status != "InService":
            activity.end("Unfulfilled", _failed(desired, "The endpoint is not in service."), now)
        elif self._current(target) == desired:
            activity.end("Successful", _fulfilled(desired), now)
            if desired > target.count_before:
                target.past = target.past.after_out(now, target.count_before)
            else:
                target.past = target.past.after_in(now)
        elif endpoint.failure is not None:
            activity.end("Failed", _failed(desired, endpoint.failure), now)
        else:
            activity.end("Overridden", "A newer change of the capacity took its place.", now)

    def _run(self, target: TargetRecord, action: ScheduledAction, at: datetime) -> None:
        request, now = action.request, at.timestamp()
        action.next_run = next_run(
            request["Schedule"], request.get("Timezone", "UTC"), action.counted_from, at
        )
        within = request.get("StartTime", now) <= now <= request.get("EndTime", now)
        if not within or target.suspended.get("ScheduledScalingSuspended"):
            return
        cause = f"scheduled action name {action.name} was triggered"
        capacities = request.get("ScalableTargetAction", {})
        smallest = capacities.get("MinCapacity", target.smallest)
        largest = capacities.get("MaxCapacity", target.largest)
        try:
            self.check_range(target, smallest, largest)
        except Refusal as refusal:  # facts 4: the action fails, the range stays
            self.log.add_each(_failed_action(target, self.new_id(), cause, refusal.message, now))
            return
        target.smallest, target.largest = smallest, largest
        self.into_range(target, cause, now)

    def _decide(
        self,
        target: TargetRecord,
        triggered: Sequence[tuple[PolicyRecord, PolicyTrigger]],
        evaluations: Mapping[str, Evaluation],
        now: float,
    ) -> None:
        """Out if any policy proposes it, to the largest count; in if all agree (facts 3.5)."""
        current = self._current(target)
        proposals = [
            PolicyEvaluation(target, policy, trigger, current, now).proposal()
            for policy, trigger in triggered
        ]
        outs = [proposal for proposal in proposals if proposal.desired > current]
        ins = [proposal for proposal in proposals if proposal.desired < current]
        if outs:
            if not target.suspended.get("DynamicScalingOutSuspended"):
                self._set_largest(target, outs, now)
        elif ins:
            if self._may_scale_in(target, ins, evaluations):
                self._set_largest(target, ins, now)
        else:
            for proposal in proposals:
                if proposal.reason is not None:
                    self._log_not_scaled(target, proposal.cause, proposal.reason, now)

    def _set_largest(self, target: TargetRecord, proposals: Sequence[Proposal], now: float) -> None:
        largest = max(proposals, key=lambda proposal: proposal.desired)
        self._set(target, largest.desired, largest.cause, now)

    def _may_scale_in(
        self,
        target: TargetRecord,
        ins: Sequence[Proposal],
        evaluations: Mapping[str, Evaluation],
    ) -> bool:
        """A step policy decides alone; target tracking needs all of its kind (facts 3.5)."""
        if target.suspended.get("DynamicScalingInSuspended"):
            return False
        if any(not proposal.policy.tracks for proposal in ins):
            return True
        alarms = (policy.low_alarm for policy in target.policies.values() if policy.scales_in)
        return all(name in evaluations and evaluations[name].state == "ALARM" for name in alarms)


def _failed_action(
    target: TargetRecord, activity_id: str, cause: str, reason: str, now: float
) -> Activity:
    activity = Activity(activity_id, target.resource, cause, now)
    activity.end("Failed", f"Failed to set the minimum and maximum capacity. Reason: {reason}", now)
    return activity


def _fulfilled(desired: int) -> str:
    return (
        f"Successfully set desired instance count to {desired}. "
        "Change successfully fulfilled by sagemaker."
    )


def _failed(desired: int, reason: str) -> str:
    return f"Failed to set desired instance count to {desired}. Reason: {reason}"
