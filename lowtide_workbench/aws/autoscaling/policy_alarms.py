"""The two alarms of a target-tracking policy, as Application Auto Scaling puts them."""

from collections.abc import Iterator, Mapping
from typing import Any

from lowtide_workbench.aws.autoscaling.state import PolicyRecord, TargetRecord
from lowtide_workbench.fleet.tracking import HIGH_RESOLUTION, LOW_SHARE, STANDARD, AlarmShape

type Document = dict[str, Any]

# Metric and statistic behind each predefined type of a variant. That the concurrency is
# averaged follows every published sample; the metric's own reference names Min and Max only.
_PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum"),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        "ConcurrentRequestsPerModel",
        "Average",
    ),
}


def alarms_of(policy: PolicyRecord, target: TargetRecord) -> Iterator[Document]:
    """The PutMetricAlarm requests of both alarms; ValueError for a metric that no variant has."""
    shapes = HIGH_RESOLUTION if _high_resolution(policy.config) else STANDARD
    goal = float(policy.config["TargetValue"])
    yield _alarm(policy, target, policy.high_alarm, "GreaterThanThreshold", goal, shapes.high)
    low = goal * LOW_SHARE
    yield _alarm(policy, target, policy.low_alarm, "LessThanThreshold", low, shapes.low)


def _alarm(
    policy: PolicyRecord,
    target: TargetRecord,
    name: str,
    comparison: str,
    threshold: float,
    shape: AlarmShape,
) -> Document:
    return _metric_of(policy.config, target, shape.period_s) | {
        "AlarmName": name,
        "AlarmDescription": (
            f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}."
        ),
        "ActionsEnabled": True,
        "AlarmActions": [policy.arn],
        "EvaluationPeriods": shape.periods,
        "Threshold": threshold,
        "ComparisonOperator": comparison,
    }


def _metric_of(config: Mapping[str, Any], target: TargetRecord, period: int) -> Document:
    predefined = config.get("PredefinedMetricSpecification")
    custom = config.get("CustomizedMetricSpecification")
    if (predefined is None) == (custom is None):
        raise ValueError("a predefined or a customized metric specification is required")
    if predefined is not None:
        return _predefined(predefined["PredefinedMetricType"], target) | {"Period": period}
    if custom is None or "Metrics" in custom:
        return {"Metrics": _several_metrics(custom or {}, period)}
    for field in ("MetricName", "Namespace", "Statistic"):
        if field not in custom:
            raise ValueError(f"{field} is required in a customized metric specification")
    fields = ("MetricName", "Namespace", "Dimensions", "Statistic", "Unit")
    return {field: custom[field] for field in fields if field in custom} | {"Period": period}


def _several_metrics(custom: Mapping[str, Any], period: int) -> list[Document]:
    """The queries with a period of a minute, which a customized metric cannot name (facts 3.2)."""
    if custom.keys() & {"MetricName", "Namespace", "Dimensions", "Statistic", "Unit"}:
        raise ValueError("Metrics and a single metric exclude each other")
    queries: list[Document] = [dict(query) for query in custom["Metrics"]]
    for query in queries:
        if "MetricStat" in query:
            query["MetricStat"] = query["MetricStat"] | {"Period": period}
    return queries


def _predefined(kind: str, target: TargetRecord) -> Document:
    if kind not in _PREDEFINED:
        raise ValueError(f"{kind} is not a metric of a variant")
    name, statistic = _PREDEFINED[kind]
    dimensions = {"EndpointName": target.endpoint, "VariantName": target.variant}
    return {
        "Namespace": "AWS/SageMaker",
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Statistic": statistic,
    }


def _high_resolution(config: Mapping[str, Any]) -> bool:
    predefined = config.get("PredefinedMetricSpecification", {})
    return str(predefined.get("PredefinedMetricType", "")).endswith("HighResolution")
