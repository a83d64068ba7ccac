"""An endpoint that uses everything that Application Auto Scaling has."""

from datetime import UTC, datetime
from typing import Any

import boto3

from lowtide_workbench.demo.endpoint import RESOURCE, VARIANT

_OF_RESOURCE = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": RESOURCE,
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
_INVOCATIONS = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "Invocations",
    "Dimensions": [{"Name": "VariantName", "Value": VARIANT}],
}


def set_up_everything() -> None:
    """On top of what the demo has."""
    autoscaling: Any = boto3.client("application-autoscaling")
    autoscaling.register_scalable_target(
        **_OF_RESOURCE,
        MinCapacity=1,
        MaxCapacity=8,
        SuspendedState={"ScheduledScalingSuspended": True},
    )
    _track(autoscaling)
    _step(autoscaling)
    _schedule(autoscaling)


def _track(autoscaling: Any) -> None:
    predefined = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    metrics = [
        {"Id": "m1", "MetricStat": {"Metric": _INVOCATIONS, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e1", "Expression": "m1 / 2", "Label": "half of them", "ReturnData": True},
    ]
    for name, specification in (
        ("follow-invocations", {"PredefinedMetricSpecification": predefined}),
        ("follow-math", {"CustomizedMetricSpecification": {"Metrics": metrics}}),
    ):
        autoscaling.put_scaling_policy(
            **_OF_RESOURCE,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 70.0,
                "DisableScaleIn": True,
                **specification,
            },
        )


def _step(autoscaling: Any) -> None:
    arn = autoscaling.put_scaling_policy(
        **_OF_RESOURCE,
        PolicyName="step-down",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ExactCapacity",
            "StepAdjustments": [
                {"MetricIntervalUpperBound": -5.0, "ScalingAdjustment": 1},
                {
                    "MetricIntervalLowerBound": -5.0,
                    "MetricIntervalUpperBound": 0.0,
                    "ScalingAdjustment": 2,
                },
            ],
            "Cooldown": 60,
        },
    )["PolicyARN"]
    cloudwatch: Any = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="silence",
        **_INVOCATIONS,
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        Threshold=1.0,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="ignore",
        AlarmActions=[arn, "arn:aws:sns:us-east-1:123456789012:the-owner"],
    )


def _schedule(autoscaling: Any) -> None:
    for name, expression, rest in (
        ("once", "at(2027-06-01T08:00:00)", {"Timezone": "Europe/Berlin"}),
        ("often", "rate(12 hours)", {"StartTime": datetime(2027, 1, 1, tzinfo=UTC)}),
        ("this-winter", "cron(0 3 * * ? *)", {"EndTime": datetime(2027, 3, 1, tzinfo=UTC)}),
    ):
        autoscaling.put_scheduled_action(
            **_OF_RESOURCE,
            ScheduledActionName=name,
            Schedule=expression,
            ScalableTargetAction={"MinCapacity": 2},
            **rest,
        )
