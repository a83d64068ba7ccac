"""What Application Auto Scaling is to hold for an endpoint, and what it holds.

May import endpoint and snapshot.
"""

from lowtide.domain.scaling import alarm_view, policy_view, target_view
from lowtide.domain.scaling.alarm_view import AlarmView
from lowtide.domain.scaling.desired import Types, alarm_name, asked_for, desired_documents
from lowtide.domain.scaling.diff import AppliedScaling, ScalingDiff, diff, without_own
from lowtide.domain.scaling.lint import scaling_warnings
from lowtide.domain.scaling.policy_view import PolicyView
from lowtide.domain.scaling.target_view import ScalingActivity, TargetView

__all__ = [
    "AlarmView",
    "AppliedScaling",
    "PolicyView",
    "ScalingActivity",
    "ScalingDiff",
    "TargetView",
    "Types",
    "alarm_name",
    "alarm_view",
    "asked_for",
    "desired_documents",
    "diff",
    "policy_view",
    "scaling_warnings",
    "target_view",
    "without_own",
]
