"""What is asked of AWS wherever the scaling of an endpoint is read, page by page."""

from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from lowtide.domain.snapshot.policy_reference import resource_id
from lowtide.domain.snapshot.snapshot import Document

_ALARMS_A_CALL = 100  # of DescribeAlarms


def resource_ids(endpoint: str, variants: Iterable[str]) -> list[str]:
    return [resource_id(endpoint, variant) for variant in variants]


def pages(autoscaling: Any, operation: str, **arguments: object) -> list[Document]:
    paginator = autoscaling.get_paginator(operation)
    key = paginator.result_keys[0].expression
    found = paginator.paginate(ServiceNamespace="sagemaker", **arguments)
    return [item for page in found for item in page[key]]


def targets(autoscaling: Any, resources: Sequence[str]) -> list[Document]:
    if not resources:  # an empty list of ids would ask for everybody's targets
        return []
    return pages(autoscaling, "describe_scalable_targets", ResourceIds=resources)


def alarms(cloudwatch: Any, names: Iterable[str]) -> list[Document]:
    """Those that are there; composite alarms are not among them."""
    paginator = cloudwatch.get_paginator("describe_alarms")
    return [
        alarm
        for some in batched(sorted(set(names)), _ALARMS_A_CALL)
        for page in paginator.paginate(AlarmNames=list(some))
        for alarm in page["MetricAlarms"]
    ]
