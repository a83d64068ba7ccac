"""The scaling that the file asks for, as documents of Application Auto Scaling and CloudWatch.

Documents are the arguments of RegisterScalableTarget, PutScalingPolicy and PutMetricAlarm; the
alarm names its policy by `policy_reference`. A variant of one instance type follows SageMaker's
high-resolution metric, every 10 seconds. A mixed fleet needs Lowtide's metric; target tracking
evaluates a custom metric every minute.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lowtide.domain.endpoint import (
    FOLLOWED,
    ManagedEndpoint,
    ManagedScaling,
    Metering,
    ScalingPolicy,
)
from lowtide.domain.scaling.step_policy import alarm_settings, step_configuration
from lowtide.domain.snapshot import Document, Scaling, content_hash, policy_reference, resource_id

type Types = Mapping[str, Sequence[str]]  # instance types by variant, as its configuration has them

TRACKING, STEPS = "lowtide-target-tracking", "lowtide-fast-lane"
HIGH_RESOLUTION = "SageMakerVariantConcurrentRequestsPerModelHighResolution"


def alarm_name(endpoint: str, variant: str) -> str:
    """The name of the step policy's alarm. Names of endpoints and variants have no slash."""
    return f"lowtide-{endpoint}/{variant}/fast-lane"


def asked_for(managed: ManagedEndpoint, config_name: str) -> str:
    """A hash of the file's scaling and of the configuration in use, which has the instance types;
    "" where the file asks for no scaling. Floors are the planner's to apply."""
    scaling, metering = managed.scaling, managed.metering
    if scaling is None:
        return ""
    capacities = asdict(metering.capacities) if metering else None
    applied = {key: value for key, value in asdict(scaling).items() if key != "floors"}
    asked = [config_name, applied, capacities]
    return content_hash(json.dumps(asked, sort_keys=True, default=str))[:16]


def desired_documents(managed: ManagedEndpoint, types: Types) -> Scaling:
    """What each variant of `types` is to have. Every type has a capacity: the step is blocked where
    one has none."""
    scaling, metering = managed.scaling, managed.metering
    if scaling is None:
        return Scaling()
    keys = {variant: target_key(managed.name, variant) for variant in types}
    size = {"MinCapacity": scaling.minimum, "MaxCapacity": scaling.maximum}
    targets = tuple(key | size for key in keys.values())
    policy = scaling.policy
    if policy is None or metering is None:
        return Scaling(targets)
    stepped = list(types) if policy.fast_lane else []
    return Scaling(
        targets=targets,
        policies=(
            *(keys[v] | _tracking(managed.name, v, types[v], policy, metering) for v in types),
            *(keys[v] | _step_policy(scaling, policy, metering) for v in stepped),
        ),
        alarms=tuple(_alarm(managed.name, v, policy, metering) for v in stepped),
    )


def target_key(endpoint: str, variant: str) -> dict[str, Any]:
    """What names the scalable target in each call."""
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": resource_id(endpoint, variant),
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }


def _tracking(
    endpoint: str, variant: str, types: Sequence[str], policy: ScalingPolicy, metering: Metering
) -> dict[str, Any]:
    capacities = metering.capacities
    metric: dict[str, Any]
    if len(set(types)) > 1:
        capacity = capacities.of_reference
        followed = _metric(endpoint, variant, policy) | {"Statistic": "Average"}
        metric = {"CustomizedMetricSpecification": followed}
    else:
        capacity = capacities.by_type[types[0]]
        metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": HIGH_RESOLUTION}}
    return {
        "PolicyName": TRACKING,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": _target(policy, capacity),
            **metric,
            "ScaleInCooldown": int(policy.in_.total_seconds()),
            "ScaleOutCooldown": int(policy.out.total_seconds()),
        },
    }


def _step_policy(
    scaling: ManagedScaling, policy: ScalingPolicy, metering: Metering
) -> dict[str, Any]:
    threshold = _target(policy, metering.capacities.of_reference)
    return {
        "PolicyName": STEPS,
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": step_configuration(scaling, policy, threshold),
    }


def _alarm(endpoint: str, variant: str, policy: ScalingPolicy, metering: Metering) -> Document:
    """On Lowtide's metric also where there is one type: its unit is the reference type's."""
    return {
        "AlarmName": alarm_name(endpoint, variant),
        "AlarmDescription": "Kept by Lowtide: adds instances at once, by its fast lane",
        "AlarmActions": [policy_reference(resource_id(endpoint, variant), STEPS)],
        **_metric(endpoint, variant, policy),
        **alarm_settings(_target(policy, metering.capacities.of_reference)),
    }


def _metric(endpoint: str, variant: str, policy: ScalingPolicy) -> dict[str, Any]:
    return {
        "Namespace": "Lowtide",
        "MetricName": str(FOLLOWED[policy.metric]),
        "Dimensions": [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant},
        ],
    }


def _target(policy: ScalingPolicy, capacity: float) -> float:
    """Rounded, as 0.1 x 3 is 0.3 to people and not to floats."""
    return round(policy.target * capacity, 9)
