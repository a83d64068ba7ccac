"""Reads CloudWatch's documents about metrics; ValueError for those that are not valid."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lowtide_workbench.aws.cloudwatch import metric_math
from lowtide_workbench.aws.cloudwatch.metric_query import Query, Statistic
from lowtide_workbench.aws.cloudwatch.metric_store import (
    FINE_S,
    MetricName,
    Statistics,
    reader,
    repeated,
)

type Document = Mapping[str, Any]

MOST_EXPRESSION_CHARACTERS = 2048
_ID = re.compile(r"[a-z]\w*", re.ASCII)


def seconds(at: datetime) -> float:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def name_of(namespace: str, given: Document) -> MetricName:
    dimensions = given.get("Dimensions") or ()
    pairs = frozenset((dimension["Name"], dimension["Value"]) for dimension in dimensions)
    return MetricName(namespace, given["MetricName"], pairs)


def dimensions_of(name: MetricName) -> list[dict[str, str]]:
    return [{"Name": key, "Value": value} for key, value in sorted(name.dimensions)]


def samples_of(datum: Document) -> Iterator[Statistics]:
    if given := datum.get("StatisticValues"):
        total, count, least, most = (
            float(given[key]) for key in ("Sum", "SampleCount", "Minimum", "Maximum")
        )
        alike = least == most  # then, as with a single sample, percentiles are still known
        yield Statistics(total, count, least, most, {least: count} if alike else None)
        return
    values = datum.get("Values") or [datum.get("Value", 0)]
    counts = datum.get("Counts") or [1] * len(values)
    for value, count in zip(map(float, values), map(float, counts), strict=True):
        yield repeated(value, count)


def queries_of(given: Sequence[Document], period: int | None = None) -> tuple[Query, ...]:
    """The queries; `period` is that of the statistics which name none."""
    queries = tuple(_query(query, period) for query in given)
    ids = [query.id for query in queries]
    if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
        raise ValueError(f"the id {min(twice)!r} is given twice")
    return queries


def _query(given: Document, period: int | None) -> Query:
    id_, returned = given["Id"], given.get("ReturnData") is not False
    if not _ID.fullmatch(id_):
        raise ValueError(f"the id {id_!r} does not begin with a small letter, or has other signs")
    expression, stat = given.get("Expression"), given.get("MetricStat")
    if (expression is None) == (stat is None):
        raise ValueError(f"{id_!r} needs either an Expression or a MetricStat")
    if expression is not None:
        if len(expression) > MOST_EXPRESSION_CHARACTERS:
            raise ValueError(f"{id_!r} is longer than {MOST_EXPRESSION_CHARACTERS} characters")
        metric_math.check(expression)
        return Query(id_, expression, returned, int(given.get("Period") or period or 60))
    return Query(id_, _statistic(stat or {}, period), returned)


def period_of(seconds_: int) -> int:
    if seconds_ not in (1, 5, 10, 20, 30) and (seconds_ <= 0 or seconds_ % 60):
        raise ValueError(f"period {seconds_}: 1, 5, 10, 20, 30 or a multiple of 60 is expected")
    return seconds_


def _statistic(stat: Document, period: int | None) -> Statistic:
    reader(stat["Stat"])  # ValueError for a statistic that is not kept
    length = period_of(int(stat.get("Period") or period or 0))
    name = name_of(stat["Metric"]["Namespace"], stat["Metric"])
    return Statistic(name, stat["Stat"], max(length, FINE_S))
