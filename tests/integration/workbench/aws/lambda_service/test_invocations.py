"""What Lambda, EventBridge and SQS do with an event that goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudwatch.metric_store import metric
from lowtide_workbench.aws.lambda_service.invoker import INVOKE
from lowtide_workbench.aws.lambda_service.sqs_poller import POLLER
from lowtide_workbench.aws.protocol.faults import Failed, Fault, Killed, Late, ResponseLost

if TYPE_CHECKING:
    from lowtide_workbench.aws.deployment.stack import Stack
    from tests.integration.workbench.conftest import Project

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
TELLS = """
    from datetime import UTC, datetime

    def lambda_handler(event, context):
        print(datetime.now(UTC).strftime("%H:%M:%S"))
        {}
"""
REFUSED = Failed("TooManyRequestsException", "Rate Exceeded.", 429)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        yield cloud


type ProjectMaker = Callable[..., Project]


@pytest.fixture
def project(tmp_path: Path, cloud: Cloud, project_in: ProjectMaker) -> Project:
    """Only the scheduler has a trigger, and that is a schedule of every ten minutes."""
    project = project_in(tmp_path, cloud)
    project.rewrite("rate(1 minute)", "rate(10 minutes)")
    return project


def at_ten_past(cloud: Cloud, minutes: float = 9.5) -> None:
    cloud.advance(START + timedelta(minutes=10 + minutes))


def ran(stack: Stack, function: str = "publisher") -> list[str]:
    return [line for line in stack.functions[function].log if line[2:3] == ":"]


def total(cloud: Cloud, name: str, function: str = "publisher") -> float:
    dimensions = {"FunctionName": f"lowtide-dev-{function}"}
    found = cloud.metrics.read(
        metric("AWS/Lambda", name, **dimensions),
        START.timestamp(),
        cloud.clock.seconds() + 60,
        60,
        cloud.clock.seconds(),
    )
    return sum(each.total for each in found.values())


@pytest.mark.parametrize(
    ("config", "times"),
    [
        pytest.param(None, ["12:10:00", "12:11:00", "12:13:00"], id="by default twice"),
        pytest.param(
            {"MaximumRetryAttempts": 1}, ["12:10:00", "12:11:00"], id="once if configured so"
        ),
        pytest.param({"MaximumRetryAttempts": 0}, ["12:10:00"], id="never if configured so"),
        pytest.param(
            {"MaximumEventAgeInSeconds": 90},
            ["12:10:00", "12:11:00"],
            id="not when the event has become too old",
        ),
    ],
)
def test_lambda_tries_a_failed_event_again_after_one_minute_and_then_two(
    project: Project, cloud: Cloud, config: dict[str, int] | None, times: list[str]
) -> None:
    project.invoke_config("publisher", config)
    project.write("publisher", TELLS.format("raise ValueError"))
    stack = project.deploy()
    at_ten_past(cloud)
    assert ran(stack) == times
    assert len(stack.failures) == len(times)


def test_a_killed_function_is_tried_again_too(project: Project, cloud: Cloud) -> None:
    project.invoke_config("publisher", None)
    project.write("publisher", TELLS.format("import boto3; boto3.client('sqs').list_queues()"))
    stack = project.deploy()
    cloud.faults.add(Fault(Killed(), function="publisher"))
    at_ten_past(cloud)
    assert ran(stack) == ["12:10:00", "12:11:00"]


@pytest.mark.parametrize(
    ("effect", "times"),
    [
        pytest.param(REFUSED, ["12:10:10"], id="refused: handed over again, seconds later"),
        pytest.param(
            ResponseLost(), ["12:10:00", "12:10:10"], id="answer lost: the function runs twice"
        ),
    ],
)
def test_eventbridge_hands_an_event_over_until_lambda_takes_it(
    project: Project, cloud: Cloud, effect: Any, times: list[str]
) -> None:
    project.write("publisher", TELLS.format(""))
    stack = project.deploy()
    cloud.faults.add(Fault(effect, *INVOKE, nth=2))  # the scheduler's is the first
    at_ten_past(cloud)
    assert ran(stack) == times


def test_eventbridge_gives_up_at_the_age_that_the_template_sets(
    project: Project, cloud: Cloud
) -> None:
    project.write("publisher", TELLS.format(""))
    stack = project.deploy()
    cloud.faults.add(Fault(REFUSED, *INVOKE, times=None))
    at_ten_past(cloud, minutes=9)
    assert ran(stack) == []
    assert total(cloud, "Throttles") == 3  # one try, and MaximumRetryAttempts: 2


def test_lambda_publishes_what_happened(project: Project, cloud: Cloud) -> None:
    project.invoke_config("publisher", None)
    code = "import boto3\nboto3.client('sqs').list_queues()\nraise ValueError"
    project.write("publisher", TELLS.format(code.replace("\n", "\n        ")))
    project.deploy()
    cloud.faults.add(Fault(Late(timedelta(seconds=7)), function="publisher"))
    at_ten_past(cloud)
    assert total(cloud, "Invocations") == total(cloud, "Errors") == 3
    assert total(cloud, "Duration") == 7000
    assert (total(cloud, "Invocations", "scheduler"), total(cloud, "Errors", "scheduler")) == (1, 0)


def test_every_function_begins_at_the_instant_of_its_trigger(
    project: Project, cloud: Cloud
) -> None:
    for name in ("scheduler", "publisher"):
        project.write(
            name, TELLS.format("import boto3; boto3.client('sqs').list_queues(); print('done')")
        )
    stack = project.deploy()
    cloud.faults.add(Fault(Late(timedelta(seconds=40)), times=None))
    at_ten_past(cloud)
    assert ran(stack, "scheduler") == ran(stack, "publisher") == ["12:10:00"]


def send(stack: Stack, body: str, duplicate_of: str = "") -> None:
    boto3.client("sqs").send_message(
        QueueUrl=stack.template.known["StepsQueue"],
        MessageBody=json.dumps(body),
        MessageGroupId="a",
        MessageDeduplicationId=duplicate_of or body,
    )


def bodies(stack: Stack) -> list[str]:
    return [line for line in stack.functions["reconciler"].log if line.startswith('"')]


SAYS_BODIES = """
    def lambda_handler(event, context):
        for record in event["Records"]:
            print(record["body"])
