"""An account with one endpoint in the embedded AWS, seen through the adapters."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws import Cloud, CloudSettings

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_sagemaker import SageMakerClient

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAME = "my-endpoint"
POOLS = [
    {"InstanceType": "ml.g6.2xlarge", "Priority": 1},
    {"InstanceType": "ml.g6e.2xlarge", "Priority": 2},
]


def target(variant: str = "AllTraffic", **fields: Any) -> dict[str, Any]:
    """The keys of a variant's scalable target, and `fields`."""
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{NAME}/variant/{variant}",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    } | fields


class Account:
    def __init__(self, cloud: Cloud, session: boto3.Session) -> None:
        self.cloud = cloud
        self.sagemaker: SageMakerClient = session.client("sagemaker")
        self.autoscaling: ApplicationAutoScalingClient = session.client("application-autoscaling")
        self.cloudwatch: CloudWatchClient = session.client("cloudwatch")

    def configure(self, *variants: dict[str, Any]) -> None:
        wanted: Any = [
            {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 1} | variant
            for variant in variants or ({"InstancePools": POOLS},)
        ]
        self.sagemaker.create_endpoint_config(
            EndpointConfigName="config", ProductionVariants=wanted
        )

    def create(self, name: str = NAME) -> None:
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="config")

    def wait_for(self, status: str, name: str = NAME) -> None:
        for _ in range(360):
            if self.cloud.status(name) == status:
                return
            self.cloud.advance(self.cloud.clock.now() + timedelta(seconds=10))
        raise AssertionError(f"still {self.cloud.status(name)}, not {status}, after an hour")

    def in_service(self) -> None:
        self.create()
        self.wait_for("InService")

    def after(self, operation: str, change: Callable[..., None]) -> None:
        """Changes the answers of one operation, which `change` gets as `parsed`."""
        for client in (self.sagemaker, self.cloudwatch):
            client.meta.events.register(f"after-call.*.{operation}", change)


type OpenAccount = Callable[[CloudSettings], Account]


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all: to read botocore's models is what takes time."""
    return boto3.Session()


@pytest.fixture
def open_account(session: boto3.Session) -> Iterator[OpenAccount]:
    opened: list[Cloud] = []

    def enter(settings: CloudSettings) -> Account:
        opened.append(Cloud(NOW, settings).__enter__())
        return Account(opened[-1], session)

    yield enter
    for cloud in opened:
        cloud.__exit__(None, None, None)


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    return open_account(CloudSettings())
