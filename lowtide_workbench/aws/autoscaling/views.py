"""The answers of Application Auto Scaling's Describe operations."""

from lowtide_workbench.aws.autoscaling.activities import Activity, NotScaled
from lowtide_workbench.aws.autoscaling.state import (
    DIMENSION,
    NAMESPACE,
    Document,
    ScheduledAction,
    TargetRecord,
)

_ACTION_FIELDS = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")
_CAPACITIES = {
    "AlreadyAtMaxCapacity": "MaxCapacity",
    "AlreadyAtMinCapacity": "MinCapacity",
    "AlreadyAtDesiredCapacity": "CurrentCapacity",
}


def target_key(resource: str) -> Document:
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": resource,
        "ScalableDimension": DIMENSION,
    }


def target_view(target: TargetRecord) -> Document:
    return target_key(target.resource) | {
        "MinCapacity": target.smallest,
        "MaxCapacity": target.largest,
        "RoleARN": target.role,
        "CreationTime": target.created,
        "SuspendedState": dict(target.suspended),
        "ScalableTargetARN": target.arn,
    }


def action_view(target: TargetRecord, action: ScheduledAction) -> Document:
    request = {field: action.request[field] for field in _ACTION_FIELDS if field in action.request}
    return target_key(target.resource) | {
        **request,
        "ScheduledActionName": action.name,
        "ScheduledActionARN": action.arn,
        "CreationTime": action.created,
    }


def activity_view(activity: Activity) -> Document:
    document = target_key(activity.resource) | {
        "ActivityId": activity.id,
        "Cause": activity.cause,
        "StartTime": activity.started,
        "StatusCode": activity.status,
    }
    if activity.not_scaled is not None:
        return document | {
            "Description": "Attempting to scale due to alarm triggered",
            "NotScaledReasons": [_reason_view(activity.not_scaled)],
        }
    if activity.desired is None:
        failed = {"Description": "Setting min and max capacity", "StatusMessage": activity.message}
        return document | failed | {"EndTime": activity.ended}
    document |= {
        "Description": f"Setting desired instance count to {activity.desired}."
        if activity.desired is not None
        else "Setting the minimum and maximum capacity.",
        "StatusMessage": activity.message
        or f"Successfully set desired instance count to {activity.desired}. "
        "Waiting for change to be fulfilled by sagemaker.",
    }
    return document | ({"EndTime": activity.ended} if activity.ended is not None else {})


def _reason_view(reason: NotScaled) -> Document:
    if reason.capacity is None:
        return {"Code": reason.code}
    return {"Code": reason.code, _CAPACITIES[reason.code]: reason.capacity}
