"""What Application Auto Scaling is to hold for an endpoint, and what it holds.

May import curve, endpoint, snapshot and wording.
"""

from lowtide.domain.scaling.alarm_view import alarm_in_words
from lowtide.domain.scaling.desired import (
    Types,
    alarm_name,
    asked_for,
    desired_documents,
)
from lowtide.domain.scaling.diff import AppliedScaling, ScalingDiff, diff, without_own
from lowtide.domain.scaling.floor_actions import (
    floor_actions,
    floor_changes,
    room_for_floors,
    without_floors,
)
from lowtide.domain.scaling.lint import scaling_warnings
from lowtide.domain.scaling.minimum import floor_to_register, least_of_people
from lowtide.domain.scaling.policy_view import policy_in_words
from lowtide.domain.scaling.target_view import activity_in_words, target_in_words

__all__ = [
    "AppliedScaling",
    "ScalingDiff",
    "Types",
    "activity_in_words",
    "alarm_in_words",
    "alarm_name",
    "asked_for",
    "desired_documents",
    "diff",
    "floor_actions",
    "floor_changes",
    "floor_to_register",
    "least_of_people",
    "policy_in_words",
    "room_for_floors",
    "scaling_warnings",
    "target_in_words",
    "without_floors",
    "without_own",
]
