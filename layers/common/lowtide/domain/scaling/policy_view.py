"""A scaling policy in plain words, for `status`.

The documents are those of DescribeScalingPolicies, or of a snapshot.
"""

from collections.abc import Mapping
from typing import Any

from lowtide.domain.scaling.diff import OWN_POLICIES
from lowtide.domain.snapshot import Document

_DEFAULT_COOLDOWN = "300 s, AWS's default"  # both ways, for a variant of SageMaker
_COOLDOWNS = {"ScaleOutCooldown": "out", "ScaleInCooldown": "in", "Cooldown": "both ways"}


def policy_in_words(document: Document) -> dict[str, Any]:
    """Target tracking has a `target`, step scaling has `steps`; `terms` are what the ids of a
    metric math expression stand for."""
    kind, name = document["PolicyType"], document["PolicyName"]
    config = document.get(f"{kind}PolicyConfiguration", {})
    describe = {"TargetTrackingScaling": _tracking, "StepScaling": _stepping}.get(kind)
    parts = {
        "name": name,
        "type": kind,
        "managed_by": "managed by Lowtide" if name in OWN_POLICIES else "set up outside Lowtide",
        **(describe(config) if describe else {}),
    }
    return {key: value for key, value in parts.items() if value not in (None, "", [])}


def _tracking(config: Document) -> dict[str, Any]:
    tracks, terms = _metric(config)
    return {
        "tracks": tracks,
        "terms": terms,
        "target": config["TargetValue"],
        "cooldown": _cooldown(config, "ScaleOutCooldown", "ScaleInCooldown"),
        "scales_in": not config.get("DisableScaleIn", False),
    }


def _metric(config: Document) -> tuple[str, Mapping[str, str] | None]:
    predefined = config.get("PredefinedMetricSpecification")
    if predefined:
        return predefined["PredefinedMetricType"], None
    custom = config.get("CustomizedMetricSpecification", {})
    if "Metrics" not in custom:
        return metric_name(custom, custom.get("Statistic", "")), None
    queries = custom["Metrics"]
    result = next((query for query in queries if query.get("ReturnData", True)), queries[-1])
    terms = {query["Id"]: _term(query) for query in queries if query is not result}
    return _term(result), terms


def _term(query: Document) -> str:
    if "Expression" in query:
        return str(query["Expression"])
    stat = query["MetricStat"]
    return metric_name(stat["Metric"], stat["Stat"])


def metric_name(metric: Document, statistic: str) -> str:
    """Without the dimensions of the endpoint and its variant: the reader knows them."""
    others = ", ".join(
        f"{dimension['Name']}={dimension['Value']}"
        for dimension in metric.get("Dimensions", ())
        if dimension["Name"] not in ("EndpointName", "VariantName")
    )
    name = f"{statistic} of {metric.get('Namespace', '?')} {metric.get('MetricName', '?')}"
    return f"{name} ({others})" if others else name


def _stepping(config: Document) -> dict[str, Any]:
    steps = config.get("StepAdjustments", ())
    return {
        "steps": [f"{_range(step)}: {_adjustment(step, config)}" for step in steps],
        "cooldown": _cooldown(config, "Cooldown"),
    }


def _range(step: Document) -> str:
    """Bounds are relative to the alarm's threshold."""
    lower, upper = step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound")
    if lower is None and upper is None:
        return "anywhere"
    if upper is None:
        return f"from {_bound(lower)} up"
    if lower is None:
        return f"from {_bound(upper)} down"
    return f"from {_bound(lower)} to {_bound(upper)}"


def _bound(distance: float | None) -> str:
    if not distance:
        return "the threshold"
    return f"the threshold {'+' if distance > 0 else '-'} {abs(distance):g}"


def _adjustment(step: Document, config: Document) -> str:
    by = step["ScalingAdjustment"]
    match config.get("AdjustmentType"):
        case "ExactCapacity":
            return f"to {_instances(by)}"
        case "PercentChangeInCapacity":
            least = config.get("MinAdjustmentMagnitude")
            return f"{by:+} %" + (f", at least {_instances(least)}" if least else "")
        case _:
            return f"{by:+} {_noun(by)}"


def _instances(count: int) -> str:
    return f"{count} {_noun(count)}"


def _noun(count: int) -> str:
    return "instance" if abs(count) == 1 else "instances"


def _cooldown(config: Document, *keys: str) -> dict[str, str]:
    return {
        _COOLDOWNS[key]: f"{config[key]} s" if key in config else _DEFAULT_COOLDOWN for key in keys
    }
