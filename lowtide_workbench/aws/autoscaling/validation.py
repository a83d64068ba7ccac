"""What Application Auto Scaling refuses, with its messages."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lowtide_workbench.aws.autoscaling.state import DIMENSION, NAMESPACE, PolicyRecord, TargetRecord
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid
from lowtide_workbench.aws.schedule_expressions import next_run

# Targets of a Region; policies and scheduled actions of a target; step adjustments of a policy.
LIMITS = {"targets": 500, "policies": 50, "actions": 200, "steps": 20}

_COOLDOWNS = ("Cooldown", "ScaleInCooldown", "ScaleOutCooldown")
_ADJUSTMENTS = ("ChangeInCapacity", "PercentChangeInCapacity", "ExactCapacity")


def check_range(smallest: float, largest: float) -> None:
    if smallest < 0:
        raise invalid("Minimum capacity cannot be less than 0")
    if largest < smallest:
        raise invalid("Maximum capacity cannot be less than minimum capacity")


def check_zero(smallest: int, *, asynchronous: bool) -> None:
    """AWS documents zero for asynchronous endpoints only; the text is ours (facts 4, unknown)."""
    if smallest == 0 and not asynchronous:
        raise invalid("Minimum capacity 0 is only supported for asynchronous endpoints.")


def check_type(variant: Mapping[str, Any]) -> None:
    if variant.get("InstanceType") == "ml.t2.medium":
        raise invalid(
            "You cannot register a variant with ml.t2.medium instance type as a scalable target."
        )


def check_policy(target: TargetRecord, policy: PolicyRecord, config: Mapping[str, Any]) -> None:
    if len(config.get("StepAdjustments", ())) > LIMITS["steps"]:
        raise Refusal("LimitExceededException", "Too many step adjustments for this policy.")
    for field in _COOLDOWNS:
        if config.get(field, 0) < 0:
            raise invalid(f"{field} must be greater than or equal to 0.")
    if not policy.tracks:
        _check_steps(config)
    elif config["TargetValue"] <= 0:
        raise invalid("TargetValue must be greater than 0.")
    others = [other for other in target.policies.values() if other.tracks and other is not policy]
    for field in ("PredefinedMetricSpecification", "CustomizedMetricSpecification"):
        given = config.get(field) if policy.tracks else None
        if given is not None and any(other.config.get(field) == given for other in others):
            raise invalid(
                "Only one TargetTrackingScaling policy for a given metric specification is allowed."
            )


def _check_steps(config: Mapping[str, Any]) -> None:
    """Refuses intervals that overlap or leave a gap; only the outer bounds may be open."""
    if config.get("AdjustmentType") not in _ADJUSTMENTS:
        raise invalid(f"AdjustmentType must be one of {', '.join(_ADJUSTMENTS)}.")
    steps = config.get("StepAdjustments") or ()
    if not steps:
        raise invalid("At least one step adjustment is required.")
    bounds = sorted(
        (
            step.get("MetricIntervalLowerBound", -math.inf),
            step.get("MetricIntervalUpperBound", math.inf),
        )
        for step in steps
    )
    if any(lower >= upper for lower, upper in bounds):
        raise invalid("The lower bound of a step adjustment must be below its upper bound.")
    for (_, upper), (lower, _) in pairwise(bounds):
        if upper > lower:
            raise invalid("The intervals of step adjustments must not overlap.")
        if upper < lower:
            raise invalid("There must be no gap between the intervals of step adjustments.")


def first_run(request: Mapping[str, Any], now: datetime) -> datetime:
    """The first run after `now`. Refuses an at(...) and an EndTime that have passed, and an EndTime
    before StartTime, in words of our own."""
    schedule, start = request.get("Schedule", ""), request.get("StartTime", now.timestamp())
    if request.get("EndTime", math.inf) <= now.timestamp():
        raise invalid("EndTime must be in the future")
    if request.get("EndTime", math.inf) < start:
        raise invalid("EndTime must not be before StartTime")
    since, timezone = datetime.fromtimestamp(start, UTC), request.get("Timezone", "UTC")
    _check_timezone(timezone)  # next_run does not read it for a rate
    try:
        first = next_run(schedule, timezone, since, now)
    except (ValueError, KeyError, OverflowError):  # the last: beyond the year 9999
        raise invalid(f"Invalid schedule expression: {schedule}") from None
    if first is None:
        raise invalid(f"Schedule expression has no run in the future: {schedule}")
    return first.astimezone(UTC)


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # OSError: the name of a folder
        raise invalid(f"Invalid time zone: {name}") from None


def endpoint_and_variant(resource: str) -> tuple[str, str]:
    match resource.split("/"):
        case ["endpoint", endpoint, "variant", variant]:
            return endpoint, variant
    raise invalid(f"Unsupported service namespace, resource type or scalable dimension: {resource}")


def is_sagemaker(request: Mapping[str, Any]) -> bool:
    return request.get("ServiceNamespace") == NAMESPACE


def check_supported(request: Mapping[str, Any]) -> None:
    if not is_sagemaker(request) or request.get("ScalableDimension") != DIMENSION:
        raise invalid("Unsupported service namespace, resource type or scalable dimension")


def not_found(what: str, request: Mapping[str, Any], suffix: str = "") -> Refusal:
    return Refusal(
        "ObjectNotFoundException",
        f"{what}: {NAMESPACE}, resource ID: {request['ResourceId']}, "
        f"scalable dimension: {DIMENSION}{suffix}",
    )
