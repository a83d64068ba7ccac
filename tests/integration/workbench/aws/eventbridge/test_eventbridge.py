"""Schedules and rules made through the API run on the virtual clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.protocol.faults import Fault, Throttled
from lowtide_workbench.aws.schedule_expressions import next_run

if TYPE_CHECKING:
    from tests.integration.workbench.aws.conftest import Account

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
ROLE = "arn:aws:iam::123456789012:role/r"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        boto3.client("sqs").create_queue(QueueName="q")
        yield cloud


def schedule(expression: str, **fields: Any) -> None:
    wanted: Any = {
        "Name": "s",
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": QUEUE, "RoleArn": ROLE, "Input": "<aws.scheduler.scheduled-time>"},
    }
    boto3.client("scheduler").create_schedule(**wanted | fields)


def received() -> list[str]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
    bodies: list[str] = []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in found]
    return bodies


@pytest.mark.parametrize(
    ("expression", "fields", "times"),
    [
        pytest.param("rate(20 minutes)", {}, ["12:20", "12:40", "13:00"], id="a rate"),
        pytest.param("cron(30 12 * * ? *)", {}, ["12:30"], id="cron, in UTC by default"),
        pytest.param(
            "cron(45 7 ? * MON-FRI *)",
            {"ScheduleExpressionTimezone": "America/New_York"},
            ["12:45"],
            id="cron in a time zone",
        ),
        pytest.param("at(2026-11-23T12:07:00)", {}, ["12:07"], id="one time"),
        pytest.param("rate(20 minutes)", {"State": "DISABLED"}, [], id="none while disabled"),
        pytest.param(
            "rate(20 minutes)",
            {"StartDate": START + timedelta(minutes=30)},
            ["12:30", "12:50"],
            id="not before the start date, and counted from it",
        ),
        pytest.param(
            "rate(20 minutes)",
            {"EndDate": START + timedelta(minutes=45)},
            ["12:20", "12:40"],
            id="not after the end date",
        ),
    ],
)
def test_when_a_schedule_fires(
    cloud: Cloud, expression: str, fields: dict[str, Any], times: list[str]
) -> None:
    schedule(expression, **fields)
    cloud.advance(START + timedelta(minutes=65))
    assert received() == [f"2026-11-23T{time}:00Z" for time in times]


def test_a_schedule_that_is_done_deletes_itself_where_asked(cloud: Cloud) -> None:
    schedule("at(2026-11-23T12:07:00)", ActionAfterCompletion="DELETE")
    cloud.advance(START + timedelta(minutes=8))
    assert boto3.client("scheduler").list_schedules()["Schedules"] == []


@pytest.mark.parametrize(
    ("after", "runs"),
    [
        pytest.param("2026-03-07T12:00", ["2026-03-09T06:30"], id="spring leaves 02:30 out"),
        pytest.param(
            "2026-10-31T12:00",
            ["2026-11-01T07:30", "2026-11-02T07:30"],
            id="an hour after the change it is winter time",
        ),
    ],
)
def test_cron_when_clocks_change(after: str, runs: list[str]) -> None:
    assert following("cron(30 2 * * ? *)", after, len(runs)) == runs


def test_a_local_time_that_autumn_repeats_runs_once() -> None:
    runs = following("cron(30 1 * * ? *)", "2026-10-31T12:00", 2)
    assert runs == ["2026-11-01T05:30", "2026-11-02T06:30"]
    assert following("cron(0/20 1 ? * SUN *)", "2026-11-01T06:10", 1) == ["2026-11-08T06:00"]


def following(expression: str, after: str, count: int) -> list[str]:
    at = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found: list[str] = []
    for _ in range(count):
        run = next_run(expression, "America/New_York", at, at)
        assert run is not None
        found.append(run.strftime("%Y-%m-%dT%H:%M"))
        at = run
    return found


def rule(target: str, **pattern: list[str]) -> None:
    events = boto3.client("events")
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["aws.sagemaker"], **pattern}))
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": target}])


@pytest.mark.parametrize("through_a_topic", [False, True], ids=["a queue", "a topic and its queue"])
def test_a_rule_sends_state_changes_to(account: Account, *, through_a_topic: bool) -> None:
    boto3.client("sqs").create_queue(QueueName="q")
    target = QUEUE
    if through_a_topic:
        sns = boto3.client("sns")
        target = sns.create_topic(Name="t")["TopicArn"]
        sns.subscribe(
            TopicArn=target,
            Protocol="sqs",
            Endpoint=QUEUE,
            Attributes={"RawMessageDelivery": "true"},
        )
    rule(target)
    account.in_service()
    statuses = [json.loads(body)["detail"]["EndpointStatus"] for body in received()]
    assert statuses == ["CREATING", "IN_SERVICE"]


def test_a_rule_with_another_pattern_sends_nothing(account: Account) -> None:
    boto3.client("sqs").create_queue(QueueName="q")
    rule(QUEUE, **{"detail-type": ["SageMaker Model State Change"]})
    account.in_service()
    assert received() == []


def test_what_cannot_be_delivered_is_reported(cloud: Cloud) -> None:
    nobody = "arn:aws:lambda:us-east-1:123456789012:function:nobody"
    schedule("rate(1 minute)", Target={"Arn": nobody, "RoleArn": ROLE})
    cloud.faults.add(Fault(Throttled(), "scheduler"))
    cloud.advance(START + timedelta(minutes=1))
    assert cloud.targets.undelivered == [(nobody, "the embedded AWS does not play this target")]


def test_a_schedule_calls_an_operation_of_another_service(cloud: Cloud) -> None:
    """What endpoint schedulers do without a function (facts 6.2)."""
    sagemaker: Any = boto3.client("sagemaker")
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": "my-model",
        "InitialInstanceCount": 1,
        "InstanceType": "ml.g6.2xlarge",
    }
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    schedule(
        "at(2026-11-23T12:05:00)",
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:createEndpoint",
            "RoleArn": ROLE,
            "Input": json.dumps({"EndpointName": "e", "EndpointConfigName": "c"}),
        },
    )
    cloud.advance(START + timedelta(minutes=6))
    assert cloud.status("e") == "Creating"


def test_an_operation_that_is_refused_is_undelivered(cloud: Cloud) -> None:
    schedule(
        "rate(5 minutes)",
        Target={
            "Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:deleteEndpoint",
            "RoleArn": ROLE,
            "Input": json.dumps({"EndpointName": "absent"}),
        },
    )
    cloud.advance(START + timedelta(minutes=6))
    assert "Could not find endpoint" in cloud.targets.undelivered[0][1]
