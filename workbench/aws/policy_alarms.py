"""The two alarms of a target-tracking policy."""

from collections.abc import Mapping
from typing import Any

from workbench.aws import metric_math
from workbench.aws.alarms import Alarm
from workbench.aws.metric_query import Query, Statistic
from workbench.aws.metric_store import MetricName, metric
from workbench.aws.scaling_target import Policy, Target
from workbench.fleet.tracking import HIGH_RESOLUTION, LOW_SHARE, STANDARD, AlarmShape

# Metric and statistic behind each predefined type of a variant. That the concurrency is
# averaged follows every published sample; the metric's own reference names Min and Max only.
_PREDEFINED = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum"),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        "ConcurrentRequestsPerModel",
        "Average",
    ),
}


def alarms_of(policy: Policy, target: Target) -> tuple[Alarm, Alarm]:
    """High and low. ValueError: not a metric that a variant can be tracked by."""
    shapes = HIGH_RESOLUTION if _high_resolution(policy.config) else STANDARD
    goal = float(policy.config["TargetValue"])
    return (
        _alarm(policy, target, policy.high_alarm, "GreaterThanThreshold", goal, shapes.high),
        _alarm(policy, target, policy.low_alarm, "LessThanThreshold", goal * LOW_SHARE, shapes.low),
    )


def _alarm(
    policy: Policy, target: Target, name: str, comparison: str, threshold: float, shape: AlarmShape
) -> Alarm:
    return Alarm(
        name=name,
        queries=queries_of(policy.config, target, shape.period_s),
        period=shape.period_s,
        periods=shape.periods,
        threshold=threshold,
        comparison=comparison,
        actions=(policy.arn,),
    )


def queries_of(config: Mapping[str, Any], target: Target, period: int) -> tuple[Query, ...]:
    if predefined := config.get("PredefinedMetricSpecification"):
        return (Query("m1", _predefined(predefined["PredefinedMetricType"], target, period)),)
    custom = config.get("CustomizedMetricSpecification")
    if not custom:
        raise ValueError("a metric specification is required")
    if "Metrics" in custom:
        return tuple(_query(each, period) for each in custom["Metrics"])
    return (Query("m1", Statistic(_metric(custom), custom["Statistic"], period)),)


def _predefined(kind: str, target: Target, period: int) -> Statistic:
    if kind not in _PREDEFINED:
        raise ValueError(f"{kind} is not a metric of a variant")
    name, statistic = _PREDEFINED[kind]
    dimensions = {"EndpointName": target.endpoint, "VariantName": target.variant}
    return Statistic(metric("AWS/SageMaker", name, **dimensions), statistic, period)


def _query(given: Mapping[str, Any], period: int) -> Query:
    returned = given.get("ReturnData", True)
    if "Expression" in given:
        metric_math.names(given["Expression"])  # refuses what is not played, now rather than later
        return Query(given["Id"], given["Expression"], returned)
    stat = given["MetricStat"]
    return Query(given["Id"], Statistic(_metric(stat["Metric"]), stat["Stat"], period), returned)


def _metric(given: Mapping[str, Any]) -> MetricName:
    pairs = ((each["Name"], each["Value"]) for each in given.get("Dimensions", ()))
    return MetricName(given["Namespace"], given["MetricName"], frozenset(pairs))


def _high_resolution(config: Mapping[str, Any]) -> bool:
    predefined = config.get("PredefinedMetricSpecification", {})
    return str(predefined.get("PredefinedMetricType", "")).endswith("HighResolution")
