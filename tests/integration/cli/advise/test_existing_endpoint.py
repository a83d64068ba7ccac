"""`lowtide advise --endpoint` looks at an endpoint of an account, and changes nothing."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudwatch.metric_store import metric, of
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.aws.settings import CloudSettings

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
VENDOR = "arn:aws:sagemaker:us-east-1:865070037744:model-package/"
OWN = VENDOR.replace("865070037744", "123456789012")
ROLE = "arn:aws:iam::123456789012:role/model"

type Create = Callable[[dict[str, str]], Cloud]


@pytest.fixture
def create() -> Iterator[Create]:
    with Cloud(MONDAY, CloudSettings(zeros_when_idle=False)) as cloud:
        sagemaker: Any = boto3.client("sagemaker")

        def enter(container: dict[str, str]) -> Cloud:
            sagemaker.create_model(
                ModelName="model", ExecutionRoleArn=ROLE, PrimaryContainer=container
            )
            variant = {
                "VariantName": "AllTraffic",
                "ModelName": "model",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.g6.2xlarge",
            }
            sagemaker.create_endpoint_config(
                EndpointConfigName="config", ProductionVariants=[variant]
            )
            sagemaker.create_endpoint(EndpointName="my-endpoint", EndpointConfigName="config")
            cloud.advance(cloud.clock.now() + timedelta(hours=1))
            return cloud

        yield enter


def advise(*options: str) -> Result:
    arguments = ["advise", "--endpoint", "my-endpoint", *options]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})


def test_a_week_of_office_hours_with_deepgrams_package(
    create: Create, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = create({"ModelPackageName": f"{VENDOR}deepgram-streaming-stt"})
    names = {"EndpointName": "my-endpoint", "VariantName": "AllTraffic"}
    for hour in range(1, 24 * 14):
        if hour // 24 % 7 < 5 and 8 <= hour % 24 < 20:
            at = (MONDAY + timedelta(hours=hour)).timestamp()
            for name, value in (("Invocations", 1), ("FirstChunkLatency", 3e5)):
                cloud.metrics.put(metric("AWS/SageMaker", name, **names), at, of([value]))
    cloud.clock.move_to(MONDAY + timedelta(days=14))
    calls: Counter[str] = Counter()
    session: Any = boto3.Session()
    monkeypatch.setattr("boto3.Session", lambda **_: session)
    session.events.register("before-call", lambda model, **_: calls.update([model.name]))
    result = advise("--type", "ml.g6.2xlarge:10")
    assert result.exit_code == 0, result.output
    shown = [line.strip() for line in result.stdout.splitlines()]
    assert "- my-endpoint: real-time, InService, 1 ml.g6.2xlarge" in shown
    assert "- its model: deepgram" in shown
    assert "- 120 requests" in shown
    assert "A real-time endpoint, one instance type, asleep outside its hours" in shown
    assert '- {start: "0 8 * * MON-FRI", stop: "0 20 * * MON-FRI"}' in shown
    assert "timezone: UTC # yours, as IANA names it" in shown
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert {name for name in calls if not name.startswith(("Describe", "List", "Get"))} == set()


@pytest.mark.parametrize(
    ("container", "package"),
    [
        pytest.param({"ModelPackageName": f"{VENDOR}another"}, "marketplace", id="of a vendor"),
        pytest.param({"ModelPackageName": f"{OWN}mine"}, "own", id="of this account"),
        pytest.param({"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x"}, "own", id="none"),
    ],
)
def test_where_the_model_is_from(create: Create, container: dict[str, str], package: str) -> None:
    create(container)
    result = advise("--traffic", "requests")
    assert f"its model: {package}" in result.stdout
    assert "when there is traffic: not clear; it takes a week with requests" in result.stdout


@pytest.mark.parametrize(
    ("call", "said"),
    [
        pytest.param("DescribeEndpoint", "not authorized to perform: DescribeEndpoint", id="one"),
        pytest.param("DescribeModel", "not authorized to perform: DescribeModel", id="another"),
    ],
)
def test_a_call_that_is_denied_is_named(create: Create, call: str, said: str) -> None:
    cloud = create({"ModelPackageName": f"{OWN}mine"})
    denied = Failed("AccessDeniedException", f"not authorized to perform: {call}")
    cloud.faults.add(Fault(denied, operation=call))
    result = advise("--traffic", "requests")
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_what_the_endpoint_does_not_show_is_asked_for(create: Create) -> None:
    create({"ModelPackageName": f"{OWN}mine"})
    result = advise()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("--traffic: needed; the endpoint does not show it")


def test_an_endpoint_of_this_hour_has_no_hours_yet(create: Create) -> None:
    cloud = create({"ModelPackageName": f"{OWN}mine"})
    cloud.clock.move_to(MONDAY + timedelta(minutes=59))
    result = advise("--traffic", "requests")
    assert result.exit_code == 0, result.output
    assert "hours idle" not in result.stdout


def test_no_endpoint() -> None:
    with Cloud(MONDAY):
        result = advise("--traffic", "requests")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "no endpoint is called 'my-endpoint' in us-east-1\n"
