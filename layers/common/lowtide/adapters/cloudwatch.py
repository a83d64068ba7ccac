"""Concurrency in, figures out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING

from lowtide.adapters.aws_errors import translated
from lowtide.domain.errors import AwsError
from lowtide.domain.readings import Series

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import (
        DimensionTypeDef,
        MetricDataQueryTypeDef,
        MetricDatumTypeDef,
    )

NAMESPACE = "Lowtide"
_MINUTE = timedelta(minutes=1)
_LOOK_BACK = timedelta(minutes=5)
_QUERIES_A_CALL = 500
_METRICS_A_CALL = 1000


@dataclass(frozen=True, slots=True)
class Source:
    """Whose concurrency: the instances of one type in one variant.

    SageMaker reports by instance type only for variants with pools.
    """

    endpoint: str
    variant: str
    instance_type: str
    pooled: bool = True


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one variant."""

    endpoint: str
    variant: str
    name: str
    value: float


class Metrics:
    def __init__(self, client: CloudWatchClient) -> None:
        self._client = client

    def concurrency(self, sources: Sequence[Source], now: datetime) -> Mapping[Source, Series]:
        """The last whole minutes of ConcurrentRequestsPerModel, as the mean of an instance."""
        end = now.astimezone(UTC).replace(second=0, microsecond=0)
        found: dict[Source, dict[datetime, float]] = {source: {} for source in sources}
        for chunk in batched(sources, _QUERIES_A_CALL, strict=False):
            for index, minute, value in self._means(chunk, end):
                found[chunk[index]][minute] = value
        return found

    def publish(self, points: Iterable[Point], now: datetime) -> None:
        """Tries every chunk; raises what failed at the end."""
        failures = []
        for chunk in batched(points, _METRICS_A_CALL, strict=False):
            try:
                with translated():
                    self._client.put_metric_data(
                        Namespace=NAMESPACE, MetricData=[_datum(point, now) for point in chunk]
                    )
            except AwsError as error:
                failures.append(error)
        if failures:
            msg = "not all figures were published"
            raise ExceptionGroup(msg, failures)

    def _means(
        self, sources: Sequence[Source], end: datetime
    ) -> Iterable[tuple[int, datetime, float]]:
        with translated():
            pages = self._client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=[_query(index, source) for index, source in enumerate(sources)],
                StartTime=end - _LOOK_BACK,
                EndTime=end,
            )
            for page in pages:
                for result in page["MetricDataResults"]:
                    index = int(result["Id"].removeprefix("m"))
                    for minute, value in zip(result["Timestamps"], result["Values"], strict=True):
                        yield index, minute, value


def _query(index: int, source: Source) -> MetricDataQueryTypeDef:
    return {
        "Id": f"m{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": "ConcurrentRequestsPerModel",
                "Dimensions": _dimensions(source),
            },
            "Period": int(_MINUTE.total_seconds()),
            "Stat": "Average",
        },
    }


def _dimensions(source: Source) -> list[DimensionTypeDef]:
    of_variant: list[DimensionTypeDef] = [
        {"Name": "EndpointName", "Value": source.endpoint},
        {"Name": "VariantName", "Value": source.variant},
    ]
    by_type: DimensionTypeDef = {"Name": "InstanceType", "Value": source.instance_type}
    return [*of_variant, by_type] if source.pooled else of_variant


def _datum(point: Point, now: datetime) -> MetricDatumTypeDef:
    return {
        "MetricName": point.name,
        "Dimensions": [
            {"Name": "EndpointName", "Value": point.endpoint},
            {"Name": "VariantName", "Value": point.variant},
        ],
        "Timestamp": now,
        "Value": point.value,
        "Unit": "None",
    }
