"""Application Auto Scaling's API for sagemaker:variant:DesiredInstanceCount."""

from workbench.aws.autoscaling_actions import ScheduledActions
from workbench.aws.autoscaling_policies import ScalingPolicies
from workbench.aws.autoscaling_targets import ScalableTargets


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
