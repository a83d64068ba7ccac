"""The events that SageMaker puts on the bus for an endpoint (facts 6.1)."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lowtide_workbench.aws.eventbridge.bus import Bus
from lowtide_workbench.aws.sagemaker.describe_endpoint import variant_status
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint

type Document = dict[str, Any]


def put_status_event(
    bus: Bus,
    endpoint: HostedEndpoint,
    status: str,
    tags: Mapping[str, str],
    at: datetime,
    *,
    failure: bool = False,
) -> None:
    variants = [
        {"DesiredWeight": variant.desired_weight, "DesiredInstanceCount": variant.fleet.desired}
        for variant in endpoint.variants.values()
    ]
    detail = _detail(endpoint, status, tags) | {"ProductionVariants": variants}
    if failure and endpoint.failure:
        detail["FailureReason"] = endpoint.failure
    bus.put("SageMaker Endpoint State Change", endpoint.arn, detail, at)


def put_deployment_event(
    bus: Bus, endpoint: HostedEndpoint, tags: Mapping[str, str], at: datetime
) -> None:
    """Puts the event of a deployment or a change of capacity, while it lasts."""
    generation = endpoint.present if endpoint.deployment is None else endpoint.deployment.new
    variants = [
        {
            "VariantName": name,
            "DesiredWeight": variant.desired_weight,
            "DesiredInstanceCount": variant.fleet.desired,
            "CurrentInstanceCount": len(variant.fleet.live),
            "VariantStatus": [
                {key: status[key] for key in ("Status", "StatusMessage") if key in status}
            ],
        }
        for name, variant in generation.variants.items()
        if (status := variant_status(endpoint, variant)) is not None
    ]
    if variants:
        detail = _detail(endpoint, endpoint.status, tags) | {"ProductionVariants": variants}
        bus.put("SageMaker Endpoint Deployment State Change", endpoint.arn, detail, at)


def _detail(endpoint: HostedEndpoint, status: str, tags: Mapping[str, str]) -> Document:
    return {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.config.name,
        "EndpointStatus": _upper_snake(status),
        "CreationTime": endpoint.created * 1000,  # milliseconds, as floats
        "LastModifiedTime": endpoint.modified * 1000,
        "Tags": dict(tags),
    }


def _upper_snake(status: str) -> str:
    """The status as events write it: InService is IN_SERVICE."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", status).upper()
