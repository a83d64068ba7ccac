"""Schedules, rules and queues that were made through the API call the functions."""

import json
from typing import Any

import pytest

from lowtide_workbench.aws.cloudwatch.metric_store import metric
from tests.integration.workbench.aws.conftest import refusal
from tests.integration.workbench.aws.lambda_api.conftest import ARN, PRINTS, SQS, Lambda

QUEUE = "arn:aws:sqs:us-east-1:123456789012:steps"
INVALID = "InvalidParameterValueException"


def events(aws: Lambda) -> list[Any]:
    return [json.loads(line) for line in aws.logged()]


def schedule(aws: Lambda, expression: str = "rate(1 minute)", **fields: Any) -> None:
    """Its role may invoke functions, and may be assumed for schedules of this account."""
    iam, role = aws.client("iam"), "arn:aws:iam::123456789012:role/schedule"
    if not any(each["Arn"] == role for each in iam.list_roles()["Roles"]):
        source = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
        allowed = ["lambda:InvokeFunction"]
        aws.make_role("schedule", "scheduler.amazonaws.com", allowed, Condition=source)
    given: dict[str, Any] = {
        "Name": "speech",
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": ARN,
            "RoleArn": role,
            "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
        },
    }
    aws.client("scheduler").create_schedule(**given | fields)


@pytest.mark.parametrize(
    ("expression", "fields", "times"),
    [
        pytest.param("rate(2 minutes)", {}, ["12:02", "12:04"], id="at a rate, from its creation"),
        pytest.param("cron(3 12 * * ? *)", {}, ["12:03"], id="by cron"),
        pytest.param(
            "cron(3 7 * * ? *)",
            {"ScheduleExpressionTimezone": "America/New_York"},
            ["12:03"],
            id="by cron in a time zone",
        ),
        pytest.param("at(2026-11-23T12:03:00)", {}, ["12:03"], id="once"),
        pytest.param("rate(1 minute)", {"State": "DISABLED"}, [], id="never while it is disabled"),
        pytest.param(
            "rate(1 minute)",
            {"StartDate": "2026-11-23T12:03:00Z", "EndDate": "2026-11-23T12:04:00Z"},
            ["12:04"],
            id="between its start and its end",
        ),
    ],
)
def test_a_schedule_fires(
    aws: Lambda, expression: str, fields: dict[str, Any], times: list[str]
) -> None:
    aws.create(PRINTS)
    schedule(aws, expression, **fields)
    aws.wait(minutes=5)
    invocations = aws.cloud.lambdas.state.functions["greet"].function.invocations
    assert [each.event for each in invocations] == [
        {"at": f"2026-11-23T{time}:00Z"} for time in times
    ]


