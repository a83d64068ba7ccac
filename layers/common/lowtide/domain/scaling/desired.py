"""What Application Auto Scaling is to hold for each variant, as the file asks for it.

Documents are the arguments of RegisterScalableTarget, PutScalingPolicy and PutMetricAlarm; the
alarm names its policy by `policy_reference`. A variant whose configuration has one instance type
follows SageMaker's own metric, at 10 seconds; target tracking of any other sees whole minutes only.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import FOLLOWED, Metering
from lowtide.domain.endpoint.scaling_policy import ManagedScaling, Policy
from lowtide.domain.scaling.step_policy import step_scaling, watching
from lowtide.domain.snapshot.policy_reference import policy_reference, resource_id
from lowtide.domain.snapshot.snapshot import Document, Scaling, content_hash

type Types = Mapping[str, Sequence[str]]  # instance types by variant, as its configuration has them

TRACKING, LANE = "lowtide-target-tracking", "lowtide-fast-lane"
HIGH_RESOLUTION = "SageMakerVariantConcurrentRequestsPerModelHighResolution"


def alarm_name(endpoint: str, variant: str) -> str:
    """Endpoints and variants have hyphens in their names, and no slash."""
    return f"lowtide-{endpoint}/{variant}/fast-lane"


def asked_for(managed: ManagedEndpoint, config_name: str) -> str:
    """Another text when the file asks for something else, or the configuration in use is another;
    "" where nothing is asked for."""
    scaling, metering = managed.scaling, managed.metering
    if scaling is None:
        return ""
    capacities = asdict(metering.capacities) if metering else None
    asked = [config_name, asdict(scaling), capacities]
    return content_hash(json.dumps(asked, sort_keys=True, default=str))[:16]


def documents(managed: ManagedEndpoint, types: Types) -> Scaling:
    """Nothing is asked of a type without a capacity: that is refused before."""
    scaling, metering = managed.scaling, managed.metering
    if scaling is None:
        return Scaling()
    keys = {variant: _key(managed.name, variant) for variant in types}
    size = {"MinCapacity": scaling.minimum, "MaxCapacity": scaling.maximum}
    targets = tuple(key | size for key in keys.values())
    policy = scaling.policy
    if policy is None or metering is None:
        return Scaling(targets)
    names = list(types) if policy.fast_lane else []
    return Scaling(
        targets=targets,
        policies=(
            *(keys[v] | _tracking(managed.name, v, types[v], policy, metering) for v in types),
            *(keys[v] | _lane(scaling, policy, metering) for v in names),
        ),
        alarms=tuple(_alarm(managed.name, v, policy, metering) for v in names),
    )


def _key(endpoint: str, variant: str) -> dict[str, Any]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": resource_id(endpoint, variant),
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }


def _tracking(
    endpoint: str, variant: str, types: Sequence[str], policy: Policy, metering: Metering
) -> dict[str, Any]:
    mixed = len(set(types)) > 1
    capacity = metering.capacities
    most = capacity.of_reference if mixed else capacity.by_type[types[0]]
    metric = (
        {"CustomizedMetricSpecification": _figure(endpoint, variant, policy) | _MEAN}
        if mixed
        else {"PredefinedMetricSpecification": {"PredefinedMetricType": HIGH_RESOLUTION}}
    )
    rests = {
        "ScaleInCooldown": int(policy.in_.total_seconds()),
        "ScaleOutCooldown": int(policy.out.total_seconds()),
    }
    return {
        "PolicyName": TRACKING,
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": _target(policy, most),
            **metric,
            **rests,
        },
    }


def _lane(scaling: ManagedScaling, policy: Policy, metering: Metering) -> dict[str, Any]:
    return {
        "PolicyName": LANE,
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": step_scaling(
            scaling, policy, _target(policy, metering.capacities.of_reference)
        ),
    }


def _alarm(endpoint: str, variant: str, policy: Policy, metering: Metering) -> Document:
    """On Lowtide's figure, whose unit is the reference type, even where there is one type."""
    return {
        "AlarmName": alarm_name(endpoint, variant),
        "AlarmDescription": "Kept by Lowtide: adds instances at once, by its fast lane",
        "AlarmActions": [policy_reference(resource_id(endpoint, variant), LANE)],
        **_figure(endpoint, variant, policy),
        **watching(_target(policy, metering.capacities.of_reference)),
    }


_MEAN = {"Statistic": "Average"}


def _figure(endpoint: str, variant: str, policy: Policy) -> dict[str, Any]:
    return {
        "Namespace": "Lowtide",
        "MetricName": str(FOLLOWED[policy.metric]),
        "Dimensions": [
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant},
        ],
    }


def _target(policy: Policy, capacity: float) -> float:
    """0.1 x 3 is 0.3, whatever floats say."""
    return round(policy.target * capacity, 9)
