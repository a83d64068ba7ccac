"""Reads concurrency, and publishes metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, chain
from typing import TYPE_CHECKING, Literal

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.parallel import Mapper, one_by_one
from lowtide.domain.endpoint import Endpoint
from lowtide.domain.errors import AwsError, DeniedError
from lowtide.domain.load import Series

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import (
        DimensionTypeDef,
        MetricDataQueryTypeDef,
        MetricDataResultTypeDef,
        MetricDatumTypeDef,
        MetricTypeDef,
    )

NAMESPACE = "Lowtide"
_LOOK_BACK = timedelta(minutes=5)
_SHORT_LOOK_BACK = timedelta(minutes=3)  # of ten-second points, six times as many
_QUERIES_A_CALL = 500
_METRICS_A_CALL = 1000
_MINUTE_S = 60
_FIVE_MINUTES_S = 300
# The status of one query that failed; the others of its call have an answer all the same.
_QUERY_ERRORS = {"Forbidden": DeniedError, "InternalError": AwsError}

type Statistic = Literal["Average", "Sum"]
type Answer = dict[datetime, float] | AwsError


@dataclass(frozen=True, slots=True)
class Source:
    """The instances of one type in one variant, whose concurrency is read; or another metric.

    SageMaker reports by instance type only for variants with pools, and a backlog by endpoint only.
    """

    endpoint: str
    variant: str
    instance_type: str
    pooled: bool = True
    period_s: int = _MINUTE_S
    statistic: Statistic = "Average"
    metric: str = "ConcurrentRequestsPerModel"


@dataclass(frozen=True, slots=True)
class Point:
    """One value of one metric of one variant."""

    endpoint: str
    variant: str
    name: str
    value: float
    resolution_s: int = _MINUTE_S


class Metrics:
    def __init__(self, client: CloudWatchClient, mapper: Mapper = one_by_one) -> None:
        self._client = client
        self._mapper = mapper

    def concurrency(self, sources: Sequence[Source], now: datetime) -> Mapping[Source, Series]:
        """ConcurrentRequestsPerModel in the last whole periods. Raises the first error."""
        answers = self.answers(sources, now)
        if error := next((a for a in answers.values() if isinstance(a, AwsError)), None):
            raise error
        return {source: a for source, a in answers.items() if not isinstance(a, AwsError)}

    def answers(
        self, sources: Sequence[Source], now: datetime
    ) -> Mapping[Source, Series | AwsError]:
        """As `concurrency`; where a call or a query fails, its sources have the error instead."""
        chunks = list(batched(sources, _QUERIES_A_CALL))
        results = self._mapper(lambda chunk: self._read(chunk, now), chunks)
        answers: dict[Source, Series | AwsError] = {}
        for chunk, result in zip(chunks, results, strict=True):
            if isinstance(result, AwsError):
                answers |= dict.fromkeys(chunk, result)
            else:
                answers |= zip(chunk, result, strict=True)
        return answers

    def published(
        self, endpoint: str, variant: str, name: str, start: datetime, end: datetime
    ) -> Mapping[datetime, float]:
        """The means that Lowtide published in [start, end), by the start of their five minutes in
        UTC. A period that still runs is left out."""
        metric: MetricTypeDef = {
            "Namespace": NAMESPACE,
            "MetricName": name,
            "Dimensions": [
                {"Name": "EndpointName", "Value": endpoint},
                {"Name": "VariantName", "Value": variant},
            ],
        }
        query: MetricDataQueryTypeDef = {
            "Id": "m0",
            "MetricStat": {"Metric": metric, "Period": _FIVE_MINUTES_S, "Stat": "Average"},
        }
        with translated():
            pages = self._client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=[query], StartTime=start, EndTime=_floor(end, _FIVE_MINUTES_S)
            )
            results = [result for page in pages for result in page["MetricDataResults"]]
        status = results[-1]["StatusCode"] if results else "nothing"
        if status != "Complete":
            raise AwsError(f"GetMetricData: not the whole answer, it ended with {status}")
        return {
            at.astimezone(UTC): value
            for result in results
            for at, value in zip(result["Timestamps"], result["Values"], strict=True)
        }

    def publish(self, points: Iterable[Point], at: datetime) -> Mapping[Point, AwsError]:
        """Publishes every point, and returns those that failed with their errors."""
        chunks = list(batched(points, _METRICS_A_CALL))
        errors = self._mapper(lambda chunk: self._put(chunk, at), chunks)
        return {
            point: error
            for chunk, error in zip(chunks, errors, strict=True)
            if error is not None
            for point in chunk
        }

    def _read(self, sources: Sequence[Source], now: datetime) -> Sequence[Answer] | AwsError:
        answers: list[Answer] = [{} for _ in sources]
        statuses = ["nothing"] * len(sources)
        periods = {source.period_s for source in sources}
        look_back = _LOOK_BACK if _MINUTE_S in periods else _SHORT_LOOK_BACK
        start, end = _floor(now, _MINUTE_S) - look_back, _floor(now, min(periods))
        try:
            for result in self._results(sources, start, end):
                index = int(result["Id"].removeprefix("m"))
                answers[index] = _add(answers[index], result, sources[index], end)
                statuses[index] = result["StatusCode"]
        except Exception as error:  # whatever it is, the results of the other calls are kept
            return _aws_error(error)
        return [_complete(answer, status) for answer, status in zip(answers, statuses, strict=True)]

    def _results(
        self, sources: Sequence[Source], start: datetime, end: datetime
    ) -> Iterator[MetricDataResultTypeDef]:
        with translated():
            pages = self._client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=[_query(index, source) for index, source in enumerate(sources)],
                StartTime=start,
                EndTime=end,
            )
            yield from chain.from_iterable(page["MetricDataResults"] for page in pages)

    def _put(self, points: Sequence[Point], at: datetime) -> AwsError | None:
        try:
            with translated():
                self._client.put_metric_data(
                    Namespace=NAMESPACE, MetricData=[_datum(point, at) for point in points]
                )
        except Exception as error:  # as above
            return _aws_error(error)
        return None


def _aws_error(error: Exception) -> AwsError:
    if isinstance(error, AwsError):
        return error
    return AwsError(f"CloudWatch's answer is not understood: {type(error).__name__}: {error}")


def _floor(now: datetime, period_s: int) -> datetime:
    """The start of the period that `now` is in."""
    return datetime.fromtimestamp(now.timestamp() // period_s * period_s, UTC)


def _add(known: Answer, result: MetricDataResultTypeDef, source: Source, end: datetime) -> Answer:
    """`known` with the points of `result`, which may go on on the next page.

    A period that still runs is left out: it has its first seconds only.
    """
    if error := _QUERY_ERRORS.get(result.get("StatusCode", "")):
        messages = [message["Value"] for message in result.get("Messages", [])]
        return error(f"GetMetricData: {result['StatusCode']}: {'; '.join(messages)}")
    if isinstance(known, AwsError):
        return known
    newest = end - timedelta(seconds=source.period_s)
    # In UTC: instants with botocore's zone are slow to compare.
    starts = (at.astimezone(UTC) for at in result["Timestamps"])
    values = zip(starts, result["Values"], strict=True)
    known.update((at, value) for at, value in values if at <= newest)
    return known


def _complete(answer: Answer, last_status: str) -> Answer:
    """`answer`, or an error where points are missing: without them an instance would seem idle."""
    if isinstance(answer, AwsError) or last_status == "Complete":
        return answer
    return AwsError(f"GetMetricData: not the whole answer, it ended with {last_status}")


def _query(index: int, source: Source) -> MetricDataQueryTypeDef:
    return {
        "Id": f"m{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": source.metric,
                "Dimensions": _dimensions(source),
            },
            "Period": source.period_s,
            "Stat": source.statistic,
        },
    }


def _dimensions(source: Source) -> list[DimensionTypeDef]:
    by_type = source.instance_type if source.pooled else ""
    values = {
        "EndpointName": source.endpoint,
        "VariantName": source.variant,
        "InstanceType": by_type,
    }
    return [{"Name": name, "Value": value} for name, value in values.items() if value]


def _datum(point: Point, at: datetime) -> MetricDatumTypeDef:
    return {
        "MetricName": point.name,
        "Dimensions": [
            {"Name": "EndpointName", "Value": point.endpoint},
            {"Name": "VariantName", "Value": point.variant},
        ],
        "Timestamp": at,
        "Value": point.value,
        "Unit": "None",
        "StorageResolution": 1 if point.resolution_s < _MINUTE_S else _MINUTE_S,
    }


def backlog_source(endpoint: Endpoint, metric: str) -> Source:
    """A source of one of the metrics that SageMaker has of a whole asynchronous endpoint."""
    return Source(endpoint.name, variant="", instance_type="", pooled=False, metric=metric)


def sources(endpoint: Endpoint) -> list[Source]:
    """A source for each pool of the endpoint that has an instance."""
    return [
        Source(endpoint.name, variant.name, pool.instance_type, variant.pooled)
        for variant in endpoint.variants
        for pool in variant.pools
        if pool.live
    ]
