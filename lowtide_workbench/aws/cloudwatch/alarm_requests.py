"""Reads PutMetricAlarm's request into an alarm, or refuses it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lowtide_workbench.aws.cloudwatch import metric_math_parser as metric_syntax
from lowtide_workbench.aws.cloudwatch import metric_query
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import COMPARISONS, Alarm
from lowtide_workbench.aws.cloudwatch.metric_query import Query, Span, Statistic
from lowtide_workbench.aws.cloudwatch.metric_requests import name_of, queries_of
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, reader
from lowtide_workbench.aws.protocol.refusal import Refusal

type Document = Mapping[str, Any]

_MOST_QUERIES = 10  # metrics, and as many expressions besides
_MOST_ACTIONS = 5  # of each kind
_DAY_S = 86400
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")
_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
_NOT_EVALUATED = ("EvaluationCriteria", "ThresholdMetricId")  # PromQL, and anomaly detection
ACTIONS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


def alarm_of(request: Document) -> Alarm:
    _check_actions(request)
    if any(request.get(field) for field in _NOT_EVALUATED):
        return Alarm(request["AlarmName"], (), 60, 1, float(request.get("Threshold") or 0), "")
    for field in ("ComparisonOperator", "EvaluationPeriods", "Threshold"):
        if request.get(field) is None:
            raise _invalid(f"{field} must not be null")
    try:
        queries = _queries(request)
    except ValueError as error:
        raise _invalid(f"Invalid metrics list: {error}") from None
    sources = [query.source for query in queries]
    periods = [source.period for source in sources if isinstance(source, Statistic)]
    alarm = Alarm(
        name=request["AlarmName"],
        queries=queries,
        period=max(periods, default=max(query.period for query in queries)),
        periods=int(request["EvaluationPeriods"]),
        threshold=float(request["Threshold"]),
        comparison=request["ComparisonOperator"],
        to_alarm=request.get("DatapointsToAlarm"),
        missing=request.get("TreatMissingData"),
    )
    _check(alarm)
    return alarm


def _check_actions(request: Document) -> None:
    for field in ACTIONS.values():
        actions = request.get(field) or ()
        if len(actions) > _MOST_ACTIONS:
            raise _invalid(f"{field} must not have more than {_MOST_ACTIONS} members")
        for action in actions:
            if not _ARN.fullmatch(action):
                raise _invalid(f"{field}: {action!r} is not an ARN")


def _queries(request: Document) -> tuple[Query, ...]:
    given = request.get("Metrics")
    if not given:
        return (_single(request),)
    if request.get("MetricName"):
        raise ValueError("MetricName and Metrics exclude each other")
    expressions = [query.get("Expression") or "" for query in given]
    if any("SEARCH(" in expression.replace(" ", "") for expression in expressions):
        raise _invalid("SEARCH is not supported on Metric Alarms")
    queries = queries_of(given, period=60)
    _check_queries(queries)
    return queries


def _single(request: Document) -> Query:
    for field in ("Namespace", "MetricName"):
        if not request.get(field):
            raise _invalid(f"{field} must not be null")
    statistic, percentile = request.get("Statistic"), request.get("ExtendedStatistic")
    if statistic and percentile:
        raise _invalid("Statistic and ExtendedStatistic exclude each other")
    statistic = statistic or percentile
    if statistic is None:
        raise _invalid("Either Statistic or ExtendedStatistic must be given")
    if not request.get("Period"):
        raise _invalid("Period must not be null")
    reader(statistic)  # ValueError for a statistic that is not kept
    name = name_of(request["Namespace"], request)
    return Query("m1", Statistic(name, statistic, int(request["Period"])))


def _check_queries(queries: Sequence[Query]) -> None:
    if sum(query.returned for query in queries) != 1:
        raise ValueError("exactly one element of the metrics list should return data")
    expressions = [query for query in queries if isinstance(query.source, str)]
    if max(len(expressions), len(queries) - len(expressions)) > _MOST_QUERIES:
        raise ValueError(f"more than {_MOST_QUERIES} metrics or {_MOST_QUERIES} expressions")
    ids = {query.id for query in queries}
    for query in expressions:
        if unknown := metric_syntax.names(str(query.source)) - ids:
            raise ValueError(f"unknown id {min(unknown)!r} in {query.source!r}")
    if len(metric_query.run(MetricStore(), queries, Span(0, 60, 60))) != 1:
        raise ValueError("an alarm watches a single time series")


def _check(alarm: Alarm) -> None:
    if alarm.comparison not in COMPARISONS:
        raise _invalid(f"{alarm.comparison} is not a comparison with a threshold")
    if alarm.missing not in (None, *_TREATMENTS):
        raise _invalid(f"TreatMissingData must be one of {', '.join(_TREATMENTS)}")
    if alarm.period not in (10, 20, 30) and alarm.period % 60:
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60")
    numbers = (alarm.period, alarm.periods, alarm.to_alarm)
    if any(number is not None and number < 1 for number in numbers):
        raise _invalid("Period, EvaluationPeriods and DatapointsToAlarm must be at least 1")
    if alarm.to_alarm is not None and alarm.to_alarm > alarm.periods:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods")
    most = _DAY_S if alarm.period < 3600 else 7 * _DAY_S
    if alarm.period * alarm.periods > most:
        days = "a day" if most == _DAY_S else "7 days"
        raise _invalid(
            f"Metrics cannot be checked across more than {days} "
            f"(EvaluationPeriods * Period must be <= {most})."
        )


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationError", message)
