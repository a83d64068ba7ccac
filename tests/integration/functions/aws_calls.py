"""What a person does and sees in AWS, without Lowtide: plain calls about the demo's endpoint."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import boto3

from lowtide_workbench.demo.endpoint import ALARM, CONFIG, ENDPOINT, RESOURCE, STACK, VARIANT

SCALED: dict[str, str] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
NOT_SUSPENDED = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}
ALL_SUSPENDED = dict.fromkeys(NOT_SUSPENDED, True)
STACK_TAG: Any = [{"Key": "lowtide:stack", "Value": STACK}]
TRACKING_BY_HAND, STEPS_BY_HAND = "follow-weighted-concurrency", "jump-when-full"
POLICIES_BY_HAND = {TRACKING_BY_HAND, STEPS_BY_HAND}
ACTIONS_BY_HAND = {"morning-floor", "release-the-floor"}
ONE_TYPE: dict[str, Any] = {
    "VariantName": VARIANT,
    "ModelName": "my-model",
    "InitialInstanceCount": 1,
    "InstanceType": "ml.g6.2xlarge",
}


def sagemaker() -> Any:
    return boto3.client("sagemaker")


def autoscaling() -> Any:
    return boto3.client("application-autoscaling")


def cloudwatch() -> Any:
    return boto3.client("cloudwatch")


def scaled(variant: str, endpoint: str = ENDPOINT) -> dict[str, str]:
    return SCALED | {"ResourceId": f"endpoint/{endpoint}/variant/{variant}"}


# Endpoints


def create_config(name: str, *variants: Mapping[str, Any], **more: Any) -> None:
    sagemaker().create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=variants or [ONE_TYPE], **more
    )


def copy_config(name: str, **more: Any) -> None:
    """Another configuration with the variants of the demo's."""
    first = sagemaker().describe_endpoint_config(EndpointConfigName=CONFIG)
    create_config(name, *first["ProductionVariants"], **more)


def create_endpoint(name: str = ENDPOINT, config: str = CONFIG) -> None:
    sagemaker().create_endpoint(EndpointName=name, EndpointConfigName=config, Tags=STACK_TAG)


def delete_endpoint() -> None:
    sagemaker().delete_endpoint(EndpointName=ENDPOINT)


def endpoint_arn(name: str = ENDPOINT) -> str:
    return str(sagemaker().describe_endpoint(EndpointName=name)["EndpointArn"])


def remove_stack_tag() -> None:
    sagemaker().delete_tags(ResourceArn=endpoint_arn(), TagKeys=["lowtide:stack"])


def add_stack_tag() -> None:
    sagemaker().add_tags(ResourceArn=endpoint_arn(), Tags=STACK_TAG)


def config_in_use(name: str = ENDPOINT) -> str:
    return str(sagemaker().describe_endpoint(EndpointName=name)["EndpointConfigName"])


def variant() -> Any:
    (found,) = sagemaker().describe_endpoint(EndpointName=ENDPOINT)["ProductionVariants"]
    return found


def set_on_variant(**change: float) -> None:
    sagemaker().update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINT, DesiredWeightsAndCapacities=[{"VariantName": VARIANT, **change}]
    )


# Scaling


def targets() -> list[Any]:
    found = autoscaling().describe_scalable_targets(ServiceNamespace="sagemaker")
    return list(found["ScalableTargets"])


def target() -> Any:
    (found,) = targets()
    return found


def ranges() -> dict[str, tuple[int, int]]:
    """Of each variant."""
    return {
        found["ResourceId"].rpartition("/")[2]: (found["MinCapacity"], found["MaxCapacity"])
        for found in targets()
    }


def scaling_range() -> tuple[int, int]:
    return ranges()[VARIANT]


def set_range(smallest: int, largest: int) -> None:
    autoscaling().register_scalable_target(**SCALED, MinCapacity=smallest, MaxCapacity=largest)


def suspended() -> Any:
    return target()["SuspendedState"]


def suspend(state: Mapping[str, bool]) -> None:
    autoscaling().register_scalable_target(**SCALED, SuspendedState=state)


def remove_scaling() -> None:
    """The target, and with it all policies and scheduled actions."""
    autoscaling().deregister_scalable_target(**SCALED)


