"""Is the scaling that the file asks for there, once, beside what a person made?

Written from the file's text, with AWS's API: the check shares no code with what it checks.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3

from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE, VARIANT

_BY_HAND = {"follow-weighted-concurrency", "jump-when-full"}
_TRACKING, _LANE = "lowtide-target-tracking", "lowtide-fast-lane"
_ALARM = f"lowtide-{ENDPOINT}/{VARIANT}/fast-lane"


def not_as_the_file_asks() -> Iterator[str]:
    autoscaling: Any = boto3.client("application-autoscaling")
    found = autoscaling.describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=RESOURCE
    )["ScalingPolicies"]
    policies = {policy["PolicyName"]: policy for policy in found}
    if set(policies) != _BY_HAND | {_TRACKING, _LANE}:
        yield f"the policies are {', '.join(sorted(policies))}"
        return
    metrics = Counter(_followed(policy) for policy in found if _tracks(policy))
    if metrics != {("WeightedConcurrency", 7.5): 1, ("ExactConcurrency", 7.5): 1}:
        yield f"target tracking follows {dict(metrics)}"
    yield from _lane(policies[_LANE]["PolicyARN"])


def _tracks(policy: Any) -> bool:
    return bool(policy["PolicyType"] == "TargetTrackingScaling")


def _followed(policy: Any) -> tuple[str, float]:
    config = policy["TargetTrackingScalingPolicyConfiguration"]
    return config["CustomizedMetricSpecification"]["MetricName"], config["TargetValue"]


def _lane(arn: str) -> Iterator[str]:
    cloudwatch: Any = boto3.client("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNamePrefix=f"lowtide-{ENDPOINT}")["MetricAlarms"]
    seen = [(a["AlarmName"], a["Period"], a["Threshold"], a["AlarmActions"]) for a in found]
    if seen != [(_ALARM, 10, 7.5, [arn])]:
        yield f"the alarms are {seen}"
