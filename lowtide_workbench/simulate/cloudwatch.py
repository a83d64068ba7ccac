"""The streams that Lowtide published of an endpoint, from CloudWatch."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.cloudwatch import NAMESPACE, Metrics
from lowtide.domain.curve import DAYS_TO_READ
from lowtide.domain.endpoint import MetricName
from lowtide.domain.errors import LowtideError
from lowtide_cli.verify.clients import clients
from lowtide_workbench.traces.files import TraceError

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient


def published_streams(
    endpoint: str, profile: str | None, region: str | None, now: datetime
) -> Mapping[datetime, float]:
    """Returns five-minute means of TotalStreams, up to 63 days back, by their start in UTC.

    CloudWatch keeps points of five minutes for 63 days. Raises TraceError.
    """
    try:
        _, cloudwatch = clients(profile, region)
        variants = _variants(endpoint, cloudwatch)
        if len(variants) > 1:
            raise TraceError(f"{endpoint}: it has the variants {', '.join(variants)}, expected one")
        start, metrics = now.astimezone(UTC) - timedelta(days=DAYS_TO_READ), Metrics(cloudwatch)
        for variant in variants:
            if points := metrics.published(endpoint, variant, MetricName.STREAMS, start, now):
                return points
    except LowtideError as error:
        raise TraceError(f"{endpoint}: its streams cannot be read: {error}") from error
    raise TraceError(
        f"{endpoint}: TotalStreams has no points; "
        "it is published for endpoints with `scaling: {capacity: ...}` in the file"
    )


def _variants(endpoint: str, cloudwatch: "CloudWatchClient") -> list[str]:
    """Returns those with TotalStreams in the last two weeks; also of an endpoint that is asleep."""
    with translated():
        pages = cloudwatch.get_paginator("list_metrics").paginate(
            Namespace=NAMESPACE,
            MetricName=MetricName.STREAMS,
            Dimensions=[{"Name": "EndpointName", "Value": endpoint}],
        )
        dimensions = [each["Dimensions"] for page in pages for each in page["Metrics"]]
    return sorted({d["Value"] for each in dimensions for d in each if d["Name"] == "VariantName"})