def policies(variant: str = VARIANT) -> dict[str, Any]:
    found = autoscaling().describe_scaling_policies(
        ServiceNamespace="sagemaker", ResourceId=scaled(variant)["ResourceId"]
    )
    return {policy["PolicyName"]: policy for policy in found["ScalingPolicies"]}


def put_again(policy: Any, **change: Any) -> None:
    kind = f"{policy['PolicyType']}PolicyConfiguration"
    names = ("PolicyName", "PolicyType", kind)
    autoscaling().put_scaling_policy(**SCALED, **{k: policy[k] for k in names} | change)


def put_step_policy(name: str, of: Mapping[str, str]) -> str:
    """The policy's ARN."""
    put = autoscaling().put_scaling_policy(
        **of,
        PolicyName=name,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    )
    return str(put["PolicyARN"])


def delete_policy(name: str) -> None:
    autoscaling().delete_scaling_policy(**SCALED, PolicyName=name)


def actions() -> set[str]:
    found = autoscaling().describe_scheduled_actions(ServiceNamespace="sagemaker")
    return {action["ScheduledActionName"] for action in found["ScheduledActions"]}


def put_action(name: str, schedule: str, **change: int) -> None:
    autoscaling().put_scheduled_action(
        **SCALED,
        ScheduledActionName=name,
        Schedule=schedule,
        Timezone="America/New_York",
        ScalableTargetAction=change,
    )


# Alarms and metrics


def alarms(name: str = ALARM) -> list[Any]:
    return list(cloudwatch().describe_alarms(AlarmNames=[name])["MetricAlarms"])


def alarm_actions(name: str = ALARM) -> set[str]:
    (found,) = alarms(name)
    return set(found["AlarmActions"])


def change_alarm(name: str = ALARM, **change: Any) -> None:
    client = cloudwatch()
    known = client.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    (alarm,) = alarms(name)
    client.put_metric_alarm(**{key: alarm[key] for key in known if key in alarm} | change)


def alarms_of_the_stack() -> dict[str, str]:
    """The state of each by its name in the template; CloudFormation adds a suffix of its own."""
    found = cloudwatch().describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]
    own = {a["AlarmName"].removeprefix(f"{STACK}-"): a["StateValue"] for a in found}
    return {name.rpartition("-")[0]: state for name, state in own.items()}


def raised() -> list[str]:
    """The alarms of the stack that are in ALARM."""
    return sorted(name for name, state in alarms_of_the_stack().items() if state == "ALARM")


def counted(metric: str, **dimensions: str) -> float:
    """The sum of all that Lowtide ever counted."""
    pairs = {"stack": STACK, **dimensions}
    points = cloudwatch().get_metric_statistics(
        Namespace="Lowtide",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in pairs.items()],
        StartTime="2026-11-23T00:00:00Z",
        EndTime="2026-11-25T00:00:00Z",
        Period=86_400,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


def published(since: Any, until: Any, period: int = 60) -> list[Any]:
    """The points of the load metric, oldest first."""
    found = cloudwatch().get_metric_statistics(
        Namespace="Lowtide",
        MetricName="WeightedConcurrency",
        Dimensions=[
            {"Name": "EndpointName", "Value": ENDPOINT},
            {"Name": "VariantName", "Value": VARIANT},
        ],
        StartTime=since,
        EndTime=until,
        Period=period,
        Statistics=["Average", "SampleCount"],
    )["Datapoints"]
    return sorted(found, key=lambda point: point["Timestamp"])


def publish_streams(
    first: datetime, *counts: tuple[float, float], endpoint: str = ENDPOINT
) -> None:
    """TotalStreams as it was published: for so many hours so many, one after the other."""
    at, points = first, []
    for hours, count in counts:
        end = at + timedelta(hours=hours)
        while at < end:
            points.append(
                {
                    "MetricName": "TotalStreams",
                    "Dimensions": [
                        {"Name": "EndpointName", "Value": endpoint},
                        {"Name": "VariantName", "Value": VARIANT},
                    ],
                    "Timestamp": at,
                    "Value": count,
                }
            )
            at += timedelta(minutes=5)
    cloudwatch().put_metric_data(Namespace="Lowtide", MetricData=points)
