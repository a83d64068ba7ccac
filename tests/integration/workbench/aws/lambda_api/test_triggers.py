"""Schedules and rules that were made through the API call the functions."""

import json
from typing import Any

import pytest

from lowtide_workbench.aws.cloudwatch.metric_store import metric
from tests.integration.workbench.aws.conftest import refusal
from tests.integration.workbench.aws.lambda_api.conftest import ARN, PRINTS, Lambda


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
