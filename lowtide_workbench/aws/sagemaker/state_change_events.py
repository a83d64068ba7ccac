"""The events that SageMaker puts on the bus for an endpoint (facts 6.1)."""

import re
from collections.abc import Mapping
from datetime import datetime

from lowtide_workbench.aws.eventbridge.bus import Bus
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint


def put_status_event(
    bus: Bus, endpoint: HostedEndpoint, tags: Mapping[str, str], at: datetime
) -> None:
    detail = {
        "EndpointName": endpoint.name,
        "EndpointArn": endpoint.arn,
        "EndpointConfigName": endpoint.config.name,
        "EndpointStatus": _upper_snake(endpoint.status),
        "CreationTime": endpoint.created * 1000,  # milliseconds, as floats
        "LastModifiedTime": endpoint.modified * 1000,
        "Tags": dict(tags),
        "ProductionVariants": [
            {"DesiredWeight": variant.desired_weight, "DesiredInstanceCount": variant.fleet.desired}
            for variant in endpoint.variants.values()
        ],
    }
    bus.put("SageMaker Endpoint State Change", endpoint.arn, detail, at)


def _upper_snake(status: str) -> str:
    """The status as events write it: InService is IN_SERVICE."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", status).upper()
