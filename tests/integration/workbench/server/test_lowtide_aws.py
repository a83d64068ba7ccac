"""`lowtide aws` with real clients: nothing is patched, everything goes over HTTP."""

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import boto3
import pytest

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SOON = {"Delay": 1, "MaxAttempts": 100}  # seconds of real time
MANAGED = [{"Key": "lowtide:stack", "Value": "lowtide-dev"}]


def test_boto3s_waiters_see_an_endpoint_come_and_go(
    town: Any, endpoint: Callable[..., None]
) -> None:
    endpoint(town, "visitor")
    sagemaker = town.client("sagemaker")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="visitor", WaiterConfig=SOON)
    sagemaker.delete_endpoint(EndpointName="visitor")
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="visitor", WaiterConfig=SOON)
    assert town.statuses("visitor") == ["Creating", "InService", "Deleting", "Absent"]


def test_lowtide_lets_an_endpoint_sleep_and_wakes_it(
    town: Any, endpoint: Callable[..., None]
) -> None:
    endpoint(town, "sleeper", Tags=MANAGED)
    night = ["Deleting", "Absent", "Creating", "InService"]
    town.until(lambda: town.statuses("sleeper")[2:6] == night)
    assert "Lowtide: Delete" in town.output
    assert "Lowtide: Restore" in town.output
    assert max(map(len, town.output.splitlines())) <= 80
    town.until(lambda: busiest(town, "sleeper") >= 1)


def busiest(town: Any, endpoint: str) -> float:
    """Streams of the trace, as CloudWatch shows them."""
    found = town.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="ConcurrentRequestsPerModel",
        Dimensions=[
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=town.get("statuses")[0]["at"],
        EndTime=town.get("clock")["now"],
        Period=3600,
        Statistics=["Maximum"],
    )
    return max((float(point["Maximum"]) for point in found["Datapoints"]), default=0.0)


def test_control_is_invoked_through_lambdas_api(town: Any) -> None:
    functions = town.client("lambda")
    status = functions.invoke(
        FunctionName="lowtide-dev-control", Payload=b'{"action": "status"}', LogType="Tail"
    )
    assert status["StatusCode"] == 200
    assert "FunctionError" not in status
    assert json.load(status["Payload"])["endpoints"][0]["endpoint"] == "sleeper"
    wrong = functions.invoke(FunctionName="lowtide-dev-control", Payload=b'{"action": "dance"}')
    assert wrong["FunctionError"] == "Unhandled"
    assert "action must be given" in json.load(wrong["Payload"])["errorMessage"]


def test_moto_answers_for_the_other_services(town: Any) -> None:
    """The stack's queues and table; CloudWatch speaks CBOR, STS XML."""
    assert town.client("sqs").list_queues()["QueueUrls"]
    assert town.client("dynamodb").list_tables()["TableNames"]
    assert town.client("cloudwatch").list_metrics()["Metrics"]
    assert town.client("sts").get_caller_identity()["Account"]


def test_the_clock_runs_forward_only(town: Any) -> None:
    seen = [town.get("clock")["now"] for _ in range(20)]
    assert all(earlier <= later for earlier, later in pairwise(seen))
    town.until(lambda: town.get("clock")["now"] > seen[-1])


def test_the_guides_commands_work_as_printed(
    town: Any, endpoint: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deepgram's guide to scaling, with boto3 as the AWS CLI would: only the URL is set."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", town.url)
    endpoint(town, "my-endpoint")
    town.until(lambda: "InService" in town.statuses("my-endpoint"))
    autoscaling: Any = boto3.Session().client("application-autoscaling")
    resource = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/my-endpoint/variant/AllTraffic",
    }
    dimension = {"ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
    autoscaling.register_scalable_target(**resource, **dimension, MinCapacity=1, MaxCapacity=4)
    config = {
        "TargetValue": 5.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution"
        },
        "ScaleInCooldown": 300,
        "ScaleOutCooldown": 60,
    }
    put = autoscaling.put_scaling_policy(
        PolicyName="deepgram-streaming-concurrency-policy",
        **resource,
        **dimension,
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=config,
    )
    (policy,) = autoscaling.describe_scaling_policies(**resource)["ScalingPolicies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"] == config
    assert policy["Alarms"] == put["Alarms"]
    assert len(put["Alarms"]) == 2
    assert autoscaling.describe_scaling_activities(**resource)["ScalingActivities"] == []
