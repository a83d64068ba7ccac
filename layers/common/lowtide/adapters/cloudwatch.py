"""Concurrency in, figures out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, chain
from typing import TYPE_CHECKING, Literal

from lowtide.adapters.aws_errors import translated
from lowtide.adapters.parallel import Each, one_by_one
from lowtide.domain.endpoint.observed import Endpoint
from lowtide.domain.errors import AwsError, DeniedError
from lowtide.domain.load.reading import Series

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import (
        DimensionTypeDef,
        MetricDataQueryTypeDef,
        MetricDataResultTypeDef,
        MetricDatumTypeDef,
    )

NAMESPACE = "Lowtide"
_LOOK_BACK = timedelta(minutes=5)
_SHORT_LOOK_BACK = timedelta(minutes=3)  # of ten-second points, six times as many
_QUERIES_A_CALL = 500
_METRICS_A_CALL = 1000
_MINUTE_S = 60
# Of one query; the others of its call are answered all the same.
_REFUSALS = {"Forbidden": DeniedError, "InternalError": AwsError}

type Statistic = Literal["Average", "Sum"]
type Answer = dict[datetime, float] | AwsError


@dataclass(frozen=True, slots=True)
class Source:
    """Whose concurrency: the instances of one type in one variant.

    SageMaker reports by instance type only for variants with pools.
    """

    endpoint: str
    variant: str
    instance_type: str
    pooled: bool = True
    period_s: int = _MINUTE_S
    statistic: Statistic = "Average"


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of one variant."""

    endpoint: str
    variant: str
    name: str
    value: float
    resolution_s: int = _MINUTE_S


class Metrics:
    def __init__(self, client: CloudWatchClient, each: Each = one_by_one) -> None:
        self._client = client
        self._each = each

    def concurrency(self, sources: Sequence[Source], now: datetime) -> Mapping[Source, Series]:
        """ConcurrentRequestsPerModel in the last whole periods; raises the first error."""
        answers = self.answers(sources, now)
        if error := next((a for a in answers.values() if isinstance(a, AwsError)), None):
            raise error
        return {source: a for source, a in answers.items() if not isinstance(a, AwsError)}

    def answers(
        self, sources: Sequence[Source], now: datetime
    ) -> Mapping[Source, Series | AwsError]:
        """As above; a call or a query that fails is the answer to those whom it concerns."""
        chunks = list(batched(sources, _QUERIES_A_CALL))
        answers = self._each(lambda chunk: self._asked(chunk, now), chunks)
        return {
            source: answer
            for chunk, given in zip(chunks, answers, strict=True)
            for source, answer in zip(
                chunk, [given] * len(chunk) if isinstance(given, AwsError) else given, strict=True
            )
        }

    def publish(self, points: Iterable[Point], at: datetime) -> Mapping[Point, AwsError]:
        """Tries every chunk; returns what was not published."""
        chunks = list(batched(points, _METRICS_A_CALL))
        errors = self._each(lambda chunk: self._put(chunk, at), chunks)
        return {
            point: error
            for chunk, error in zip(chunks, errors, strict=True)
            if error is not None
            for point in chunk
        }

    def _asked(self, sources: Sequence[Source], now: datetime) -> Sequence[Answer] | AwsError:
        answers: list[Answer] = [{} for _ in sources]
        ends = ["nothing"] * len(sources)
        periods = {source.period_s for source in sources}
        look_back = _LOOK_BACK if _MINUTE_S in periods else _SHORT_LOOK_BACK
        start, end = _begun(now, _MINUTE_S) - look_back, _begun(now, min(periods))
        try:
            for result in self._results(sources, start, end):
                index = int(result["Id"].removeprefix("m"))
                answers[index] = _with(answers[index], result, sources[index], end)
                ends[index] = result["StatusCode"]
        except Exception as error:  # whatever it is, the other calls must not be lost with it
            return _as_answer(error)
        return [_whole(answer, status) for answer, status in zip(answers, ends, strict=True)]

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
            return _as_answer(error)
        return None


def _as_answer(error: Exception) -> AwsError:
    if isinstance(error, AwsError):
        return error
    return AwsError(f"what CloudWatch said is not understood: {type(error).__name__}: {error}")


def _begun(now: datetime, period_s: int) -> datetime:
    """When the period began in which `now` is."""
    return datetime.fromtimestamp(now.timestamp() // period_s * period_s, UTC)


def _with(known: Answer, result: MetricDataResultTypeDef, source: Source, end: datetime) -> Answer:
    """A result may go on on the next page. A minute that still runs is left out: it would tell of
    its first seconds only."""
    if refusal := _REFUSALS.get(result.get("StatusCode", "")):
        told = [message["Value"] for message in result.get("Messages", [])]
        return refusal(f"GetMetricData: {result['StatusCode']}: {'; '.join(told)}")
    if isinstance(known, AwsError):
        return known
    newest = end - timedelta(seconds=source.period_s)
    # In UTC: instants with botocore's zone are slow to compare.
    starts = (at.astimezone(UTC) for at in result["Timestamps"])
    values = zip(starts, result["Values"], strict=True)
    known.update((at, value) for at, value in values if at <= newest)
    return known


def _whole(answer: Answer, last_status: str) -> Answer:
    """Points that are kept back would pass for silence."""
    if isinstance(answer, AwsError) or last_status == "Complete":
        return answer
    return AwsError(f"GetMetricData: not the whole answer, it ended with {last_status}")


def _query(index: int, source: Source) -> MetricDataQueryTypeDef:
    return {
        "Id": f"m{index}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": "ConcurrentRequestsPerModel",
                "Dimensions": _dimensions(source),
            },
            "Period": source.period_s,
            "Stat": source.statistic,
        },
    }


def _dimensions(source: Source) -> list[DimensionTypeDef]:
    of_variant: list[DimensionTypeDef] = [
        {"Name": "EndpointName", "Value": source.endpoint},
        {"Name": "VariantName", "Value": source.variant},
    ]
    by_type: DimensionTypeDef = {"Name": "InstanceType", "Value": source.instance_type}
    return [*of_variant, by_type] if source.pooled else of_variant


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


def sources(endpoint: Endpoint) -> list[Source]:
    """Whose concurrency tells the streams of this endpoint: every pool with an instance."""
    return [
        Source(endpoint.name, variant.name, pool.instance_type, variant.pooled)
        for variant in endpoint.variants
        for pool in variant.pools
        if pool.live
    ]
