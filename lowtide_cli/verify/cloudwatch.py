"""ConcurrentRequestsPerModel in CloudWatch: its dimension sets, and every statistic of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import product
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide_cli.verify.observation import Minute

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import (
        DimensionTypeDef,
        MetricDataQueryTypeDef,
        MetricOutputTypeDef,
        MetricTypeDef,
    )

NAMESPACE, METRIC = "AWS/SageMaker", "ConcurrentRequestsPerModel"
_FINE_S = 10
# Every statistic of a minute, and whether there is a point each 10 seconds.
_STATISTICS = (
    *product((60,), ("SampleCount", "Sum", "Minimum", "Maximum", "Average")),
    (_FINE_S, "SampleCount"),
)

type Dimensions = Mapping[str, str]
type DimensionSet = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ListedSets:
    """`at` is CloudWatch's own clock, which a laptop's need not agree with."""

    at: datetime
    sets: frozenset[DimensionSet]


@dataclass(frozen=True, slots=True)
class Points:
    minutes: Mapping[datetime, Minute]
    fine: frozenset[datetime]  # the 10-second points


def listed_sets(client: CloudWatchClient, endpoint: str) -> ListedSets:
    """Returns the dimension sets of an endpoint; ListMetrics names those of the last two weeks, and
    new ones up to 15 minutes late.
    """
    at, sets = datetime.now(UTC), set[DimensionSet]()
    with translated():
        pages = client.get_paginator("list_metrics").paginate(
            Namespace=NAMESPACE,
            MetricName=METRIC,
            Dimensions=[{"Name": "EndpointName", "Value": endpoint}],
        )
        for page in pages:
            headers = page["ResponseMetadata"]["HTTPHeaders"]
            at = parsedate_to_datetime(headers["date"]) if "date" in headers else at
            sets.update(_set(metric) for metric in page["Metrics"])
    return ListedSets(at.astimezone(UTC), frozenset(sets))


def points(
    client: CloudWatchClient, wanted: Sequence[Dimensions], start: datetime, end: datetime
) -> list[Points]:
    """Returns the points of each of `wanted`; GetMetricData takes 500 queries, so up to 83 sets."""
    values_by_id: dict[str, dict[datetime, float]] = {}
    with translated():
        pages = client.get_paginator("get_metric_data").paginate(
            MetricDataQueries=list(_queries(wanted)), StartTime=start, EndTime=end
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                series = values_by_id.setdefault(result["Id"], {})
                series.update(zip(result["Timestamps"], result["Values"], strict=True))
    return [_points(values_by_id, index) for index in range(len(wanted))]


def _queries(wanted: Sequence[Dimensions]) -> Iterator[MetricDataQueryTypeDef]:
    for index, dimensions in enumerate(wanted):
        named: list[DimensionTypeDef] = [{"Name": n, "Value": v} for n, v in dimensions.items()]
        metric: MetricTypeDef = {
            "Namespace": NAMESPACE,
            "MetricName": METRIC,
            "Dimensions": named,
        }
        for period, statistic in _STATISTICS:
            yield {
                "Id": _id(index, period, statistic),
                "MetricStat": {"Metric": metric, "Period": period, "Stat": statistic},
            }


def _points(values_by_id: Mapping[str, Mapping[datetime, float]], index: int) -> Points:
    samples, total, least, most, average = (
        values_by_id.get(_id(index, *statistic), {})
        for statistic in _STATISTICS
        if statistic[0] != _FINE_S
    )
    complete = samples.keys() & total.keys() & least.keys() & most.keys() & average.keys()
    minutes = {
        at.astimezone(UTC): Minute(samples[at], total[at], least[at], most[at], average[at])
        for at in sorted(complete)
    }
    fine = values_by_id.get(_id(index, _FINE_S, "SampleCount"), {})
    return Points(minutes, frozenset(at.astimezone(UTC) for at in fine))


def _id(index: int, period: int, statistic: str) -> str:
    return f"m{index}_{period}_{statistic.lower()}"


def _set(metric: MetricOutputTypeDef) -> DimensionSet:
    return frozenset(
        (dimension["Name"], dimension["Value"]) for dimension in metric.get("Dimensions", [])
    )
