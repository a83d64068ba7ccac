"""Describe calls of Application Auto Scaling and CloudWatch, with all of their pages."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from lowtide.domain.snapshot import Document, resource_id

_ALARMS_A_CALL = 100  # of DescribeAlarms


def resource_ids(endpoint: str, variants: Iterable[str]) -> list[str]:
    return [resource_id(endpoint, variant) for variant in variants]


def pages(autoscaling: Any, operation: str, **arguments: object) -> list[Document]:
    paginator = autoscaling.get_paginator(operation)
    key = paginator.result_keys[0].expression
    found = paginator.paginate(ServiceNamespace="sagemaker", **arguments)
    return [item for page in found for item in page[key]]


def targets(autoscaling: Any, resources: Sequence[str]) -> list[Document]:
    if not resources:  # without ids, AWS returns the targets of all endpoints
        return []
    return pages(autoscaling, "describe_scalable_targets", ResourceIds=resources)


def alarms(cloudwatch: Any, names: Iterable[str]) -> list[Document]:
    """The metric alarms of these names that exist; composite alarms trigger no policy."""
    paginator = cloudwatch.get_paginator("describe_alarms")
    return [
        alarm
        for batch in batched(sorted(set(names)), _ALARMS_A_CALL)
        for page in paginator.paginate(AlarmNames=list(batch))
        for alarm in page["MetricAlarms"]
    ]
