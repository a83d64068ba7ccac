"""CloudWatch's API of metrics: data points in, statistics and metric math out."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lowtide_workbench.aws.cloudwatch import metric_query
from lowtide_workbench.aws.cloudwatch.metric_query import Series, Span
from lowtide_workbench.aws.cloudwatch.metric_requests import (
    dimensions_of,
    instant,
    name_of,
    period_of,
    queries_of,
    samples_of,
    seconds,
)
from lowtide_workbench.aws.cloudwatch.metric_store import MetricName, MetricStore, reader
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.virtual_time.clock import VirtualClock

type Document = dict[str, Any]

_MOST = {
    "queries": 500,
    "points": 100_800,
    "data": 1000,
    "values": 150,
    "statistics": 1440,
    "dimensions": 30,
}
_OLDEST_S, _NEWEST_S = 14 * 86400, 2 * 3600  # how far from now a data point may be


class MetricsApi:
    operations = frozenset({"GetMetricData", "GetMetricStatistics", "ListMetrics", "PutMetricData"})

    def __init__(self, store: MetricStore, clock: VirtualClock) -> None:
        self._store = store
        self._clock = clock

    def put_metric_data(self, request: Document) -> None:
        namespace, data = request["Namespace"], request.get("MetricData") or []
        if namespace.startswith("AWS/"):
            raise _bad_value(f"The value {namespace} for parameter Namespace is invalid.")
        if len(data) > _MOST["data"]:
            raise _bad_value(f"The collection MetricData must not have more than {_MOST['data']}.")
        now = self._clock.seconds()
        for number, datum in enumerate(data, start=1):
            _check_datum(f"MetricData.member.{number}", datum, now)
        for datum in data:
            at = seconds(datum["Timestamp"]) if "Timestamp" in datum else now
            fine = int(datum.get("StorageResolution") or 60) == 1
            for sample in samples_of(datum):
                name = name_of(namespace, datum)
                self._store.put(name, at, sample, fine=fine, unit=datum.get("Unit"))

    def get_metric_data(self, request: Document) -> Document:
        queries = request["MetricDataQueries"]
        if len(queries) > _MOST["queries"]:
            raise _invalid(f"More than {_MOST['queries']} MetricDataQueries were given.")
        try:
            result = metric_query.run(self._store, queries_of(queries), self._span(request))
        except ValueError as error:
            raise _invalid(str(error)) from None
        labels = {query["Id"]: query.get("Label") or _label(query) for query in queries}
        descending = request.get("ScanBy") != "TimestampAscending"
        most = min(request.get("MaxDatapoints") or _MOST["points"], _MOST["points"])
        return _page(result, labels, request, most, descending=descending)

    def get_metric_statistics(self, request: Document) -> Document:
        statistics = request.get("Statistics") or []
        kinds = [*statistics, *(request.get("ExtendedStatistics") or [])]
        if not kinds:
            raise Refusal(
                "InvalidParameterCombination",
                "Must specify either Statistics or ExtendedStatistics",
            )
        try:
            take = {kind: reader(kind) for kind in kinds}
            period = period_of(int(request["Period"]))
        except ValueError as error:
            raise _bad_value(str(error)) from None
        span = self._span(request)
        count = math.ceil((span.end - span.start) / period)
        if count > _MOST["statistics"]:
            raise Refusal(
                "InvalidParameterCombination",
                f"You have requested up to {count:,} datapoints, which exceeds the limit of "
                f"{_MOST['statistics']:,}. You may reduce the datapoints requested by increasing "
                "Period, or decreasing the time range.",
            )
        name = name_of(request["Namespace"], request)
        unit = self._store.unit(name) or "None"
        if request.get("Unit") not in (None, unit):
            return {"Label": request["MetricName"], "Datapoints": []}
        buckets = self._store.read(name, span.start, span.end, period, span.now)
        points: list[Document] = []
        for at, bucket in buckets.items():
            simple = {kind: take[kind](bucket) for kind in statistics}
            extended = {kind: take[kind](bucket) for kind in kinds if kind not in statistics}
            point: Document = {"Timestamp": instant(at), "Unit": unit, **simple}
            points.append(point | ({"ExtendedStatistics": extended} if extended else {}))
        return {"Label": request["MetricName"], "Datapoints": points}

    def list_metrics(self, request: Document) -> Document:
        filters = [(item["Name"], item.get("Value")) for item in request.get("Dimensions") or ()]
        names = [
            name
            for name in list(self._store.names())
            if request.get("Namespace") in (None, name.namespace)
            and request.get("MetricName") in (None, name.name)
            and all(_has(name, key, value) for key, value in filters)
        ]
        shown, token = page(names, request, 500, "InvalidParameterValue")
        metrics = [
            {
                "Namespace": name.namespace,
                "MetricName": name.name,
                "Dimensions": dimensions_of(name),
            }
            for name in shown
        ]
        return {"Metrics": metrics} | token

    def _span(self, request: Document) -> Span:
        start, end = seconds(request["StartTime"]), seconds(request["EndTime"])
        if start >= end:
            raise _invalid("The parameter EndTime must be greater than StartTime.")
        return Span(start, end, self._clock.seconds())


def _page(
    result: Sequence[Series],
    labels: Mapping[str, str],
    request: Document,
    most: int,
    *,
    descending: bool,
) -> Document:
    """A page of `most` points over all series; the token is the count of those before it."""
    token = request.get("NextToken") or "0"
    if not token.isdigit():
        raise Refusal("InvalidNextToken", "Invalid NextToken")
    first = int(token)
    left, passed = most, 0
    views: list[Document] = []
    for series in result:
        skipped = min(max(first - passed, 0), len(series.points))
        shown = min(len(series.points) - skipped, left)
        passed += len(series.points)
        if shown or (not series.points and not first):
            complete = skipped + shown == len(series.points)
            view = _view(series, labels[series.id], skipped, shown, descending=descending)
            views.append(view | {"StatusCode": "Complete" if complete else "PartialData"})
        left -= shown
    rest = first + most < passed
    return {"MetricDataResults": views} | ({"NextToken": str(first + most)} if rest else {})


def _view(series: Series, label: str, skipped: int, shown: int, *, descending: bool) -> Document:
    times = sorted(series.points, reverse=descending)[skipped : skipped + shown]
    return {
        "Id": series.id,
        "Label": label,
        "Timestamps": [instant(at) for at in times],
        "Values": [float(series.points[at]) for at in times],
    }


def _check_datum(where: str, datum: Document, now: float) -> None:
    if len(datum.get("Dimensions") or ()) > _MOST["dimensions"]:
        raise _bad_value(
            f"The collection {where}.Dimensions must not have more than {_MOST['dimensions']}."
        )
    given = [float(value) for value in datum.get("Values") or [datum.get("Value", 0)]]
    if any(math.isnan(value) or math.isinf(value) for value in given):
        raise _bad_value(f"The value {given[0]} for parameter {where}.Value is invalid.")
    if len(given) > _MOST["values"]:
        raise _bad_value(f"{where}.Values has more than {_MOST['values']} values.")
    if len(datum.get("Counts") or given) != len(given):
        raise _bad_value(
            f"The parameters {where}.Values and {where}.Counts must be of the same size."
        )
    if sum(field in datum for field in ("Value", "Values", "StatisticValues")) > 1:
        raise Refusal(
            "InvalidParameterCombination",
            f"Of {where}.Value, {where}.Values and {where}.StatisticValues only one may be given.",
        )
    resolution = int(datum.get("StorageResolution") or 60)
    if resolution not in (1, 60):
        raise _bad_value(
            f"The value {resolution} for parameter {where}.StorageResolution is invalid."
        )
    at = seconds(datum["Timestamp"]) if "Timestamp" in datum else now
    if not now - _OLDEST_S <= at <= now + _NEWEST_S:
        raise _bad_value(
            f"The parameter {where}.Timestamp must specify a time no more than two weeks in the "
            "past and no more than two hours in the future."
        )


def _label(query: Document) -> str:
    return str(
        query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"]
    )


def _has(name: MetricName, key: str, value: str | None) -> bool:
    return any(key == own and value in (None, at) for own, at in name.dimensions)


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationError", message)


def _bad_value(message: str) -> Refusal:
    return Refusal("InvalidParameterValue", message)
