"""Scaling of which the file says nothing: a person keeps the policy that follows the load, too."""

from typing import Any

import boto3

from lowtide_workbench.demo.endpoint import (
    DIMENSION,
    LOWTIDE_DIMENSIONS,
    RESOURCE,
    register_target,
    set_up_scaling,
)
from lowtide_workbench.demo.scenario import CAPACITY, PREFERRED, TARGET, Scenario


def set_up_all_scaling(scenario: Scenario) -> None:
    register_target(scenario)
    _follow_the_load()
    set_up_scaling(scenario)


def _follow_the_load() -> None:
    autoscaling: Any = boto3.client("application-autoscaling")
    autoscaling.put_scaling_policy(
        PolicyName="follow-weighted-concurrency",
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension=DIMENSION,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": CAPACITY[PREFERRED] * TARGET,
            "CustomizedMetricSpecification": {
                "Namespace": "Lowtide",
                "MetricName": "WeightedConcurrency",
                "Dimensions": LOWTIDE_DIMENSIONS,
                "Statistic": "Average",
            },
            "ScaleInCooldown": 300,
            "ScaleOutCooldown": 60,
        },
    )
