"""What SageMaker publishes of its endpoints, under which dimensions, how often."""

from datetime import timedelta
from typing import Any

import pytest

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.settings import Samples

SMALL = "ml.g6.2xlarge"
VARIANT = {"EndpointName", "VariantName"}
CONCURRENCY = "ConcurrentRequestsPerModel"


def configure(account: Any, *, pools: bool = True, **fields: Any) -> None:
    types = {"InstancePools": [{"InstanceType": SMALL, "Priority": 1}]}
    variant = {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 2}
    variant |= types if pools else {"InstanceType": SMALL}
    variant["RoutingConfig"] = {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}
    account.sagemaker.create_endpoint_config(
        EndpointConfigName="config", ProductionVariants=[variant], **fields
    )


def under_load(account: Any, calls: int = 6) -> None:
    """So many calls at once each minute, half a minute each."""
    account.create()
    account.wait(minutes=15)
    account.sessions(*((minute * 60 + 1, 30.0) for minute in range(5) for _ in range(calls)))
    account.wait(minutes=5)


def dimensions(account: Any, name: str) -> list[set[str]]:
    found = account.cloudwatch.list_metrics(Namespace="AWS/SageMaker", MetricName=name)["Metrics"]
    sets = {frozenset(each["Name"] for each in metric["Dimensions"]) for metric in found}
    return sorted((set(each) for each in sets), key=sorted)


def points(account: Any, name: str, period: int, **more: str) -> list[dict[str, Any]]:
    now = account.cloud.clock.now()
    dimensions = {"EndpointName": account.name, "VariantName": "AllTraffic"} | more
    found = account.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=period,
        Statistics=["Average", "Sum", "SampleCount", "Maximum"],
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
def test_dimension_sets(
    account: Any, fields: dict[str, Any], more: list[set[str]], *, pools: bool
) -> None:
    configure(account, pools=pools, **fields)
    under_load(account)
    expected = sorted([VARIANT, *(VARIANT | each for each in more)], key=sorted)
    for name in (CONCURRENCY, "Invocations", "InvocationsPerInstance"):
        assert dimensions(account, name) == expected


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        pytest.param(Samples.EACH_INSTANCE, (2.5, 30, 12, 3), id="6 an instance (facts 2)"),
        pytest.param(Samples.MEAN, (2.5, 15, 6, 2.5), id="6, the mean (facts 12.1: unknown)"),
        pytest.param(Samples.TOTAL, (5, 30, 6, 5), id="6, the total (facts 12.1: unknown)"),
    ],
)
def test_samples_of_concurrency_in_a_minute(
    open_account: Any, samples: Samples, expected: tuple[float, ...]
) -> None:
    """Five calls on two instances: average, sum, count and maximum."""
    account = open_account(CloudSettings(samples=samples))
    configure(account)
    account.create()
    account.wait(minutes=15)
    account.sessions(*[(1, 3600)] * 5)
    account.wait(minutes=4)
    for more in ({}, {"InstanceType": SMALL}):
        minute = points(account, CONCURRENCY, 60, **more)[-1]
        kinds = ("Average", "Sum", "SampleCount", "Maximum")
        assert tuple(minute[kind] for kind in kinds) == expected
        assert len(points(account, CONCURRENCY, 10, **more)) == 30


def test_a_sample_is_stamped_with_the_beginning_of_its_ten_seconds(account: Any) -> None:
    configure(account)
    account.create()
    account.wait(minutes=15)
    account.sessions((1, 60))
    account.wait(seconds=10)
    assert [each["Sum"] for each in points(account, CONCURRENCY, 10)[-2:]] == [0, 1]


def test_invocations_are_counted_and_divided_by_the_instances(account: Any) -> None:
    """Facts 3.2: what SageMakerVariantInvocationsPerInstance follows."""
    configure(account)
    under_load(account)
    assert points(account, "Invocations", 60)[0]["Sum"] == 6
    assert points(account, "InvocationsPerInstance", 60)[0]["Sum"] == 3


@pytest.mark.parametrize("zeros", [True, False])
def test_without_calls(open_account: Any, *, zeros: bool) -> None:
    """Facts 2 and 12.2: unknown. Nothing is published before the endpoint is in service."""
    account = open_account(CloudSettings(zeros_when_idle=zeros))
    configure(account)
    account.create()
    account.wait(minutes=4)
    assert account.status == "Creating"
    assert points(account, CONCURRENCY, 60) == []
    account.wait(minutes=16)
    for name in (CONCURRENCY, "InvocationsPerInstance"):
        sums = [each["Sum"] for each in points(account, name, 60)]
        assert sums == ([0.0] * 5 if zeros else [])


@pytest.mark.parametrize(
    ("enhanced", "seconds", "invocations", "concurrency"),
    [
        pytest.param(True, 10, 30, 30, id="every 10 s"),
        pytest.param(True, 120, 2, 2, id="every 2 min"),
        pytest.param(False, 300, 5, 30, id="the frequency alone changes nothing"),
    ],
)
def test_the_publishing_frequency(
    account: Any, seconds: int, invocations: int, concurrency: int, *, enhanced: bool
) -> None:
    """Facts 1.5: it needs enhanced metrics."""
    given = {"EnableEnhancedMetrics": enhanced, "MetricPublishFrequencyInSeconds": seconds}
    configure(account, MetricsConfig=given)
    under_load(account)
    assert len(points(account, "Invocations", 10)) == invocations
    assert len(points(account, CONCURRENCY, 10)) == concurrency


def test_asynchronous_endpoints_publish_neither_invocations_nor_concurrency(account: Any) -> None:
    """Facts A38."""
    output = {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}}
    configure(account, AsyncInferenceConfig=output)
    under_load(account)
    assert dimensions(account, "InvocationsPerInstance") == []
    assert dimensions(account, CONCURRENCY) == []
