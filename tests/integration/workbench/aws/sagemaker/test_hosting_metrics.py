"""What SageMaker publishes of its endpoints, under which dimensions, how often."""

from datetime import timedelta
from typing import Any

import pytest

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import Samples

SMALL = "ml.g6.2xlarge"
VARIANT = {"EndpointName", "VariantName"}


def configure(account: Any, *, pools: bool = True, **fields: Any) -> None:
    types = {"InstancePools": [{"InstanceType": SMALL, "Priority": 1}]}
    variant = {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 2}
    variant |= types if pools else {"InstanceType": SMALL}
    variant["RoutingConfig"] = {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=[variant], **fields
    )


def under_load(account: Any) -> None:
    """Six calls at once each minute, half a minute each."""
    account.create()
    account.wait(minutes=15)
    now = account.cloud.clock.seconds()
    calls = [(now + minute * 60 + 1, 30.0) for minute in range(10) for _ in range(6)]
    account.cloud.traffic(account.name, calls)
    account.wait(minutes=10)


def dimensions(account: Any, name: str) -> list[set[str]]:
    found = account.cloudwatch.list_metrics(Namespace="AWS/SageMaker", MetricName=name)["Metrics"]
    sets = {frozenset(each["Name"] for each in metric["Dimensions"]) for metric in found}
    return sorted((set(each) for each in sets), key=sorted)


def points(account: Any, name: str, period: int) -> list[dict[str, Any]]:
    now = account.cloud.clock.now()
    found = account.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=name,
        Dimensions=[
            {"Name": "EndpointName", "Value": account.name},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=period,
        Statistics=["Sum", "SampleCount", "Maximum"],
    )
    return sorted(found["Datapoints"], key=lambda each: each["Timestamp"])


ENHANCED = {"MetricsConfig": {"EnableEnhancedMetrics": True}}


@pytest.mark.parametrize(
    ("pools", "fields", "more"),
    [
        pytest.param(False, {}, [], id="no InstanceType without pools (facts 1.5)"),
        pytest.param(True, {}, [{"InstanceType"}], id="InstanceType with pools (facts 1.5)"),
        pytest.param(
            True,
            ENHANCED,
            [{"InstanceId"}, {"InstanceType"}],
            id="InstanceId with enhanced metrics only (facts 1.5)",
        ),
    ],
)
@pytest.mark.parametrize(
    "name", ["ConcurrentRequestsPerModel", "Invocations", "InvocationsPerInstance"]
)
def test_dimension_sets(
    account: Any, name: str, fields: dict[str, Any], more: list[set[str]], *, pools: bool
) -> None:
    configure(account, pools=pools, **fields)
    under_load(account)
    expected = [VARIANT, *(VARIANT | each for each in more)]
    assert dimensions(account, name) == sorted(expected, key=sorted)


@pytest.mark.parametrize(
    ("samples", "count", "most"),
    [
        pytest.param(Samples.EACH_INSTANCE, 12, 3, id="6 samples an instance a minute (facts 2)"),
        pytest.param(Samples.MEAN, 6, 3, id="6 samples a minute, the mean (facts 12.1: unknown)"),
        pytest.param(Samples.TOTAL, 6, 6, id="6 samples a minute, the total (facts 12.1: unknown)"),
    ],
)
def test_concurrency_is_a_gauge(
    open_account: Any, samples: Samples, count: int, most: float
) -> None:
    account = open_account(CloudSettings(samples=samples))
    configure(account)
    under_load(account)
    minute = points(account, "ConcurrentRequestsPerModel", 60)[0]
    assert (minute["SampleCount"], minute["Maximum"]) == (count, most)
    assert len(points(account, "ConcurrentRequestsPerModel", 10)) == 30


def test_invocations_are_counted_and_divided_by_the_instances(account: Any) -> None:
    """Facts 3.2: what SageMakerVariantInvocationsPerInstance follows."""
    configure(account)
    under_load(account)
    assert points(account, "Invocations", 60)[0]["Sum"] == 6
    assert points(account, "InvocationsPerInstance", 60)[0]["Sum"] == 3


@pytest.mark.parametrize("zeros", [True, False])
def test_without_calls(open_account: Any, *, zeros: bool) -> None:
    """Facts 12.2: unknown."""
    account = open_account(CloudSettings(zeros_when_idle=zeros))
    configure(account)
    account.create()
    account.wait(minutes=20)
    sums = [each["Sum"] for each in points(account, "InvocationsPerInstance", 60)]
    assert sums == ([0.0] * 5 if zeros else [])


@pytest.mark.parametrize(
    ("frequency", "period", "samples"),
    [
        pytest.param(10, 10, 30, id="every 10 s"),
        pytest.param(30, 10, 10, id="every 30 s"),
        pytest.param(120, 60, 3, id="every 2 min"),
    ],
)
def test_the_publishing_frequency(account: Any, frequency: int, period: int, samples: int) -> None:
    """Facts 1.5: for invocation metrics it needs enhanced metrics."""
    enhanced = {"EnableEnhancedMetrics": True, "MetricPublishFrequencyInSeconds": frequency}
    configure(account, MetricsConfig=enhanced)
    under_load(account)
    assert len(points(account, "Invocations", period)) in (samples, samples - 1)
    assert len(points(account, "ConcurrentRequestsPerModel", period)) in (samples, samples - 1)


def test_the_frequency_alone_changes_nothing(account: Any) -> None:
    configure(account, MetricsConfig={"MetricPublishFrequencyInSeconds": 300})
    under_load(account)
    assert len(points(account, "Invocations", 60)) == 5
    assert len(points(account, "ConcurrentRequestsPerModel", 10)) == 30


def test_asynchronous_endpoints_publish_no_invocations(account: Any) -> None:
    """Facts 8."""
    output = {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}
    configure(account, AsyncInferenceConfig=output)
    under_load(account)
    assert dimensions(account, "InvocationsPerInstance") == []
