"""Scheduled actions, and the list of scaling activities."""

from lowtide_workbench.aws.autoscaling.base import Document, ScalingApi
from lowtide_workbench.aws.autoscaling.state import ScheduledAction
from lowtide_workbench.aws.autoscaling.validation import (
    LIMITS,
    check_range,
    first_run,
    is_sagemaker,
    not_found,
)
from lowtide_workbench.aws.autoscaling.views import action_view, activity_view
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal


class ScheduledActions(ScalingApi):
    def put_scheduled_action(self, request: Document) -> None:
        """Creates or replaces an action; only the schedule is kept from the old one (facts 4)."""
        target = self._registered(request)
        name, now = request["ScheduledActionName"], self._clock.now()
        old = target.actions.get(name)
        if old is not None:
            request = {"Schedule": old.request["Schedule"]} | request
        elif len(target.actions) >= LIMITS["actions"]:
            raise Refusal("LimitExceededException", "Too many scheduled actions for this target.")
        if old is not None:
            arn = old.arn
        else:
            arn = f"{self._arn('scheduledAction', target, 'scheduledActionName')}/{name}"
        capacities = request.get("ScalableTargetAction", {})
        if capacities.keys() >= {"MinCapacity", "MaxCapacity"}:
            check_range(capacities["MinCapacity"], capacities["MaxCapacity"])
        first = first_run(request, now)
        target.actions[name] = ScheduledAction(name, arn, request, now.timestamp(), first)

    def describe_scheduled_actions(self, request: Document) -> Document:
        names, resource = request.get("ScheduledActionNames"), request.get("ResourceId")
        actions = [
            (target, action)
            for target in self._engine.targets.values()
            for action in target.actions.values()
            if is_sagemaker(request) and resource in (None, target.resource)
            if not names or action.name in names
        ]
        shown, token = page(actions, request, 50, "InvalidNextTokenException")
        return {"ScheduledActions": [action_view(*pair) for pair in shown]} | token

    def delete_scheduled_action(self, request: Document) -> None:
        target = self._engine.targets.get(request["ResourceId"])
        name = request["ScheduledActionName"]
        if target is None or name not in target.actions:
            suffix = f", scheduled action name: {name}"
            raise not_found("No scheduled action found for service namespace", request, suffix)
        del target.actions[name]

    def describe_scaling_activities(self, request: Document) -> Document:
        activities = [
            activity
            for activity in self._engine.log.since(self._clock.seconds(), request.get("ResourceId"))
            if is_sagemaker(request)
            if activity.not_scaled is None or request.get("IncludeNotScaledActivities")
        ]
        shown, token = page(activities, request, 50, "InvalidNextTokenException")
        return {"ScalingActivities": [activity_view(activity) for activity in shown]} | token
