"""What Lambda, EventBridge and SQS do with an event that goes wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudwatch.metric_store import metric
from lowtide_workbench.aws.lambda_service.invoker import INVOKE
from lowtide_workbench.aws.lambda_service.sqs_poller import POLLER
from lowtide_workbench.aws.protocol.faults import Failed, Fault, Late, ResponseLost

if TYPE_CHECKING:
    from lowtide_workbench.aws.stack import Stack
    from tests.integration.workbench.conftest import Project

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
PRINTS_TIME = """
    from datetime import UTC, datetime

    def lambda_handler(event, context):
        print(datetime.now(UTC).strftime("%H:%M:%S"))
        {}
"""
REFUSED = Failed("TooManyRequestsException", "Rate Exceeded.", 429)


@pytest.fixture(autouse=True)
def _seldom(project: Project) -> None:
    """Schedules fire every ten minutes."""
    project.rewrite("rate(1 minute)", "rate(10 minutes)")


def at_ten_past(cloud: Cloud, minutes: float = 4) -> None:
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


def test_lambda_tries_a_failed_event_again_after_one_minute_and_then_two(
    project: Project, cloud: Cloud
) -> None:
    """By default twice, unless the event has become too old; else as configured."""
    configs: dict[str, dict[str, int] | None] = {
        "scheduler": None,
        "publisher": {"MaximumRetryAttempts": 1},
        "reconciler": {"MaximumRetryAttempts": 0},
        "control": {"MaximumEventAgeInSeconds": 90},
    }
    for function, config in configs.items():
        project.invoke_config(function, config)
        project.write(function, PRINTS_TIME.format("raise ValueError"))
    stack = project.deploy()
    for function in configs:
        stack.send(function, {})
    cloud.advance(START + timedelta(minutes=9))
    times = {function: ran(stack, function) for function in configs}
    assert times == {
        "scheduler": ["12:00:00", "12:01:00", "12:03:00"],
        "publisher": ["12:00:00", "12:01:00"],
        "reconciler": ["12:00:00"],
        "control": ["12:00:00", "12:01:00"],
    }
    assert len(stack.failures) == 8


@pytest.mark.parametrize(
    ("effect", "tries", "times"),
    [
        pytest.param(REFUSED, 1, ["12:10:10"], id="refused: handed over again, seconds later"),
        pytest.param(ResponseLost(), 1, ["12:10:00", "12:10:10"], id="answer lost: it runs twice"),
        pytest.param(REFUSED, None, [], id="given up at the age that the template sets"),
    ],
)
def test_eventbridge_hands_an_event_over_until_lambda_takes_it(
    project: Project, cloud: Cloud, effect: Any, tries: int | None, times: list[str]
) -> None:
    project.write("publisher", PRINTS_TIME.format(""))
    stack = project.deploy()
    cloud.faults.add(Fault(effect, *INVOKE, nth=2, times=tries))  # the planner's is the first
    at_ten_past(cloud)
    assert ran(stack) == times
    if not times:
        assert total(cloud, "Throttles") == 3  # one try, and MaximumRetryAttempts: 2


def test_lambda_publishes_what_happened(project: Project, cloud: Cloud) -> None:
    project.invoke_config("publisher", None)
    code = "import boto3\nboto3.client('sqs').list_queues()\nraise ValueError"
    project.write("publisher", PRINTS_TIME.format(code.replace("\n", "\n        ")))
    project.deploy()
    cloud.faults.add(Fault(Late(timedelta(seconds=7)), function="publisher"))
    at_ten_past(cloud)
    assert total(cloud, "Invocations") == total(cloud, "Errors") == 3
    assert total(cloud, "Duration") == 7000
    assert (total(cloud, "Invocations", "scheduler"), total(cloud, "Errors", "scheduler")) == (1, 0)


def send(stack: Stack, body: str) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=stack.resources["StepsQueue"],
        MessageBody=json.dumps(body),
        MessageGroupId="a",
        MessageDeduplicationId=body,
    )


def bodies(stack: Stack) -> list[str]:
    return [line for line in stack.functions["reconciler"].log if line.startswith('"')]


PRINTS_BODIES = """
    def lambda_handler(event, context):
        for record in event["Records"]:
            print(record["body"])
"""


def test_sqs_drops_a_duplicate_for_five_minutes(project: Project, cloud: Cloud) -> None:
    """Though the first message is done and deleted."""
    project.write("reconciler", PRINTS_BODIES)
    stack = project.deploy()
    received = []
    for minute in (0, 4, 6):
        cloud.advance(START + timedelta(minutes=minute))
        send(stack, "step")
        cloud.advance(START + timedelta(minutes=minute, seconds=30))
        received.append(len(bodies(stack)))
    assert received == [1, 1, 2]


def test_a_message_whose_deletion_fails_comes_again(project: Project, cloud: Cloud) -> None:
    project.write("reconciler", PRINTS_BODIES)
    stack = project.deploy()
    cloud.faults.add(Fault(Failed("InternalFailure"), "sqs", "DeleteMessage", function=POLLER))
    send(stack, "step")
    cloud.advance(START + timedelta(minutes=8))
    assert bodies(stack) == ['"step"', '"step"'], "again after the visibility time-out of 6 minutes"
    assert not stack.failures


def test_a_poll_that_fails_is_repeated(project: Project, cloud: Cloud) -> None:
    project.write("reconciler", PRINTS_BODIES)
    stack = project.deploy()
    cloud.faults.add(Fault(Failed("InternalFailure", status=400), "sqs", "ReceiveMessage"))
    send(stack, "step")
    cloud.advance(START + timedelta(minutes=2))
    assert bodies(stack) == ['"step"']
