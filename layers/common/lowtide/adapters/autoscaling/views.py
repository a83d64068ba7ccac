"""The scaling of an endpoint as AWS describes it, for `status`. Nothing is decided by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lowtide.adapters.autoscaling import reads
from lowtide.adapters.autoscaling.reads import pages, resource_ids
from lowtide.adapters.aws_errors import translated
from lowtide.domain.snapshot import Documents

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

    def targets(self, endpoint: str, variants: Sequence[str]) -> Documents:
        with translated():
            return tuple(reads.targets(self._autoscaling, resource_ids(endpoint, variants)))

    def policies(self, endpoint: str, variants: Sequence[str]) -> Documents:
        with translated():
            return tuple(
                document
                for resource in resource_ids(endpoint, variants)
                for document in pages(
                    self._autoscaling, "describe_scaling_policies", ResourceId=resource
                )
            )

    def activities(self, endpoint: str, variants: Sequence[str]) -> Documents:
        """Newest first, with those that changed nothing."""
        with translated():
            found = [
                document
                for resource in resource_ids(endpoint, variants)
                for document in pages(
                    self._autoscaling,
                    "describe_scaling_activities",
                    ResourceId=resource,
                    IncludeNotScaledActivities=True,
                    PaginationConfig={"MaxItems": _ACTIVITIES_READ},
                )
            ]
        return tuple(sorted(found, key=lambda activity: activity["StartTime"], reverse=True))

    def alarms(self, names: Iterable[str]) -> Documents:
        """Those that exist."""
        with translated():
            return tuple(reads.alarms(self._cloudwatch, names))
