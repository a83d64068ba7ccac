"""What Application Auto Scaling's Describe operations say."""

from lowtide_workbench.aws.autoscaling.activities import Activity, NotScaled
from lowtide_workbench.aws.autoscaling.state import (
    DIMENSION,
    NAMESPACE,
    Document,
    ScheduledAction,
    Target,
)


def place(target: Target) -> Document:
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": target.resource,
        "ScalableDimension": DIMENSION,
    }


def target_view(target: Target) -> Document:
    return place(target) | {
        "MinCapacity": target.smallest,
        "MaxCapacity": target.largest,
        "RoleARN": target.role,
        "CreationTime": target.created,
        "SuspendedState": dict(target.suspended),
        "ScalableTargetARN": target.arn,
    }


_ACTION_FIELDS = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")


def action_view(target: Target, action: ScheduledAction) -> Document:
    kept = {field: action.request[field] for field in _ACTION_FIELDS if field in action.request}
    return (
        place(target)
        | kept
        | {
            "ScheduledActionName": action.name,
            "ScheduledActionARN": action.arn,
            "CreationTime": action.created,
        }
    )


def activity_view(activity: Activity) -> Document:
    document: Document = {
        "ActivityId": activity.id,
        "ServiceNamespace": NAMESPACE,
        "ResourceId": activity.resource,
        "ScalableDimension": DIMENSION,
        "Cause": activity.cause,
        "StartTime": activity.started,
        "StatusCode": activity.status,
    }
    if activity.not_scaled is not None:
        return document | {
            "Description": "Attempting to scale due to alarm triggered",
            "NotScaledReasons": [_reason_view(activity.not_scaled)],
        }
    document |= {
        "Description": f"Setting desired instance count to {activity.desired}.",
        "StatusMessage": activity.message
        or f"Successfully set desired instance count to {activity.desired}. "
        "Waiting for change to be fulfilled by sagemaker.",
    }
    return document | ({"EndTime": activity.ended} if activity.ended is not None else {})


_CAPACITIES = {
    "AlreadyAtMaxCapacity": "MaxCapacity",
    "AlreadyAtMinCapacity": "MinCapacity",
    "AlreadyAtDesiredCapacity": "CurrentCapacity",
}


def _reason_view(reason: NotScaled) -> Document:
    document: Document = {"Code": reason.code}
    return document | (
        {_CAPACITIES[reason.code]: reason.capacity} if reason.capacity is not None else {}
    )
