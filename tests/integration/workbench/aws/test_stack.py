"""Schedules, rule and queue of the template call the functions as AWS would."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.lambda_service.function import FunctionError

if TYPE_CHECKING:
    from lowtide_workbench.aws.stack import Stack
    from tests.integration.workbench.conftest import Project

EVENT = {
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Endpoint State Change",
    "detail": {"EndpointName": "a"},
}
KEEPS_THE_BAD = """
    import json

    def lambda_handler(event, context):
        bodies = [json.loads(record["body"])["endpoint"] for record in event["Records"]]
        print(json.dumps(bodies))
        return {
            "batchItemFailures": [
                {"itemIdentifier": record["messageId"]}
                for record in event["Records"]
                if "bad" in record["body"]
            ]
        }
"""
ANSWERS_IN_TURN = """
    answers = [
        None,
        {"batchItemFailures": []},
        {"batchItemFailures": [{"itemIdentifier": "x"}]},
    ]

    def lambda_handler(event, context):
        return answers.pop(0)
"""
RAISES = """
    import json

    def lambda_handler(event, context):
        print(json.dumps(len(event["Records"])))
        raise RuntimeError("out of memory")
"""


def emit(event: dict[str, Any]) -> None:
    """It is delivered when the clock moves."""
    entry = {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
    }
    boto3.client("events").put_events(Entries=[entry])


def send(stack: Stack, *endpoints: str, groups: str = "") -> None:
    sqs = boto3.client("sqs", region_name="us-east-1")
    for number, endpoint in enumerate(endpoints):
        sqs.send_message(
            QueueUrl=stack.resources["StepsQueue"],
            MessageBody=json.dumps({"endpoint": endpoint}),
            MessageGroupId=groups or endpoint,
            MessageDeduplicationId=f"{endpoint}-{number}",
        )


def waiting(stack: Stack, queue: str) -> int:
    """Messages in a queue, in flight or not."""
    sqs = boto3.client("sqs", region_name="us-east-1")
    attributes = sqs.get_queue_attributes(QueueUrl=stack.resources[queue], AttributeNames=["All"])[
        "Attributes"
    ]
    visible = int(attributes["ApproximateNumberOfMessages"])
    return visible + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def test_schedules_rule_and_queue_call_the_functions(project: Project) -> None:
    """The schedules each minute; the rule for state changes only; the queue with SQS's events."""
    stack = project.deploy()
    project.pass_minutes(2)
    minutes = [{"time": "2026-11-23T12:01:00Z"}, {"time": "2026-11-23T12:02:00Z"}]
    whole = {"shard": 0, "shards": 1}
    assert project.logged(stack.functions["publisher"]) == [each | whole for each in minutes]
    emit(EVENT)
    emit(EVENT | {"source": "aws.ec2"})
    emit(EVENT | {"detail-type": "SageMaker Endpoint Deployment State Change"})
    project.cloud.advance(project.cloud.clock.now() + timedelta(seconds=10))
    *before, event = project.logged(stack.functions["scheduler"])
    assert (before, event | EVENT) == (minutes, event)
    send(stack, "a")
    stack.poll()
    ((record,),) = [each["Records"] for each in project.logged(stack.functions["reconciler"])]
    assert json.loads(record["body"]) == {"endpoint": "a"}
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(":lowtide-dev-steps.fifo")
    assert record["attributes"]["MessageGroupId"] == "a"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert waiting(stack, "StepsQueue") == 0
    assert not stack.functions["control"].log


def test_with_schedules_disabled_only_the_scheduler_runs_by_itself(project: Project) -> None:
    stack = project.deploy(SchedulesState="DISABLED")
    emit(EVENT)
    project.pass_minutes(3)
    assert {name: len(function.log) for name, function in stack.functions.items()} == {
        "scheduler": 3,
        "reconciler": 0,
        "publisher": 0,
        "control": 0,
        "planner": 0,
    }


def test_what_an_event_queues_is_handed_over_at_once(project: Project) -> None:
    project.write(
        "scheduler",
        """
        import os, boto3

        queue = boto3.client("sqs")

        def lambda_handler(event, context):
            queue.send_message(
                QueueUrl=os.environ["LOWTIDE_QUEUE_URL"],
                MessageBody='{"endpoint": "a"}',
                MessageGroupId="a",
                MessageDeduplicationId=event["time"],
            )
        """,
    )
    stack = project.deploy()
    emit(EVENT)
    project.cloud.advance(project.cloud.clock.now() + timedelta(seconds=1))
    assert len(stack.functions["reconciler"].log) == 1
    actions = {name: {call.action for call in calls} for name, calls in stack.calls.items()}
    assert actions["scheduler"] == {"sqs:SendMessage"}
    assert actions["reconciler"] == set()