"""


@pytest.mark.parametrize(
    ("minutes", "received"),
    [
        pytest.param(4, 1, id="within five minutes, though the first is done and deleted"),
        pytest.param(6, 2, id="after five minutes it is a new message"),
    ],
)
def test_sqs_drops_a_duplicate(project: Project, cloud: Cloud, minutes: int, received: int) -> None:
    project.write("reconciler", SAYS_BODIES)
    stack = project.deploy()
    send(stack, "step")
    cloud.advance(START + timedelta(minutes=minutes))
    send(stack, "step")
    cloud.advance(START + timedelta(minutes=minutes + 1))
    assert bodies(stack) == ['"step"'] * received


def test_a_message_whose_deletion_fails_comes_again(project: Project, cloud: Cloud) -> None:
    project.write("reconciler", SAYS_BODIES)
    stack = project.deploy()
    cloud.faults.add(Fault(Failed("InternalFailure"), "sqs", "DeleteMessage", function=POLLER))
    send(stack, "step")
    cloud.advance(START + timedelta(minutes=8))
    assert bodies(stack) == ['"step"', '"step"'], "again after the visibility time-out of 6 minutes"
    assert not stack.failures


def test_a_poll_that_fails_is_made_up_for(project: Project, cloud: Cloud) -> None:
    project.write("reconciler", SAYS_BODIES)
    stack = project.deploy()
    cloud.faults.add(Fault(Failed("InternalFailure", status=400), "sqs", "ReceiveMessage"))
    send(stack, "step")
    cloud.advance(START + timedelta(minutes=2))
    assert bodies(stack) == ['"step"']
