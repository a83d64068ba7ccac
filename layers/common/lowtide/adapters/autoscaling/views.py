"""The scaling of an endpoint in plain words, for `status`. Nothing is decided by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lowtide.adapters.autoscaling import reads
from lowtide.adapters.autoscaling.reads import pages, resource_ids
from lowtide.adapters.aws_errors import translated
from lowtide.domain.scaling import (
    AlarmView,
    PolicyView,
    ScalingActivity,
    TargetView,
    alarm_view,
    policy_view,
    target_view,
)

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient

# AWS keeps six weeks of activities and documents no order: the newest of one page are shown.
_ACTIVITIES_READ = 50


class ScalingViews:
    def __init__(
        self, autoscaling: ApplicationAutoScalingClient, cloudwatch: CloudWatchClient
    ) -> None:
        self._autoscaling: Any = autoscaling
        self._cloudwatch: Any = cloudwatch

    def targets(self, endpoint: str, variants: Sequence[str]) -> tuple[TargetView, ...]:
        with translated():
            found = reads.targets(self._autoscaling, resource_ids(endpoint, variants))
        return tuple(target_view.target(document) for document in found)

    def policies(self, endpoint: str, variants: Sequence[str]) -> tuple[PolicyView, ...]:
        with translated():
            return tuple(
                policy_view.policy(document)
                for resource in resource_ids(endpoint, variants)
                for document in pages(
                    self._autoscaling, "describe_scaling_policies", ResourceId=resource
                )
            )

    def activities(self, endpoint: str, variants: Sequence[str]) -> tuple[ScalingActivity, ...]:
        """Newest first, with those that changed nothing."""
        with translated():
            found = [
                target_view.activity(document)
                for resource in resource_ids(endpoint, variants)
                for document in pages(
                    self._autoscaling,
                    "describe_scaling_activities",
                    ResourceId=resource,
                    IncludeNotScaledActivities=True,
                    PaginationConfig={"MaxItems": _ACTIVITIES_READ},
                )
            ]
        return tuple(sorted(found, key=lambda activity: activity.at, reverse=True))

    def alarms(self, names: Iterable[str]) -> Mapping[str, AlarmView]:
        """By name, those that exist."""
        with translated():
            found = reads.alarms(self._cloudwatch, names)
        return {alarm.name: alarm for alarm in map(alarm_view.alarm, found)}