def test_steps_of_one_endpoint_arrive_in_order_and_a_failed_one_ends_in_the_dead_letter_queue(
    project: Project,
) -> None:
    project.write("reconciler", KEEPS_THE_BAD)
    project.rewrite("BatchSize: 1 ", "BatchSize: 10 ")
    stack = project.deploy()
    sent = [f"step {number}" for number in range(12)]
    send(stack, *sent, groups="a")
    stack.poll()
    batches = project.logged(stack.functions["reconciler"])
    assert [len(batch) for batch in batches] == [10, 2]
    assert list(chain(*batches)) == sent
    send(stack, "good", "bad")
    project.pass_minutes(30)
    batches = project.logged(stack.functions["reconciler"])[2:]
    assert batches == [["good", "bad"], ["bad"], ["bad"]]
    assert (waiting(stack, "StepsQueue"), waiting(stack, "StepsDeadLetterQueue")) == (0, 1)
    assert not stack.failures


def test_a_step_of_an_endpoint_waits_while_an_earlier_one_is_in_flight(
    project: Project,
) -> None:
    project.write("reconciler", KEEPS_THE_BAD)
    stack = project.deploy()
    send(stack, "bad", groups="a")
    project.pass_minutes()
    send(stack, "good", groups="a")
    project.pass_minutes()
    assert project.logged(stack.functions["reconciler"]) == [["bad"]]


def test_failures_are_recorded_except_of_clients_that_wait(
    project: Project,
) -> None:
    """An exception keeps the whole batch; a schedule that fails does not stop the clock."""
    project.write("reconciler", RAISES)
    project.write("publisher", "def lambda_handler(event, context):\n    raise KeyError('x')")
    project.write("control", "def lambda_handler(event, context):\n    return 1 / event['by']")
    project.rewrite("BatchSize: 1 ", "BatchSize: 10 ")
    stack = project.deploy()
    assert stack.invoke("control", {"by": 2}) == 0.5
    with pytest.raises(FunctionError, match="ZeroDivisionError"):
        stack.invoke("control", {"by": 0})
    assert not stack.failures
    send(stack, "a", "b")
    project.pass_minutes(2)
    assert len(stack.functions["scheduler"].log) == 2
    failed = [(failure.function, failure.error.error_message) for failure in stack.failures]
    assert failed == [("reconciler", "out of memory"), ("publisher", "'x'"), ("publisher", "'x'")]
    assert stack.failures[-1].at == project.cloud.clock.now()
    assert waiting(stack, "StepsQueue") == 2


def test_the_answer_of_the_function_decides_what_is_deleted(project: Project) -> None:
    """No answer is success; an identifier that was not in the batch fails it all."""
    project.write("reconciler", ANSWERS_IN_TURN)
    stack = project.deploy()
    left = []
    for endpoint in ("a", "b", "c"):
        send(stack, endpoint)
        stack.poll()
        left.append(waiting(stack, "StepsQueue"))
    assert left == [0, 0, 1]


def test_functions_get_the_names_of_what_was_deployed_and_the_table_is_the_templates(
    project: Project,
) -> None:
    project.write(
        "scheduler",
        "import os\n\ndef lambda_handler(event, context):\n    return dict(os.environ)",
    )
    stack = project.deploy(LeadMinutes="45")
    environ: dict[str, Any] = stack.invoke("scheduler", {})
    assert environ["LOWTIDE_TABLE"] == stack.resources["Table"]
    assert environ["LOWTIDE_QUEUE_URL"].endswith("/lowtide-dev-steps.fifo")
    assert environ["LOWTIDE_CONFIG"].endswith("/endpoints/endpoints.yaml")
    assert Path(environ["LOWTIDE_CONFIG"]).read_text() == "endpoints: []"
    assert environ["LOWTIDE_STACK"] == "lowtide-dev"
    assert environ["LOWTIDE_LEAD_MINUTES"] == "45"
    assert environ["AWS_LAMBDA_FUNCTION_NAME"] == "lowtide-dev-scheduler"
    table, dynamodb = environ["LOWTIDE_TABLE"], boto3.client("dynamodb", region_name="us-east-1")
    keys = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    backups = dynamodb.describe_continuous_backups(TableName=table)
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert [key["AttributeName"] for key in keys] == ["endpoint", "item"]
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
