"""Any call of any caller can go wrong, in any of the ways that calls do."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from lowtide_workbench.aws import Cloud, CloudSettings
from lowtide_workbench.aws.lambda_service.function import Function, FunctionError
from lowtide_workbench.aws.lambda_service.handler import Configuration
from lowtide_workbench.aws.protocol.faults import (
    Failed,
    Fault,
    Killed,
    KilledError,
    Late,
    Meanwhile,
    RequestLost,
    ResponseLost,
    Throttled,
)
from tests.integration.workbench.aws.conftest import refusal

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
# Four calls, to two services of moto's and one of ours; it tries to survive everything.
SENDS = """
    import os, time
    from datetime import UTC, datetime

    import boto3

    queues = boto3.client("sqs", region_name="us-east-1")
    hosting = boto3.client("sagemaker", region_name="us-east-1")
    loads = 0

    def lambda_handler(event, context):
        global loads
        loads += 1
        try:
            url = queues.create_queue(QueueName="q")["QueueUrl"]
            hosting.list_endpoint_configs()
            for body in ("one", "two"):
                queues.send_message(QueueUrl=url, MessageBody=body)
            if event.get("sleep"):
                time.sleep(event["sleep"])
            print("done")
            return [loads, datetime.now(UTC).isoformat()]
        except Exception as error:
            return repr(error)
        finally:
            print("cleaning up")
            queues.create_queue(QueueName="made-in-finally")
