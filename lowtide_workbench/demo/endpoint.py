"""The endpoint of the demo, set up by the calls that AWS's and Deepgram's guides show."""

from datetime import datetime, timedelta
from typing import Any

import boto3

from lowtide_workbench.demo.scenario import FALLBACK, PREFERRED, TIMEZONE, Scenario

ENDPOINT = "my-deepgram-endpoint"
CONFIG = "my-deepgram-endpoint-config"
VARIANT = "AllTraffic"
STACK = "lowtide-demo"
ALARM = "my-deepgram-endpoint-is-full"
RESOURCE = f"endpoint/{ENDPOINT}/variant/{VARIANT}"
DIMENSION = "sagemaker:variant:DesiredInstanceCount"
_SATURDAY = 5
LOWTIDE_DIMENSIONS = [
    {"Name": "EndpointName", "Value": ENDPOINT},
    {"Name": "VariantName", "Value": VARIANT},
]


def create_endpoint() -> None:
    sagemaker: Any = boto3.client("sagemaker")
    sagemaker.create_model(
        ModelName="my-model",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/sagemaker-execution",
        PrimaryContainer={"ModelPackageName": "deepgram-streaming-stt"},
        EnableNetworkIsolation=True,
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName=CONFIG,
        ProductionVariants=[
            {
                "VariantName": VARIANT,
                "ModelName": "my-model",
                "InitialInstanceCount": 2,
                "InstancePools": [
                    {"InstanceType": PREFERRED, "Priority": 1},
                    {"InstanceType": FALLBACK, "Priority": 2},
                ],
                "VariantInstanceProvisionTimeoutInSeconds": 600,
                "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"},
            }
        ],
    )
    sagemaker.create_endpoint(
        EndpointName=ENDPOINT,
        EndpointConfigName=CONFIG,
        Tags=[
            {"Key": "team", "Value": "voice"},
            {"Key": "cost-center", "Value": "4711"},
            {"Key": "lowtide:stack", "Value": STACK},
        ],
    )


def register_target(scenario: Scenario) -> None:
    autoscaling: Any = boto3.client("application-autoscaling")
    autoscaling.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension=DIMENSION,
        MinCapacity=1,
        MaxCapacity=scenario.max_instances,
        Tags={"team": "voice"},
    )


def set_up_scaling(scenario: Scenario) -> None:
    """A step policy and two scheduled actions, beside the policy that Lowtide applies."""
    autoscaling: Any = boto3.client("application-autoscaling")
    _jump_when_full(autoscaling)
    _raise_the_floor_each_morning(autoscaling, scenario)


def _jump_when_full(autoscaling: Any) -> None:
    """In percent: while Updating, a small step would only block the larger one that is needed."""
    policy = autoscaling.put_scaling_policy(
        PolicyName="jump-when-full",
        ServiceNamespace="sagemaker",
        ResourceId=RESOURCE,
        ScalableDimension=DIMENSION,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "PercentChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 30}],
            "MinAdjustmentMagnitude": 1,
            "Cooldown": 120,
            "MetricAggregationType": "Maximum",
        },
    )
    cloudwatch: Any = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=ALARM,
        AlarmDescription="Streams meet full instances",
        Namespace="Lowtide",
        MetricName="CapacityUtilization",
        Dimensions=LOWTIDE_DIMENSIONS,
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="missing",
        AlarmActions=[policy["PolicyARN"]],
    )


def _raise_the_floor_each_morning(autoscaling: Any, scenario: Scenario) -> None:
    for name, minute, floor in floor_actions(scenario):
        autoscaling.put_scheduled_action(
            ServiceNamespace="sagemaker",
            ScheduledActionName=name,
            ResourceId=RESOURCE,
            ScalableDimension=DIMENSION,
            Schedule=f"cron({minute % 60} {minute // 60 % 24} ? * MON-FRI *)",
            Timezone=TIMEZONE.key,
            ScalableTargetAction={"MinCapacity": floor, "MaxCapacity": scenario.max_instances},
        )


def floor_actions(scenario: Scenario) -> tuple[tuple[str, int, int], ...]:
    """Of each: its name, the minute of the working day, and the minimum count from then on."""
    opens = scenario.opens.hour * 60 + scenario.opens.minute
    return (
        ("morning-floor", opens - 15, scenario.morning_floor),
        ("release-the-floor", opens + 120, 1),
    )


def floor_due(scenario: Scenario, after: datetime, until: datetime) -> int | None:
    """The floor of the last action due in (after, until]; found minute by minute, as an oracle."""
    floors = {minute: floor for _, minute, floor in floor_actions(scenario)}
    due = None
    while (after := after + timedelta(minutes=1)) <= until:
        local = after.astimezone(TIMEZONE)
        if local.weekday() < _SATURDAY:
            due = floors.get(local.hour * 60 + local.minute, due)
    return due