def test_a_schedule_that_is_over_may_go(aws: Lambda) -> None:
    aws.create(PRINTS)
    schedule(aws, "at(2026-11-23T12:01:00)", ActionAfterCompletion="DELETE")
    aws.wait(minutes=2)
    assert len(events(aws)) == 1
    assert not aws.client("scheduler").list_schedules()["Schedules"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param(
            {"Target": {"Arn": ARN, "RoleArn": "arn:aws:iam::123456789012:role/function"}},
            "must allow AWS EventBridge Scheduler to assume the role",
            id="its role is for another service",
        ),
        pytest.param(
            {"ScheduleExpression": "rate(often)"},
            "Invalid Schedule Expression rate(often)",
            id="an expression that is none",
        ),
        pytest.param(
            {"ScheduleExpressionTimezone": "Berlin"},
            "ScheduleExpressionTimezone is not valid",
            id="a time zone that is none",
        ),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(
    aws: Lambda, fields: dict[str, Any], message: str
) -> None:
    found = refusal(lambda: schedule(aws, **fields))
    assert (found[0], message in found[1]) == ("ValidationException", True), found
    assert not aws.client("scheduler").list_schedules()["Schedules"]


def test_a_schedule_whose_role_may_not_invoke_fires_in_vain(aws: Lambda) -> None:
    aws.create(PRINTS)
    schedule(aws)
    aws.allow("schedule", [])
    aws.wait(minutes=2)
    name = metric("AWS/Scheduler", "TargetErrorCount", ScheduleGroup="default")
    now = aws.cloud.clock.seconds()
    found = aws.cloud.metrics.read(name, now - 600, now + 60, 60, now)
    assert sum(each.total for each in found.values()) == 2
    aws.allow("schedule", ["lambda:InvokeFunction"])
    aws.wait(minutes=1)
    assert len(events(aws)) == 1


def rule(aws: Lambda, *, permitted: bool = True) -> None:
    given = aws.client("events")
    pattern = json.dumps({"source": ["speech"], "detail": {"state": ["ready"]}})
    arn = given.put_rule(Name="changed", EventPattern=pattern)["RuleArn"]
    given.put_targets(Rule="changed", Targets=[{"Id": "1", "Arn": ARN}])
    if permitted:
        aws.api.add_permission(
            FunctionName="greet",
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=f"{arn.rpartition('/')[0]}/*",
        )


def put(aws: Lambda, state: str) -> None:
    entry = {"Source": "speech", "DetailType": "Change", "Detail": json.dumps({"state": state})}
    aws.client("events").put_events(Entries=[entry])


def test_a_rule_hands_over_the_events_that_match(aws: Lambda) -> None:
    """When the clock moves, not within the call that puts them."""
    aws.create(PRINTS)
    rule(aws)
    scheduled: Any = aws.client("events")
    scheduled.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    scheduled.put_targets(Rule="hourly", Targets=[{"Id": "1", "Arn": ARN}])
    for state in ("ready", "gone"):
        put(aws, state)
    assert not aws.client("logs").describe_log_groups()["logGroups"]
    aws.wait(seconds=10)
    (event,) = events(aws)
    assert event["detail-type"] == "Change"
    assert event["time"] == "2026-11-23T12:00:00Z"
    assert event["detail"] == {"state": "ready"}
    aws.client("events").disable_rule(Name="changed")
    put(aws, "ready")
    aws.wait(seconds=10)
    assert len(events(aws)) == 1


def test_a_rule_that_the_function_does_not_permit_calls_nothing(aws: Lambda) -> None:
    aws.create(PRINTS)
    rule(aws, permitted=False)
    put(aws, "ready")
    aws.wait(seconds=10)
    assert not aws.client("logs").describe_log_groups()["logGroups"]
    name = metric("AWS/Events", "FailedInvocations", RuleName="changed")
    now = aws.cloud.clock.seconds()
    assert aws.cloud.metrics.read(name, now - 600, now + 60, 60, now)


KEEPS_THE_BAD = """
    def lambda_handler(event, context):
        bad = [each["messageId"] for each in event["Records"] if each["body"] == "bad"]
        print(",".join(each["body"] for each in event["Records"]))
        return {"batchItemFailures": [{"itemIdentifier": each} for each in bad]}
"""


def queue(aws: Lambda, *bodies: str, visibility: int = 30) -> str:
    sqs = aws.client("sqs")
    attributes = {"VisibilityTimeout": str(visibility)}
    url = str(sqs.create_queue(QueueName="steps", Attributes=attributes)["QueueUrl"])
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    return url


def left(aws: Lambda, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    read = aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(map(int, read["Attributes"].values()))


def test_a_mapping_hands_over_messages_until_it_is_disabled(aws: Lambda) -> None:
    aws.create(KEEPS_THE_BAD)
    url = queue(aws, "a", "b", "bad")
    mapping = aws.api.create_event_source_mapping(
        EventSourceArn=QUEUE,
        FunctionName="greet",
        BatchSize=2,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 2},
    )
    assert mapping["State"] == "Enabled"
    aws.wait(seconds=10)
    assert (aws.logged(), left(aws, url)) == (["a,b", "bad"], 1)
    aws.api.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    aws.wait(minutes=1)
    assert (aws.logged(), left(aws, url)) == (["a,b", "bad"], 1)
    read = aws.api.get_event_source_mapping(UUID=mapping["UUID"])
    assert (read["State"], read["ScalingConfig"]) == ("Disabled", {"MaximumConcurrency": 2})
    aws.api.delete_event_source_mapping(UUID=mapping["UUID"])
    assert not aws.api.list_event_source_mappings(FunctionName="greet")["EventSourceMappings"]


@pytest.mark.parametrize(
    ("missing", "received"),
    [
        pytest.param("sqs:ReceiveMessage", 0, id="without ReceiveMessage nothing is polled"),
        pytest.param("sqs:DeleteMessage", 2, id="without DeleteMessage messages come again"),
    ],
)
def test_a_mapping_does_what_the_functions_role_may(
    aws: Lambda, missing: str, received: int
) -> None:
    aws.create(PRINTS)
    queue(aws, "a")
    aws.api.create_event_source_mapping(EventSourceArn=QUEUE, FunctionName="greet")
    aws.allow("function", ["logs:*", *(right for right in SQS if right != missing)])
    aws.wait(seconds=50)
    record = aws.cloud.lambdas.state.functions["greet"]
    assert len(record.function.invocations) == received


@pytest.mark.parametrize(
    ("rights", "visibility", "source", "message"),
    [
        pytest.param(
            SQS[:1], 30, QUEUE, "permissions to call DeleteMessage on SQS", id="a right is missing"
        ),
        pytest.param(
            SQS,
            5,
            QUEUE,
            "Queue visibility timeout: 5 seconds is less than Function timeout: 10 seconds",
            id="messages come back while the function runs",
        ),
        pytest.param(
            SQS, 30, f"{QUEUE}-none", "AWS.SimpleQueueService.NonExistentQueue", id="no such queue"
        ),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(
    aws: Lambda, rights: list[str], visibility: int, source: str, message: str
) -> None:
    aws.create()
    queue(aws, visibility=visibility)
    aws.allow("function", rights)
    found = refusal(
        lambda: aws.api.create_event_source_mapping(EventSourceArn=source, FunctionName="greet")
    )
    assert (found[0], message in found[1]) == (INVALID, True), found


def test_a_function_has_a_queue_once(aws: Lambda) -> None:
    aws.create()
    queue(aws)
    given = {"EventSourceArn": QUEUE, "FunctionName": "greet"}
    aws.api.create_event_source_mapping(**given)
    found = refusal(lambda: aws.api.create_event_source_mapping(**given))
    assert found[0] == "ResourceConflictException"
