"""An alarm that triggers a scaling policy, in plain words, for `status`."""

from typing import Any

from lowtide.domain.scaling.policy_view import metric_name
from lowtide.domain.snapshot import Document
from lowtide.domain.wording import in_utc

_COMPARISONS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}


def alarm_in_words(document: Document) -> dict[str, Any]:
    # Unlike StateTransitionedTimestamp, it also changes with EvaluationState.
    updated = document["StateUpdatedTimestamp"]
    return {
        "name": document["AlarmName"],
        "state": document["StateValue"],
        "since": in_utc(document.get("StateTransitionedTimestamp", updated)),
        "metric": _metric(document),
        "condition": _condition(document),
        "because": document.get("StateReason", ""),
        "acts": document.get("ActionsEnabled", True),
    }


def _condition(document: Document) -> str:
    periods = document.get("EvaluationPeriods", 1)
    needed = document.get("DatapointsToAlarm", periods)
    length = _period_s(document)
    spans = f"{needed} of {periods}" + (f" x {length} s" if length else " periods")
    return f"{_comparison(document)}, {spans}"


def _metric(document: Document) -> str:
    """ "" for metric math, which is shown with its policy."""
    if "MetricName" not in document:
        return ""
    statistic = document.get("Statistic") or document.get("ExtendedStatistic", "")
    return metric_name(document, statistic)


def _comparison(document: Document) -> str:
    comparison = document.get("ComparisonOperator", "?")
    if "Threshold" not in document:
        return f"{comparison} of an anomaly detection band"
    return f"{_COMPARISONS.get(comparison, comparison)} {document['Threshold']:g}"


def _period_s(document: Document) -> int | None:
    """Metric math has the period of its metrics."""
    if "Period" in document:
        return int(document["Period"])
    stats = (q["MetricStat"] for q in document.get("Metrics", ()) if "MetricStat" in q)
    return next((int(stat["Period"]) for stat in stats), None)
