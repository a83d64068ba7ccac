"""Schedules, rule and queue of the template call the functions as AWS would."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws.lambda_service.function import FunctionError

if TYPE_CHECKING:
    from lowtide_workbench.aws.deployment.stack import Stack
    from tests.integration.workbench.conftest import FakeCloud, Project

EVENT = {
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Endpoint State Change",
    "time": "2026-11-23T12:00:30Z",
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
RAISES = """
    import json

    def lambda_handler(event, context):
        print(json.dumps(len(event["Records"])))
        raise RuntimeError("out of memory")
"""


def send(stack: Stack, *endpoints: str, groups: str = "") -> None:
    sqs = boto3.client("sqs", region_name="us-east-1")
    for number, endpoint in enumerate(endpoints):
        sqs.send_message(
            QueueUrl=stack.template.known["StepsQueue"],
            MessageBody=json.dumps({"endpoint": endpoint}),
            MessageGroupId=groups or endpoint,
            MessageDeduplicationId=f"{endpoint}-{number}",
        )


def waiting(stack: Stack, queue: str) -> int:
    """Messages in a queue, in flight or not."""
    sqs = boto3.client("sqs", region_name="us-east-1")
    attributes = sqs.get_queue_attributes(
        QueueUrl=stack.template.known[queue], AttributeNames=["All"]
    )["Attributes"]
    visible = int(attributes["ApproximateNumberOfMessages"])
    return visible + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def test_every_minute_scheduler_and_publisher_get_the_scheduled_time(
    project: Project, cloud: FakeCloud
) -> None:
    stack = project.deploy()
    cloud.pass_minutes(2)
    minutes = [{"time": "2026-11-23T12:01:00Z"}, {"time": "2026-11-23T12:02:00Z"}]
    assert project.logged(stack.functions["scheduler"]) == minutes
    whole = {"shard": 0, "shards": 1}
    assert project.logged(stack.functions["publisher"]) == [each | whole for each in minutes]
    assert not stack.functions["control"].log


@pytest.mark.parametrize(
    ("change", "delivered"),
    [
        pytest.param({}, 1, id="a state change reaches the scheduler whole"),
        pytest.param({"source": "aws.ec2"}, 0, id="an event of another service does not"),
        pytest.param(
            {"detail-type": "SageMaker Endpoint Deployment State Change"},
            0,
            id="an event of another type does not",
        ),
    ],
)
def test_the_rule_picks_endpoint_state_changes(
    project: Project, cloud: FakeCloud, change: dict[str, str], delivered: int
) -> None:
    stack = project.deploy()
    cloud.emit({**EVENT, **change})
    assert project.logged(stack.functions["scheduler"]) == [EVENT] * delivered


def test_with_schedules_disabled_nothing_runs_by_itself(project: Project, cloud: FakeCloud) -> None:
    stack = project.deploy(SchedulesState="DISABLED")
    cloud.pass_minutes(3)
    cloud.emit(EVENT)
    assert not any(function.log for function in stack.functions.values())


def test_a_step_is_handed_over_as_an_sqs_event(project: Project, cloud: FakeCloud) -> None:
    stack = project.deploy()
    send(stack, "a")
    stack.poll()
    ((record,),) = [each["Records"] for each in project.logged(stack.functions["reconciler"])]
    assert json.loads(record["body"]) == {"endpoint": "a"}
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"].endswith(":lowtide-dev-steps.fifo")
    assert record["attributes"]["MessageGroupId"] == "a"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert waiting(stack, "StepsQueue") == 0
    assert cloud.clock.now().minute == 0


def test_what_an_event_queues_is_handed_over_at_once(project: Project, cloud: FakeCloud) -> None:
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
    cloud.emit(EVENT)
    assert len(stack.functions["reconciler"].log) == 1
    actions = {name: {call.action for call in calls} for name, calls in stack.calls.items()}
    assert actions["scheduler"] == {"sqs:SendMessage"}
    assert actions["reconciler"] == set()


def test_steps_of_one_endpoint_arrive_in_order(project: Project) -> None:
    project.write("reconciler", KEEPS_THE_BAD)
    project.rewrite("BatchSize: 1 ", "BatchSize: 10 ")
    stack = project.deploy()
    sent = [f"step {number}" for number in range(12)]
    send(stack, *sent, groups="a")
    stack.poll()
    batches = project.logged(stack.functions["reconciler"])
    assert [len(batch) for batch in batches] == [10, 2]
    assert list(chain(*batches)) == sent


def test_a_failed_step_stays_and_ends_in_the_dead_letter_queue(
    project: Project, cloud: FakeCloud
) -> None:
    project.write("reconciler", KEEPS_THE_BAD)
    project.rewrite("BatchSize: 1 ", "BatchSize: 10 ")
    stack = project.deploy()
    send(stack, "good", "bad")
    cloud.pass_minutes(30)
    batches = project.logged(stack.functions["reconciler"])
    assert batches == [["good", "bad"], ["bad"], ["bad"]]
    assert (waiting(stack, "StepsQueue"), waiting(stack, "StepsDeadLetterQueue")) == (0, 1)
    assert not stack.failures


def test_a_step_of_an_endpoint_waits_while_an_earlier_one_is_in_flight(
    project: Project, cloud: FakeCloud
) -> None:
    project.write("reconciler", KEEPS_THE_BAD)
    stack = project.deploy()
    send(stack, "bad", groups="a")
    cloud.pass_minutes()
    send(stack, "good", groups="a")
    cloud.pass_minutes()
    assert project.logged(stack.functions["reconciler"]) == [["bad"]]


def test_an_exception_keeps_the_whole_batch_and_is_noted(
    project: Project, cloud: FakeCloud
) -> None:
    project.write("reconciler", RAISES)
    project.rewrite("BatchSize: 1 ", "BatchSize: 10 ")
    stack = project.deploy()
    send(stack, "a", "b")
    cloud.pass_minutes()
    (failure,) = stack.failures
    assert (failure.function, failure.error.error_message) == ("reconciler", "out of memory")
    assert failure.at == cloud.clock.now()
    assert waiting(stack, "StepsQueue") == 2


@pytest.mark.parametrize(
    ("returned", "left"),
    [
        pytest.param("None", 0, id="no answer is success"),
        pytest.param("{'batchItemFailures': []}", 0, id="no failures is success"),
        pytest.param(
            "{'batchItemFailures': [{'itemIdentifier': 'x'}]}",
            2,
            id="an identifier that was not in the batch fails it all",
        ),
    ],
)
def test_what_the_function_reports_decides_what_is_deleted(
    project: Project, returned: str, left: int
) -> None:
    project.write("reconciler", f"def lambda_handler(event, context):\n    return {returned}")
    stack = project.deploy()
    send(stack, "a", "b")
    stack.poll()
    assert waiting(stack, "StepsQueue") == left


def test_a_failing_schedule_is_noted_and_does_not_stop_the_clock(
    project: Project, cloud: FakeCloud
) -> None:
    project.write("publisher", "def lambda_handler(event, context):\n    raise KeyError('x')")
    stack = project.deploy()
    cloud.pass_minutes(2)
    assert [failure.function for failure in stack.failures] == ["publisher", "publisher"]
    assert len(stack.functions["scheduler"].log) == 2


def test_a_person_gets_the_answer_or_the_error(project: Project) -> None:
    project.write("control", "def lambda_handler(event, context):\n    return 1 / event['by']")
    stack = project.deploy()
    assert stack.invoke("control", {"by": 2}) == 0.5
    with pytest.raises(FunctionError, match="ZeroDivisionError"):
        stack.invoke("control", {"by": 0})
    assert not stack.failures


def test_functions_get_the_names_of_what_was_deployed(project: Project) -> None:
    project.write(
        "scheduler",
        "import os\n\ndef lambda_handler(event, context):\n    return dict(os.environ)",
    )
    stack = project.deploy(LeadMinutes="45")
    environ: dict[str, Any] = stack.invoke("scheduler", {})
    assert environ["LOWTIDE_TABLE"] == stack.template.known["Table"]
    assert environ["LOWTIDE_QUEUE_URL"].endswith("/lowtide-dev-steps.fifo")
    assert environ["LOWTIDE_CONFIG"] == str(project.root / "endpoints.yaml")
    assert environ["LOWTIDE_STACK"] == "lowtide-dev"
    assert environ["LOWTIDE_LEAD_MINUTES"] == "45"
    assert environ["AWS_LAMBDA_FUNCTION_NAME"] == "lowtide-dev-scheduler"


def test_the_table_is_made_as_the_template_says(project: Project) -> None:
    table = project.deploy().template.known["Table"]
    dynamodb = boto3.client("dynamodb", region_name="us-east-1")
    keys = dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]
    backups = dynamodb.describe_continuous_backups(TableName=table)
    expiry = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert [key["AttributeName"] for key in keys] == ["endpoint", "item"]
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