"""


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        yield cloud


@pytest.fixture
def function(cloud: Cloud, tmp_path: Path) -> Function:
    del cloud
    return load(tmp_path, "sender")


def load(folder: Path, name: str, code: str = SENDS) -> Function:
    (folder / name).mkdir()
    (folder / name / "app.py").write_text(textwrap.dedent(code))
    return Function.started(name, Configuration(folder / name))


session_client: Any = boto3.client  # services by a name that is not a literal


def client(service: str, **config: Any) -> Any:
    return session_client(service, config=Config(**config))


def queue_names() -> list[str]:
    urls = client("sqs").list_queues().get("QueueUrls", [])
    return [url.rpartition("/")[2] for url in urls]


def messages() -> int:
    attributes = client("sqs").get_queue_attributes(
        QueueUrl=client("sqs").get_queue_url(QueueName="q")["QueueUrl"], AttributeNames=["All"]
    )
    return int(attributes["Attributes"]["ApproximateNumberOfMessages"])


LISTED = {
    "sagemaker": "list_endpoint_configs",
    "dynamodb": "list_tables",
    "sqs": "list_queues",
    "cloudwatch": "list_metrics",
    "scheduler": "list_schedules",
    "sns": "list_topics",
}


@pytest.mark.parametrize(
    ("service", "mode"),
    [
        pytest.param("sagemaker", "legacy", id="legacy mode"),
        pytest.param("sagemaker", "adaptive", id="adaptive mode"),
        pytest.param("sagemaker", "standard", id="ours: SageMaker"),
        pytest.param("dynamodb", "standard", id="moto's, JSON: DynamoDB"),
        pytest.param("sqs", "standard", id="moto's, JSON for a query service: SQS"),
        pytest.param("cloudwatch", "standard", id="moto's: CloudWatch"),
        pytest.param("scheduler", "standard", id="moto's, REST: Scheduler"),
        pytest.param("sns", "standard", id="moto's, XML: SNS"),
    ],
)
def test_botocore_retries_a_throttled_call_of_every_service(
    cloud: Cloud, service: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slept(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} real seconds")

    cloud.faults.add(Fault(Throttled(), service=service, times=2))
    retrying = client(service, retries={"mode": mode, "max_attempts": 4})
    monkeypatch.setattr(time, "sleep", slept)
    answer = getattr(retrying, LISTED[service])()
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert len(cloud.faults.hits) == 2


@pytest.mark.parametrize("service", ["sagemaker", "sqs", "scheduler", "sns"])
def test_an_error_arrives_with_its_code_and_message(cloud: Cloud, service: str) -> None:
    cloud.faults.add(Fault(Failed("AccessDeniedException", "no <right> for it", 403)))
    found = refusal(getattr(client(service), LISTED[service]))
    assert found == ("AccessDeniedException", "no <right> for it")


@pytest.mark.parametrize(
    ("effect", "error", "made"),
    [
        pytest.param(RequestLost(), EndpointConnectionError, [], id="a lost request has not acted"),
        pytest.param(ResponseLost(), ConnectionClosedError, ["q"], id="a lost response has acted"),
        pytest.param(
            ResponseLost("timed out"), ReadTimeoutError, ["q"], id="a read that times out has acted"
        ),
        pytest.param(Failed("Broken"), ClientError, [], id="an error has not acted"),
        pytest.param(Killed(), KilledError, ["q"], id="killed after the call: it has acted"),
        pytest.param(Killed(before=True), KilledError, [], id="killed before the call: it has not"),
    ],
)
def test_whether_a_call_that_went_wrong_has_acted(
    cloud: Cloud, effect: Any, error: type[BaseException], made: list[str]
) -> None:
    cloud.faults.add(Fault(effect, operation="CreateQueue"))
    with pytest.raises(error):
        client("sqs", retries={"total_max_attempts": 1}).create_queue(QueueName="q")
    assert queue_names() == made


def test_a_retry_of_a_lost_response_acts_a_second_time(cloud: Cloud) -> None:
    url = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    cloud.faults.add(Fault(ResponseLost(), operation="SendMessage"))
    client("sqs").send_message(QueueUrl=url, MessageBody="x")
    assert messages() == 2


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        pytest.param({}, "-++++", id="the first"),
        pytest.param({"nth": 3}, "++-++", id="the third"),
        pytest.param({"nth": 2, "times": 2}, "+--++", id="two, from the second"),
        pytest.param({"times": None}, "-----", id="all"),
        pytest.param({"nth": 4, "times": None}, "+++--", id="all from the fourth"),
        pytest.param({"service": "sns"}, "+++++", id="none: another service"),
        pytest.param({"operation": "CreateQueue"}, "+++++", id="none: another operation"),
        pytest.param({"function": "reconciler"}, "+++++", id="none: another caller"),
    ],
)
def test_which_calls_a_fault_meets(cloud: Cloud, fault: Any, outcome: str) -> None:
    cloud.faults.add(Fault(Failed("Broken"), **fault))
    assert outcomes(5) == outcome
    cloud.faults.clear()
    assert outcomes(1) == "+"


def test_chance_is_drawn_from_the_seed() -> None:
    def drawn(seed: int) -> str:
        with Cloud(START, CloudSettings(seed=seed)) as cloud:
            cloud.faults.add(Fault(Failed("Broken"), times=None, probability=0.5))
            return outcomes(30)

    assert drawn(1) == drawn(1) != drawn(2)
    assert 5 < drawn(1).count("-") < 25


def outcomes(count: int) -> str:
    queues, result = client("sqs"), ""
    for _ in range(count):
        try:
            queues.list_queues()
            result += "+"
        except ClientError:
            result += "-"
    return result


def test_a_fault_of_one_function_meets_no_other_caller(
    cloud: Cloud, function: Function, tmp_path: Path
) -> None:
    other = load(tmp_path, "other")
    cloud.faults.add(Fault(Failed("Broken"), function="sender", times=None))
    assert other.invoke({})[0] == 1
    client("sqs").list_queues()
    with pytest.raises(FunctionError, match="Broken"):
        function.invoke({})


def test_several_faults_meet_one_call(cloud: Cloud, function: Function) -> None:
    cloud.faults.add(Fault(Throttled()), Fault(Late(timedelta(seconds=7)), times=4))
    assert function.invoke({})[1] > (START + timedelta(seconds=28)).isoformat()


def test_the_calls_of_each_invocation_are_recorded_in_order(
    cloud: Cloud, function: Function
) -> None:
    cloud.faults.add(Fault(Throttled(), operation="ListEndpointConfigs"))
    function.invoke({})
    function.invoke({})
    first, second = [[call.action for call in each.calls] for each in function.invocations]
    listed = "sagemaker:ListEndpointConfigs"
    sends = ["sqs:SendMessage", "sqs:SendMessage", "sqs:CreateQueue"]
    assert first == ["sqs:CreateQueue", listed, listed, *sends]
    assert second == ["sqs:CreateQueue", listed, *sends]


@pytest.mark.parametrize(
    ("nth", "made", "sent"),
    [
        pytest.param(1, ["q"], 0, id="after the first"),
        pytest.param(4, ["q"], 2, id="after the fourth"),
        pytest.param(5, ["made-in-finally", "q"], 2, id="after the last"),
    ],
)
def test_a_function_killed_after_a_call_leaves_what_it_has_done_and_does_no_more(
    cloud: Cloud, function: Function, nth: int, made: list[str], sent: int
) -> None:
    cloud.faults.add(Fault(Killed(), function="sender", nth=nth))
    with pytest.raises(FunctionError, match="Runtime exited without providing a reason"):
        function.invoke({})
    assert sorted(queue_names()) == made
    assert messages() == sent
    assert len(function.invocations[-1].calls) == nth


def test_a_killed_function_writes_no_more_and_starts_anew(cloud: Cloud, function: Function) -> None:
    assert [function.invoke({})[0], function.invoke({})[0]] == [1, 2]
    lines = list(function.log)
    cloud.faults.add(Fault(Killed(), nth=2))
    with pytest.raises(FunctionError):
        function.invoke({})
    assert not [line for line in list(function.log)[len(lines) :] if "cleaning up" in line]
    assert function.invoke({})[0] == 1


def test_time_passes_only_for_the_function_that_waits(cloud: Cloud, function: Function) -> None:
    cloud.faults.add(Fault(Late(timedelta(seconds=20)), operation="ListEndpointConfigs"))
    _, result = function.invoke({"sleep": 5})
    assert result == (START + timedelta(seconds=25)).isoformat()
    assert function.invocations[-1].duration_s == 25
    assert datetime.now(UTC) == cloud.clock.now() == START


@pytest.mark.parametrize(
    "effect",
    [
        pytest.param(Late(timedelta(seconds=61)), id="an answer that is too late"),
        pytest.param(ResponseLost("timed out"), id="botocore's read time-out, and its retry"),
    ],
)
def test_a_function_that_waits_too_long_is_ended_as_lambda_does(
    cloud: Cloud, function: Function, effect: Any
) -> None:
    cloud.faults.add(Fault(effect, operation="CreateQueue", times=2))
    with pytest.raises(FunctionError, match=r"Task timed out after 60\.00 seconds") as raised:
        function.invoke({})
    assert raised.value.error_type == "Sandbox.Timedout"
    assert queue_names() == ["q"]
    assert function.invocations[-1].duration_s == 60
    assert function.log[-1].endswith("Task timed out after 60.00 seconds")


def test_another_client_acts_between_two_calls(cloud: Cloud, function: Function) -> None:
    seen: list[list[str]] = []
    look = Meanwhile(lambda: seen.append(queue_names()))
    cloud.faults.add(Fault(look, function="sender", nth=1))
    function.invoke({})
    assert seen == [["q"]]
    assert len(function.invocations[-1].calls) == 5
