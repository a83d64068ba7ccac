"""Asynchronous fleets that SageMaker's backlog per instance misreads, and what scaling then does.

Each fleet follows that metric once, and once Lowtide's, which the deployed publisher publishes.
Both aim at the same wait of a new job. Jobs take so long that none ends meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import boto3
import pytest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.settings import AsynchronousSettings, CloudSettings
from lowtide_workbench.aws.stack import Stack
from lowtide_workbench.fleet.pools import Drought

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAME, VARIANT = "batch", "AllTraffic"
SMALL, LARGE = "ml.g6.2xlarge", "ml.g6e.2xlarge"
CAPACITY = {SMALL: 2, LARGE: 6}  # both take two jobs at once, the large one three times as fast
EACH = 5  # jobs that may wait for each one that is worked on
LONGEST_MINUTES = 22  # the low alarm looks back on 15
TARGET: dict[str, Any] = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/{VARIANT}",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}

type Verdict = Literal["out", "in", "nothing"]


def create(cloud: Cloud, first: str, placed: str, count: int) -> None:
    """`count` instances, all of the type `placed`; the other one cannot be had."""
    cloud.droughts[next(each for each in CAPACITY if each != placed)] = [Drought(0, float("inf"))]
    boto3.client("s3").create_bucket(Bucket="answers")
    sagemaker: Any = boto3.client("sagemaker")
    sagemaker.create_model(ModelName="m", ExecutionRoleArn="arn:aws:iam::123456789012:role/model")
    second = next(each for each in CAPACITY if each != first)
    pools = [{"InstanceType": each, "Priority": n} for n, each in enumerate((first, second), 1)]
    variant = {"VariantName": VARIANT, "ModelName": "m", "InitialInstanceCount": count}
    sagemaker.create_endpoint_config(
        EndpointConfigName="config",
        ProductionVariants=[variant | {"InstancePools": pools}],
        AsyncInferenceConfig={
            "OutputConfig": {"S3OutputPath": "s3://answers/out"},
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 2},
        },
    )
    sagemaker.create_endpoint(
        EndpointName=NAME,
        EndpointConfigName="config",
        Tags=[{"Key": "lowtide:stack", "Value": "lowtide-dev"}],
    )
    cloud.advance(START + timedelta(minutes=2))
    assert cloud.status(NAME) == "InService"
    cloud.droughts.clear()


def follow(metric: dict[str, Any], target: float) -> None:
    autoscaling: Any = boto3.client("application-autoscaling")
    autoscaling.register_scalable_target(**TARGET, MinCapacity=0, MaxCapacity=20)
    autoscaling.put_scaling_policy(
        **TARGET,
        PolicyName="follow",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "CustomizedMetricSpecification": metric | {"Statistic": "Average"},
        },
    )


def dimensions(*names: str) -> list[dict[str, str]]:
    values = {"EndpointName": NAME, "VariantName": VARIANT}
    return [{"Name": name, "Value": values[name]} for name in names]


THEIRS = {
    "Namespace": "AWS/SageMaker",
    "MetricName": "ApproximateBacklogSizePerInstance",
    "Dimensions": dimensions("EndpointName"),
}
OURS = {
    "Namespace": "Lowtide",
    "MetricName": "WeightedBacklog",
    "Dimensions": dimensions("EndpointName", "VariantName"),
}


def what_scaling_does(cloud: Cloud) -> Verdict:
    """First, if anything."""
    fleet = cloud.fleet(NAME)
    assert fleet is not None
    before = fleet.desired
    for _ in range(LONGEST_MINUTES):
        cloud.advance(cloud.clock.now() + timedelta(minutes=1))
        if fleet.desired != before:
            return "out" if fleet.desired > before else "in"
    return "nothing"


type Play = Callable[..., Verdict]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    with ExitStack() as opened:

        def played(first: str, placed: str, count: int, wait: float, *, lowtide: bool) -> Verdict:
            """`wait` is how many jobs wait for each one that is worked on, by capacity."""
            opened.close()  # one cloud at a time
            settings = CloudSettings(
                provisioning_s=(20.0, 20.0),
                container_start_s=0.0,
                capacity_error_s=10.0,
                asynchronous=AsynchronousSettings(speed={LARGE: 3.0}),
            )
            cloud = opened.enter_context(Cloud(START, settings))
            create(cloud, first, placed, count)
            if lowtide:
                deploy(cloud, first, tmp_path / "endpoints.yaml")
            follow(OURS if lowtide else THEIRS, EACH * CAPACITY[first])
            soon = cloud.clock.seconds() + 1
            jobs = round(wait * count * CAPACITY[placed]) + 2 * count
            cloud.traffic(NAME, [(soon, 30_000.0)] * jobs)
            return what_scaling_does(cloud)

        yield played


def deploy(cloud: Cloud, first: str, file: Path) -> None:
    capacity = ", ".join(f"{name}: {jobs}" for name, jobs in CAPACITY.items())
    scaling = f"{{capacity: {{{capacity}}}, reference: {first}}}"
    file.write_text(
        f"timezone: UTC\nendpoints:\n  - {{name: {NAME}, schedule: always, scaling: {scaling}}}\n"
    )
    template = Path(__file__).parents[4] / "template.yaml"
    Stack.deploy(cloud, template, config_path=file, own_modules=OwnModules.WITH_STATE)


@pytest.mark.parametrize(
    ("first", "placed", "count", "wait", "theirs", "ours"),
    [
        pytest.param(SMALL, LARGE, 3, 2.5, "out", "in",
                     id="all on the large fallback: half the wait, and theirs buys more"),
        pytest.param(LARGE, SMALL, 4, 10.0, "in", "out",
                     id="all on the small fallback: twice the wait, and theirs lets go of it"),
    ],
)  # fmt: skip
def test_a_mixed_fleet_is_scaled_by_its_backlog(
    play: Play, first: str, placed: str, count: int, wait: float, theirs: Verdict, ours: Verdict
) -> None:
    assert play(first, placed, count, wait, lowtide=False) == theirs
    assert play(first, placed, count, wait, lowtide=True) == ours
