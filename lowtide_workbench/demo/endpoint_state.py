"""Everything about the endpoint that its owner set, read through AWS's own API.

Deliberately apart from Lowtide's snapshots: the demo judges them, so it must not share their code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import boto3

from lowtide_workbench.demo.endpoint import ENDPOINT, RESOURCE
from lowtide_workbench.report.model import Comparison

_FLOOR = "target [0].MinCapacity"
# What AWS makes anew, or measures: nothing that anybody set.
_NOT_SET_BY_ANYBODY = {
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
class Photograph:
    taken_at: datetime
    fields: Mapping[str, str]


def take(now: datetime, resource: str = RESOURCE) -> Photograph:
    """The endpoint must exist. Of several variants only the scaling of `resource` is read."""
    return Photograph(now, dict(_leaves("", _everything(resource))))


def with_floor(photograph: Photograph, floor: int | None) -> Photograph:
    """As it would look had its scheduled actions gone on; `floor` is what the newest asks for."""
    if floor is None:
        return photograph
    return replace(photograph, fields={**photograph.fields, _FLOOR: str(floor)})


def compare(evening: Photograph, morning: Photograph) -> Comparison:
    paths = sorted(evening.fields.keys() | morning.fields.keys())
    pairs = [
        (path, evening.fields.get(path, "nothing"), morning.fields.get(path, "nothing"))
        for path in paths
    ]
    return Comparison(
        evening=evening.taken_at,
        morning=morning.taken_at,
        fields=len(pairs),
        differences=tuple(
            f"{path}: {before} became {after}" for path, before, after in pairs if before != after
        ),
    )


def _everything(resource: str) -> dict[str, Any]:
    sagemaker: Any = boto3.client("sagemaker")
    autoscaling: Any = boto3.client("application-autoscaling")
    endpoint = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
    target = autoscaling.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource]
    )["ScalableTargets"]
    of_resource = {"ServiceNamespace": "sagemaker", "ResourceId": resource}
    policies = autoscaling.describe_scaling_policies(**of_resource)["ScalingPolicies"]
    actions = autoscaling.describe_scheduled_actions(**of_resource)["ScheduledActions"]
    return {
        "endpoint": endpoint | {"ProductionVariants": _weights(endpoint)},
        "tags": _tags(sagemaker.list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]),
        "target": target,
        "target tags": [
            autoscaling.list_tags_for_resource(ResourceARN=t["ScalableTargetARN"])["Tags"]
            for t in target
        ],
        "policies": {policy["PolicyName"]: _own_part(policy) for policy in policies},
        "scheduled actions": {action["ScheduledActionName"]: action for action in actions},
        "alarms": {a["AlarmName"]: a for a in _alarms(policies)},
    }


def _weights(endpoint: Any) -> dict[str, Any]:
    """How many instances there are is scaling's business, not its owner's."""
    return {v["VariantName"]: v.get("DesiredWeight") for v in endpoint["ProductionVariants"]}


def _tags(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _own_part(policy: Mapping[str, Any]) -> dict[str, Any]:
    """Target tracking names its alarms anew each time; how many there are must stay the same."""
    if policy["PolicyType"] == "TargetTrackingScaling":
        return {**policy, "Alarms": len(policy["Alarms"])}
    return {**policy, "Alarms": [alarm["AlarmName"] for alarm in policy["Alarms"]]}


def _alarms(policies: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those that their owner made, with each action's ARN as the name of the policy it reaches."""
    names = {policy["PolicyARN"]: policy["PolicyName"] for policy in policies}
    stepping = [policy for policy in policies if policy["PolicyType"] == "StepScaling"]
    wanted = [alarm["AlarmName"] for policy in stepping for alarm in policy["Alarms"]]
    if not wanted:
        return
    cloudwatch: Any = boto3.client("cloudwatch")
    for alarm in cloudwatch.describe_alarms(AlarmNames=wanted)["MetricAlarms"]:
        yield {**alarm, "AlarmActions": [names.get(a, "nothing") for a in alarm["AlarmActions"]]}


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for key, child in value.items():
            if key not in _NOT_SET_BY_ANYBODY:
                yield from _leaves(f"{path}.{key}" if path else key, child)
    elif isinstance(value, list) and value:
        for index, child in enumerate(value):
            yield from _leaves(f"{path} [{index}]", child)
    else:
        yield path, str(value)
