"""Runs MetricDataQueries, which GetMetricData, alarms and scaling policies share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lowtide_workbench.aws.cloudwatch import metric_math
from lowtide_workbench.aws.cloudwatch import metric_math_parser as metric_syntax
from lowtide_workbench.aws.cloudwatch.metric_math_functions import Grid, Points, Value
from lowtide_workbench.aws.cloudwatch.metric_store import MetricName, MetricStore, reader


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
    period: int = 60  # of an expression that stands on no metric


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open, epoch seconds; `10-second data older than three hours before `now` is gone."""

    start: float
    end: float
    now: float
    anchor: int = 0  # where periods begin; alarms count theirs back from the present minute


class Series(NamedTuple):
    """One time series of a result; an array has several of one id."""

    id: str
    points: Points


def run(store: MetricStore, queries: Sequence[Query], span: Span) -> Sequence[Series]:
    """The series of each query that is returned, points in ascending order of time.

    ValueError: an expression that cannot be evaluated, or whose value is no time series.
    """
    evaluation = _Run(store, {query.id: query for query in queries}, span)
    return [
        Series(query.id, points)
        for query in queries
        if query.returned
        for points in _all_series(evaluation.value(query.id), query)
    ]


def read(store: MetricStore, source: Statistic, span: Span) -> Points:
    buckets = store.read(source.metric, span.start, span.end, source.period, span.now, span.anchor)
    take = reader(source.statistic)
    return {
        at: value for at, statistics in buckets.items() if (value := take(statistics)) is not None
    }


def _all_series(value: Value, query: Query) -> Sequence[Points]:
    if isinstance(value, int | float):
        raise ValueError(f"the expression {query.source!r} is no time series")
    if isinstance(value, Mapping):
        return [value]
    return value


@dataclass(slots=True)
class _Run:
    store: MetricStore
    queries: Mapping[str, Query]
    span: Span
    values: dict[str, Value] = field(default_factory=dict)
    started: set[str] = field(default_factory=set)

    def value(self, id_: str) -> Value:
        if id_ not in self.values:
            if id_ in self.started:
                raise ValueError(f"the expression {id_!r} refers to itself")
            self.started.add(id_)
            source = self.queries[id_].source
            self.values[id_] = (
                read(self.store, source, self.span)
                if isinstance(source, Statistic)
                else self._math(self.queries[id_], source)
            )
        return self.values[id_]

    def _math(self, query: Query, expression: str) -> Value:
        metrics: list[str] = []  # what METRICS() means: metrics, not other expressions
        if "METRICS" in metric_syntax.functions(expression):
            every = self.queries.values()
            metrics = [other.id for other in every if isinstance(other.source, Statistic)]
        ids = metric_syntax.names(expression) & self.queries.keys() | set(metrics)
        values = {id_: self.value(id_) for id_ in ids}
        return metric_math.evaluate(expression, values, self._grid(query, ids), metrics)

    def _grid(self, query: Query, ids: frozenset[str]) -> Grid:
        period = max((self._period(self.queries[id_]) for id_ in ids), default=query.period)
        anchor = self.span.anchor
        start = int(self.span.start - anchor) // period * period + anchor
        return Grid(start, int(self.span.end), period)

    def _period(self, query: Query) -> int:
        if isinstance(query.source, Statistic):
            return query.source.period
        ids = metric_syntax.names(query.source) & self.queries.keys()
        return max((self._period(self.queries[id_]) for id_ in ids), default=query.period)
