"""An account with one endpoint in service, in which `lowtide rehearse` runs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from lowtide_workbench.aws.cloud import Cloud

START = datetime(2026, 11, 23, 7, tzinfo=UTC)
NAME, CONFIG = "my-endpoint", "my-config"


class Account:
    """The endpoint is in service with two instances; the command's waiting moves the clock."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.sagemaker: Any = boto3.client("sagemaker")
        self.during = dict[int, Callable[[], object]]()  # what happens in a wait, by its number
        self.waits = 0

    def create(self) -> None:
        role = "arn:aws:iam::123456789012:role/sagemaker-execution"
        package = {"ModelPackageName": "speech-to-text"}
        self.sagemaker.create_model(
            ModelName="model", ExecutionRoleArn=role, PrimaryContainer=package
        )
        variant = {"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 2}
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=CONFIG,
            ProductionVariants=[variant | {"InstanceType": "ml.g6.2xlarge"}],
        )
        self.sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=CONFIG)
        self.advance(300)

    def advance(self, seconds: float) -> None:
        self.cloud.advance(self.cloud.clock.now() + timedelta(seconds=seconds))

    def wait(self, seconds: float) -> None:
        self.waits += 1
        self.advance(seconds)
        self.during.get(self.waits, bool)()

    def copy(self, tag: str, name: str = f"{NAME}-rehearsal-00aa00") -> str:
        tags = [{"Key": "lowtide:rehearsal", "Value": tag}]
        self.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=CONFIG, Tags=tags)
        self.advance(300)
        return name

    @property
    def endpoints(self) -> dict[str, str]:
        listed = self.sagemaker.list_endpoints()["Endpoints"]
        return {each["EndpointName"]: each["EndpointStatus"] for each in listed}


type Open = Callable[..., Account]


def rehearse(*options: str, answer: str | None = None) -> Result:
    arguments = ["rehearse", NAME, *(["--yes"] if answer is None else []), *options]
    return CliRunner().invoke(app, arguments, input=answer, env={"COLUMNS": "80"})


def words(result: Result) -> str:
    assert max(map(len, result.output.splitlines())) <= 80
    return " ".join(result.output.split())
