"""Application Auto Scaling's API for sagemaker:variant:DesiredInstanceCount."""

from lowtide_workbench.aws.autoscaling.policies import ScalingPolicies
from lowtide_workbench.aws.autoscaling.scheduled_actions import ScheduledActions
from lowtide_workbench.aws.autoscaling.targets import ScalableTargets


class ApplicationAutoScaling(ScalableTargets, ScalingPolicies, ScheduledActions):
    operations = frozenset(
        {
            "DeleteScalingPolicy",
            "DeleteScheduledAction",
            "DeregisterScalableTarget",
            "DescribeScalableTargets",
            "DescribeScalingActivities",
            "DescribeScalingPolicies",
            "DescribeScheduledActions",
            "ListTagsForResource",
            "PutScalingPolicy",
            "PutScheduledAction",
            "RegisterScalableTarget",
            "TagResource",
            "UntagResource",
        }
    )
