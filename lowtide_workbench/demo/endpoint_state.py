"""Everything that was set for the endpoint, read through AWS's own API.

Independent of Lowtide's snapshots on purpose: it checks them, so it must not share their code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import boto3

from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE
from lowtide_workbench.report.model import Comparison

_FLOOR = "target [0].MinCapacity"
# What AWS itself assigns or measures; a creation changes it.
_ASSIGNED_BY_AWS = {
    "AlarmConfigurationUpdatedTimestamp",
    "CreationTime",
    "EndpointStatus",
    "LastModifiedTime",
    "PolicyARN",
    "ResponseMetadata",
    "ScalableTargetARN",
    "ScheduledActionARN",
    "StateReason",
    "StateReasonData",
    "StateTransitionedTimestamp",
    "StateUpdatedTimestamp",
    "StateValue",
}


@dataclass(frozen=True, slots=True)
class EndpointState:
    read_at: datetime
    fields: Mapping[str, str]  # by path


def read(now: datetime, resource: str = RESOURCE) -> EndpointState:
    """The state of an endpoint that exists. Of several variants only `resource` is read."""
    return EndpointState(now, dict(_leaves("", _documents(resource))))


def with_floor(state: EndpointState, floor: int | None) -> EndpointState:
    """`state` with the minimum count that the scheduled actions due meanwhile would have set."""
    if floor is None:
        return state
    return replace(state, fields={**state.fields, _FLOOR: str(floor)})


def compare(before: EndpointState, after: EndpointState) -> Comparison:
    paths = sorted(before.fields.keys() | after.fields.keys())
    pairs = [
        (path, before.fields.get(path, "nothing"), after.fields.get(path, "nothing"))
        for path in paths
    ]
    return Comparison(
        before_sleep=before.read_at,
        after_wake=after.read_at,
        fields=len(pairs),
        differences=tuple(f"{path}: {old} became {new}" for path, old, new in pairs if old != new),
    )


def _documents(resource: str) -> dict[str, Any]:
    sagemaker: Any = boto3.client("sagemaker")
    autoscaling: Any = boto3.client("application-autoscaling")
    endpoint = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    target = autoscaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource]
    )["ScalableTargets"]
    of_resource = {"ServiceNamespace": "sagemaker", "ResourceId": resource}
    policies = autoscaling.describe_scaling_policies(**of_resource)["ScalingPolicies"]
    actions = autoscaling.describe_scheduled_actions(**of_resource)["ScheduledActions"]
    # The weights only: the instance counts are scaling's to change.
    weights = {v["VariantName"]: v.get("DesiredWeight") for v in endpoint["ProductionVariants"]}
    tags = sagemaker.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]
    return {
        "endpoint": endpoint | {"ProductionVariants": weights},
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
        "target": target,
        "target tags": [
            autoscaling.list_tags_for_resource(ResourceARN=t["ScalableTargetARN"])["Tags"]
            for t in target
        ],
        "policies": {policy["PolicyName"]: _without_alarms(policy) for policy in policies},
        "scheduled actions": {action["ScheduledActionName"]: action for action in actions},
        "alarms": {alarm["AlarmName"]: alarm for alarm in _alarms(policies)},
    }


def _without_alarms(policy: Mapping[str, Any]) -> dict[str, Any]:
    """The policy with its alarms' names; target tracking renames them, so only their count."""
    if policy["PolicyType"] == "TargetTrackingScaling":
        return {**policy, "Alarms": len(policy["Alarms"])}
    return {**policy, "Alarms": [alarm["AlarmName"] for alarm in policy["Alarms"]]}


def _alarms(policies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The step policies' alarms, each action's ARN replaced by the name of the policy it has."""
    names = {policy["PolicyARN"]: policy["PolicyName"] for policy in policies}
    stepping = [policy for policy in policies if policy["PolicyType"] == "StepScaling"]
    alarm_names = [alarm["AlarmName"] for policy in stepping for alarm in policy["Alarms"]]
    if not alarm_names:
        return
    cloudwatch: Any = boto3.client("cloudwatch")
    for alarm in cloudwatch.describe_alarms(AlarmNames=alarm_names)["MetricAlarms"]:
        yield {**alarm, "AlarmActions": [names.get(a, "nothing") for a in alarm["AlarmActions"]]}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            if key not in _ASSIGNED_BY_AWS:
                yield from _leaves(f"{path}.{key}" if path else key, child)
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _leaves(f"{path} [{index}]", child)
    else:
        yield path, str(value)
