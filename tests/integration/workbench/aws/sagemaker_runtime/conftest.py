"""A client of the runtime, and an asynchronous endpoint with a bucket for its answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.service import JobCounts
from lowtide_workbench.aws.settings import AsynchronousSettings
from tests.integration.workbench.aws.conftest import Account, OpenAccount

OUTPUT = "s3://answers/out/"
FAILURES = "s3://answers/failed"
SMALL = "ml.g6.2xlarge"


def runtime_of(account: Account) -> Any:
    """Reaches what the account reaches, in process or over HTTP."""
    url = account.sagemaker.meta.endpoint_url
    return boto3.client("sagemaker-runtime", endpoint_url=url if "127.0.0.1" in url else None)


@pytest.fixture
def runtime(account: Account) -> Any:
    return runtime_of(account)


class AsynchronousEndpoint:
    """In service, with one instance that works on two jobs at once."""

    def __init__(self, account: Account, pools: dict[str, Any], output: dict[str, Any]) -> None:
        self.account = account
        self.runtime = runtime_of(account)
        boto3.client("s3").create_bucket(Bucket="answers")
        account.model()
        variant: Any = {"VariantName": "AllTraffic", "ModelName": "model"}
        config: Any = {
            "OutputConfig": {"S3OutputPath": OUTPUT, "S3FailurePath": FAILURES} | output,
            "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 2},
        }
        account.sagemaker.create_endpoint_config(
            EndpointConfigName="config",
            ProductionVariants=[variant | (pools or {"InstanceType": SMALL})],
            AsyncInferenceConfig=config,
        )
        self.create()

    def create(self) -> None:
        self.account.create()
        self.account.wait_for("InService")

    def invoke(self, seconds: float | None = None, **request: Any) -> Any:
        """A job, of so many seconds of work on a type of speed 1."""
        if seconds is not None:
            request = {"CustomAttributes": f"seconds={seconds}"} | request
        if "InputLocation" not in request:
            request.setdefault("Body", b"1")
        return self.runtime.invoke_endpoint_async(EndpointName=self.account.name, **request)

    def scale(self, count: int) -> None:
        self.account.scale(count)
        self.account.wait_for("InService")

    def minute(self) -> None:
        """Waits for the end of a minute: its metrics are published then."""
        self.account.wait(seconds=60 - self.account.cloud.clock.seconds() % 60)

    @property
    def jobs(self) -> JobCounts:
        return self.account.cloud.jobs(self.account.name)

    def metric(self, name: str, statistic: str = "Average", **more: str) -> float | None:
        """The point of the minute that has ended last."""
        now = self.account.cloud.clock.now()
        dimensions = {"EndpointName": self.account.name} | more
        points = self.account.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - timedelta(minutes=1),
            EndTime=now,
            Period=60,
            Statistics=[statistic],  # type: ignore[list-item]
        )["Datapoints"]
        return dict(points[0])[statistic] if points else None  # type: ignore[return-value]


type Deploy = Callable[..., AsynchronousEndpoint]


@pytest.fixture
def deploy(open_account: OpenAccount) -> Deploy:
    """An endpoint in a cloud with settings of the test's own."""

    def deployed(
        pools: dict[str, Any] | None = None, output: dict[str, Any] | None = None, **settings: Any
    ) -> AsynchronousEndpoint:
        zeros = settings.pop("zeros_when_idle", True)
        account = open_account(
            CloudSettings(
                zeros_when_idle=zeros,
                provisioning_s=(60.0, 60.0),
                asynchronous=AsynchronousSettings(**settings),
            )
        )
        return AsynchronousEndpoint(account, pools or {}, output or {})

    return deployed


@pytest.fixture
def endpoint(deploy: Deploy) -> AsynchronousEndpoint:
    return deploy()


def keys() -> list[str]:
    """The objects that the endpoint has written."""
    listed = boto3.client("s3").list_objects_v2(Bucket="answers")
    return [item["Key"] for item in listed.get("Contents", ())]


def content(location: str) -> bytes:
    bucket, _, key = location.removeprefix("s3://").partition("/")
    return bytes(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
