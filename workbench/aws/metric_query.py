"""MetricDataQueries, as GetMetricData, alarms and scaling policies share them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.aws import metric_math
from workbench.aws.metric_store import MetricName, MetricStore


@dataclass(frozen=True, slots=True)
class Statistic:
    metric: MetricName
    statistic: str
    period: int


@dataclass(frozen=True, slots=True)
class Query:
    """Either a statistic of a metric, or an expression over the ids of other queries."""

    id: str
    source: Statistic | str
    returned: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open, epoch seconds; `now` decides how much fine data still exists."""

    start: float
    end: float
    now: float


def run(
    store: MetricStore, queries: Sequence[Query], span: Span
) -> Mapping[str, Mapping[int, float]]:
    """The points of each query that is returned, by its id, in ascending order of time."""
    by_id = {query.id: query for query in queries}
    return {query.id: _points(store, query, by_id, span) for query in queries if query.returned}


def _points(
    store: MetricStore, query: Query, by_id: Mapping[str, Query], span: Span
) -> Mapping[int, float]:
    if isinstance(query.source, Statistic):
        return read(store, query.source, span)
    if query.source == metric_math.SUM_OF_ALL:
        return metric_math.total(
            [read(store, q.source, span) for q in by_id.values() if isinstance(q.source, Statistic)]
        )
    used = metric_math.names(query.source) & by_id.keys()
    series = {name: _points(store, by_id[name], by_id, span) for name in used}
    return metric_math.evaluate(query.source, series)


def read(store: MetricStore, source: Statistic, span: Span) -> Mapping[int, float]:
    buckets = store.read(source.metric, span.start, span.end, source.period, span.now)
    return {at: statistics.value(source.statistic) for at, statistics in buckets.items()}
