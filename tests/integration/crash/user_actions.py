"""What a person does to the endpoint by hand, in AWS's console, and what was wanted last."""

from dataclasses import dataclass, field, replace
from typing import Any

import boto3

from lowtide_workbench.demo.endpoint import CONFIG, ENDPOINT, RESOURCE

OTHER_CONFIG = f"{CONFIG}-2"
_ABOUT = {"ServiceNamespace": "sagemaker", "ResourceId": RESOURCE}
_OF_RESOURCE = _ABOUT | {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of the many fields that a person can set, one of each kind."""

    config: str
    range: tuple[int, int] | None
    policies: dict[str, float | None] = field(default_factory=dict)  # its target, if it tracks one
    actions: frozenset[str] = frozenset()

    def but(self, **changes: Any) -> "Wanted":
        return replace(self, **changes)


class Person:
    def __init__(self) -> None:
        self._sagemaker: Any = boto3.client("sagemaker")
        self._autoscaling: Any = boto3.client("application-autoscaling")

    def sees(self) -> Wanted:
        """As it is now; the endpoint must be there."""
        endpoint = self._sagemaker.describe_endpoint(EndpointName=ENDPOINT)
        targets = self._autoscaling.describe_scalable_targets(
            ServiceNamespace="sagemaker", ResourceIds=[RESOURCE]
        )["ScalableTargets"]
        policies = self._autoscaling.describe_scaling_policies(**_ABOUT)["ScalingPolicies"]
        actions = self._autoscaling.describe_scheduled_actions(**_ABOUT)["ScheduledActions"]
        return Wanted(
            config=endpoint["EndpointConfigName"],
            range=(targets[0]["MinCapacity"], targets[0]["MaxCapacity"]) if targets else None,
            policies={policy["PolicyName"]: _target(policy) for policy in policies},
            actions=frozenset(action["ScheduledActionName"] for action in actions),
        )

    def sees_it_suspended(self) -> bool:
        """All its scaling, which no person asks for."""
        targets = self._autoscaling.describe_scalable_targets(
            ServiceNamespace="sagemaker", ResourceIds=[RESOURCE]
        )["ScalableTargets"]
        states = [target.get("SuspendedState", {}) for target in targets]
        return any(state and all(state.values()) for state in states)

    def puts_policy(self, name: str, target: float) -> None:
        metric = {"Namespace": "Mine", "MetricName": name, "Statistic": "Average"}
        self._autoscaling.put_scaling_policy(
            **_OF_RESOURCE,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": target,
                "CustomizedMetricSpecification": metric,
            },
        )

    def deletes_action(self, name: str) -> None:
        self._autoscaling.delete_scheduled_action(**_OF_RESOURCE, ScheduledActionName=name)


def _target(policy: Any) -> float | None:
    found = policy.get("TargetTrackingScalingPolicyConfiguration", {}).get("TargetValue")
    return float(found) if found is not None else None
