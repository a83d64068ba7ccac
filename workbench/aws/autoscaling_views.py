"""What Application Auto Scaling's Describe operations say."""

from workbench.aws.scaling_target import (
    DIMENSION,
    NAMESPACE,
    Activity,
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
        "Description": f"Setting desired instance count to {activity.desired}.",
        "Cause": activity.cause,
        "StartTime": activity.started,
        "StatusCode": activity.status,
        "StatusMessage": activity.message
        or f"Successfully set desired instance count to {activity.desired}. "
        "Waiting for change to be fulfilled by sagemaker.",
    }
    return document | ({"EndTime": activity.ended} if activity.ended is not None else {})
