"""What is set on an endpoint, read by plain calls of AWS, and what its ranges must be by now."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.functions.aws_calls import autoscaling, cloudwatch, sagemaker
from tests.month.fleet import Spec

type Settings = dict[str, Any]
_ACTION = re.compile(r"cron\((\d+) (\d+) \* \* \? \*\)")
_CHANGES = {  # by AWS, at each creation or change
    "PolicyARN",
    "ScheduledActionARN",
    "CreationTime",
    "Alarms",
    "AlarmArn",
    "StateValue",
    "StateReason",
    "StateReasonData",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
    "AlarmConfigurationUpdatedTimestamp",
}


def read(spec: Spec) -> Settings:
    """Without what Lowtide names its own."""
    endpoint = sagemaker().describe_endpoint(EndpointName=spec.name)
    resources = [f"endpoint/{spec.name}/variant/{variant}" for variant in spec.variants]
    targets = autoscaling().describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=resources
    )["ScalableTargets"]
    scaled = {target["ResourceId"].rpartition("/")[2] for target in targets}
    tags = sagemaker().list_tags(ResourceArn=endpoint["EndpointArn"])["Tags"]
    variants = endpoint["ProductionVariants"]
    policies, actions = dict[str, Any](), dict[str, Any]()
    for resource in resources if targets else ():
        of = {"ServiceNamespace": "sagemaker", "ResourceId": resource}
        for policy in autoscaling().describe_scaling_policies(**of)["ScalingPolicies"]:
            policies[f"{resource} {policy['PolicyName']}"] = policy
        for action in autoscaling().describe_scheduled_actions(**of)["ScheduledActions"]:
            actions[f"{resource} {action['ScheduledActionName']}"] = _stable(action)
    own = {key: policy for key, policy in policies.items() if " lowtide-" not in key}
    return {
        "config": endpoint["EndpointConfigName"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
        "weights": {v["VariantName"]: v["DesiredWeight"] for v in variants},
        "counts": {
            v["VariantName"]: v["DesiredInstanceCount"]
            for v in variants
            if v["VariantName"] not in scaled
        },
        "ranges": {
            t["ResourceId"].rpartition("/")[2]: (t["MinCapacity"], t["MaxCapacity"])
            for t in targets
        },
        "suspended": {t["ResourceId"]: t.get("SuspendedState") for t in targets},
        "policies": {key: _stable(policy) for key, policy in own.items()},
        "actions": actions,
        "alarms": dict(_alarms(own)),
    }


def _stable(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in document.items() if key not in _CHANGES}


def _alarms(policies: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Of step policies, each with the names of the policies that it triggers."""
    steps = {p["PolicyARN"]: key for key, p in policies.items() if p["PolicyType"] == "StepScaling"}
    names = sorted({a["AlarmName"] for p in policies.values() for a in p["Alarms"]})
    found = cloudwatch().describe_alarms(AlarmNames=names)["MetricAlarms"] if names else []
    for alarm in found:
        triggers = [steps.get(arn, "nothing") for arn in alarm["AlarmActions"]]
        if set(alarm["AlarmActions"]) & steps.keys():
            yield alarm["AlarmName"], {**_stable(alarm), "AlarmActions": triggers}


def as_of(now: datetime, settings: Settings, since: datetime) -> Settings:
    """`settings` with the ranges that the scheduled actions due since then give."""
    ranges = dict(settings["ranges"])
    due = [
        (at, key, action["ScalableTargetAction"])
        for key, action in settings["actions"].items()
        for at in firings(action, since, now)
    ]
    for _, key, moved in sorted(due, key=lambda each: each[0]):
        ranges[key.split()[0].rpartition("/")[2]] = (moved["MinCapacity"], moved["MaxCapacity"])
    return {**settings, "ranges": ranges}


def firings(action: Mapping[str, Any], since: datetime, until: datetime) -> Iterator[datetime]:
    """The instants in (since, until] of an action that is due once a day."""
    match = _ACTION.fullmatch(action["Schedule"])
    if match is None:
        raise ValueError(action["Schedule"])
    clock = ZoneInfo(action["Timezone"])
    day = since.astimezone(clock).date()
    while day <= until.astimezone(clock).date():
        at = datetime(day.year, day.month, day.day, int(match[2]), int(match[1]), tzinfo=clock)
        if since < at.astimezone(since.tzinfo) <= until:
            yield at.astimezone(since.tzinfo)
        day += timedelta(days=1)


def differences(wanted: Settings, live: Settings) -> Iterator[str]:
    for key in wanted:
        if wanted[key] != live[key]:
            yield f"{key} should be {wanted[key]}, and is {live[key]}"
