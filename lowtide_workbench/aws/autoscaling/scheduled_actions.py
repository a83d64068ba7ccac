"""Scheduled actions, and the activities that came of everything."""

from lowtide_workbench.aws.autoscaling.base import Document, ScalingApi
from lowtide_workbench.aws.autoscaling.state import (
    ScheduledAction,
)
from lowtide_workbench.aws.autoscaling.validation import (
    LIMITS,
    first_run,
    is_sagemaker,
    not_found,
)
from lowtide_workbench.aws.autoscaling.views import action_view, activity_view
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal


class ScheduledActions(ScalingApi):
    def put_scheduled_action(self, request: Document) -> None:
        target = self._registered(request)
        name = request["ScheduledActionName"]
        known = target.actions.get(name)
        if known is None and len(target.actions) >= LIMITS["actions"]:
            raise Refusal("LimitExceededException", "Too many scheduled actions for this target.")
        if known is not None:
            request = {"Schedule": known.request["Schedule"]} | request
        now = self._clock.now()
        arn = known.arn if known else self._arn("scheduledAction", target, "scheduledActionName")
        first = first_run(request, now)
        arn = arn if known else f"{arn}/{name}"
        target.actions[name] = ScheduledAction(name, arn, request, now.timestamp(), first)

    def describe_scheduled_actions(self, request: Document) -> Document:
        names, resource = request.get("ScheduledActionNames"), request.get("ResourceId")
        actions = [
            (target, action)
            for target in self._scaler.targets.values()
            for action in target.actions.values()
            if is_sagemaker(request) and resource in (None, target.resource)
            if not names or action.name in names
        ]
        shown, token = page(actions, request, 50, "InvalidNextTokenException")
        return {"ScheduledActions": [action_view(*each) for each in shown]} | token

    def delete_scheduled_action(self, request: Document) -> None:
        target = self._scaler.targets.get(request["ResourceId"])
        name = request["ScheduledActionName"]
        if target is None or name not in target.actions:
            suffix = f", scheduled action name: {name}"
            raise not_found("No scheduled action found for", request, suffix)
        del target.actions[name]

    def describe_scaling_activities(self, request: Document) -> Document:
        activities = [
            activity
            for activity in self._scaler.log.since(self._clock.seconds(), request.get("ResourceId"))
            if is_sagemaker(request)
            if activity.not_scaled is None or request.get("IncludeNotScaledActivities")
        ]
        shown, token = page(activities, request, 50, "InvalidNextTokenException")
        return {"ScalingActivities": [activity_view(each) for each in shown]} | token
