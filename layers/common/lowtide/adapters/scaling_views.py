"""How the scaling of an endpoint stands, for people to read. Nothing is decided by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from lowtide.adapters.aws_errors import translated
from lowtide.domain import seen_alarms, seen_policies, seen_scaling
from lowtide.domain.seen_alarms import Alarm
from lowtide.domain.seen_policies import Policy
from lowtide.domain.seen_scaling import Activity, Target
from lowtide.domain.snapshot import Document

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient

_ALARMS_A_CALL = 100  # of DescribeAlarms
# AWS names no order and keeps six weeks: the newest are looked for among so many, which is a page.
_ACTIVITIES_READ = 50


class ScalingViews:
    def __init__(
        self, autoscaling: ApplicationAutoScalingClient, cloudwatch: CloudWatchClient
    ) -> None:
        self._autoscaling: Any = autoscaling
        self._cloudwatch: Any = cloudwatch

    def targets(self, endpoint: str, variants: Sequence[str]) -> tuple[Target, ...]:
        if not variants:  # an empty list of ids would ask for everybody's targets
            return ()
        with translated():
            found = self._pages("describe_scalable_targets", ResourceIds=_ids(endpoint, variants))
            return tuple(seen_scaling.target(document) for document in found)

    def policies(self, endpoint: str, variants: Sequence[str]) -> tuple[Policy, ...]:
        with translated():
            return tuple(
                seen_policies.policy(document)
                for resource in _ids(endpoint, variants)
                for document in self._pages("describe_scaling_policies", ResourceId=resource)
            )

    def activities(self, endpoint: str, variants: Sequence[str]) -> tuple[Activity, ...]:
        """Newest first, with those in which nothing was scaled."""
        with translated():
            found = [
                seen_scaling.activity(document)
                for resource in _ids(endpoint, variants)
                for document in self._pages(
                    "describe_scaling_activities",
                    ResourceId=resource,
                    IncludeNotScaledActivities=True,
                    PaginationConfig={"MaxItems": _ACTIVITIES_READ},
                )
            ]
        return tuple(sorted(found, key=lambda activity: activity.at, reverse=True))

    def alarms(self, names: Iterable[str]) -> Mapping[str, Alarm]:
        """Those that are there, by name."""
        paginator = self._cloudwatch.get_paginator("describe_alarms")
        with translated():
            pages = [
                page
                for some in batched(sorted(set(names)), _ALARMS_A_CALL, strict=False)
                for page in paginator.paginate(AlarmNames=list(some))
            ]
        found = (seen_alarms.alarm(each) for page in pages for each in page["MetricAlarms"])
        return {alarm.name: alarm for alarm in found}

    def _pages(self, operation: str, **arguments: object) -> list[Document]:
        paginator = self._autoscaling.get_paginator(operation)
        key = paginator.result_keys[0].expression
        pages = paginator.paginate(ServiceNamespace="sagemaker", **arguments)
        return [item for page in pages for item in page[key]]


def _ids(endpoint: str, variants: Sequence[str]) -> list[str]:
    return [f"endpoint/{endpoint}/variant/{variant}" for variant in variants]
