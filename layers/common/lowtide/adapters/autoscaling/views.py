"""How the scaling of an endpoint stands, for people to read. Nothing is decided by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lowtide.adapters.autoscaling import reads as scaling_reads
from lowtide.adapters.autoscaling.reads import pages, resource_ids
from lowtide.adapters.aws_errors import translated
from lowtide.domain.scaling import alarm_view as seen_alarms
from lowtide.domain.scaling import policy_view as seen_policies
from lowtide.domain.scaling import target_view as seen_scaling
from lowtide.domain.scaling.alarm_view import Alarm
from lowtide.domain.scaling.policy_view import Policy
from lowtide.domain.scaling.target_view import Activity, Target

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient

# AWS names no order and keeps six weeks: the newest are looked for among so many, which is a page.
_ACTIVITIES_READ = 50


class ScalingViews:
    def __init__(
        self, autoscaling: ApplicationAutoScalingClient, cloudwatch: CloudWatchClient
    ) -> None:
        self._autoscaling: Any = autoscaling
        self._cloudwatch: Any = cloudwatch

    def targets(self, endpoint: str, variants: Sequence[str]) -> tuple[Target, ...]:
        with translated():
            found = scaling_reads.targets(self._autoscaling, resource_ids(endpoint, variants))
        return tuple(seen_scaling.target(document) for document in found)

    def policies(self, endpoint: str, variants: Sequence[str]) -> tuple[Policy, ...]:
        with translated():
            return tuple(
                seen_policies.policy(document)
                for resource in resource_ids(endpoint, variants)
                for document in pages(
                    self._autoscaling, "describe_scaling_policies", ResourceId=resource
                )
            )

    def activities(self, endpoint: str, variants: Sequence[str]) -> tuple[Activity, ...]:
        """Newest first, with those in which nothing was scaled."""
        with translated():
            found = [
                seen_scaling.activity(document)
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

    def alarms(self, names: Iterable[str]) -> Mapping[str, Alarm]:
        """Those that are there, by name."""
        with translated():
            found = scaling_reads.alarms(self._cloudwatch, names)
        return {alarm.name: alarm for alarm in map(seen_alarms.alarm, found)}
