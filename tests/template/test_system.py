"""What the template promises about functions, queue, table, schedules and alarms."""

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from lowtide.bootstrap.clients import WITHIN_S
from lowtide.domain.load.publish_times import publish_times
from lowtide.domain.sharding import Shard
from lowtide.events import parse
from tests.template.transformed import Transformed

FUNCTIONS = ("scheduler", "reconciler", "publisher", "control", "planner")
LIFECYCLE = (
    "LOWTIDE_TABLE",
    "LOWTIDE_LEAD_MINUTES",
    "LOWTIDE_SHORTEST_LEAD_MINUTES",
    "LOWTIDE_LONGEST_LEAD_MINUTES",
    "LOWTIDE_LONGEST_CREATION_MINUTES",
    "LOWTIDE_DELETION_GRACE_MINUTES",
    "LOWTIDE_RECONCILER_ROLE",
)
STATE = "LOWTIDE_SCHEDULES_STATE"
EVERYWHERE = (
    "LOWTIDE_CONFIG",
    "LOWTIDE_STACK",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
)


def properties(template: Transformed, name: str) -> Any:
    """As they are written."""
    return template.document["Resources"][name]["Properties"]


def function(template: Transformed, name: str) -> Any:
    return template[f"{name.capitalize()}Function"]


def environment(template: Transformed, name: str) -> Any:
    return function(template, name)["Environment"]["Variables"]


def schedules(template: Transformed, name: str) -> list[Any]:
    """Of one function, those that are enabled."""
    arn = f"<{name.capitalize()}Function.Arn>"
    found = template.of("AWS::Scheduler::Schedule").values()
    return [
        s for s in found if s["Target"]["Arn"] == arn and s.get("State", "ENABLED") == "ENABLED"
    ]


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        pytest.param("CommonLayer", "Metadata", {"BuildMethod": "makefile"},
                     id="the layer is built by layers/common/Makefile"),
        pytest.param("CommonLayer", "Properties.CompatibleArchitectures", ["arm64"],
                     id="the layer says so"),
        pytest.param("Table", "DeletionPolicy", "RetainExceptOnCreate",
                     id="the table survives the stack, but not a first deploy that fails"),
        pytest.param("Table", "UpdateReplacePolicy", "Retain", id="the table survives an update"),
        pytest.param("Table", "Properties.KeySchema",
                     [{"AttributeName": "endpoint", "KeyType": "HASH"},
                      {"AttributeName": "item", "KeyType": "RANGE"}], id="the keys of the table"),
        pytest.param("Table", "Properties.BillingMode", "PAY_PER_REQUEST", id="paid by request"),
        pytest.param("Table", "Properties.PointInTimeRecoverySpecification",
                     {"PointInTimeRecoveryEnabled": True}, id="the table can be recovered"),
        pytest.param("Table", "Properties.SSESpecification", {"SSEEnabled": True},
                     id="the table is encrypted"),
        pytest.param("Table", "Properties.TimeToLiveSpecification",
                     {"AttributeName": "expires_at", "Enabled": True}, id="old items expire"),
        pytest.param("StepsQueue", "Properties.FifoQueue", True, id="steps are in order"),
        pytest.param("StepsDeadLetterQueue", "Properties.FifoQueue", True,
                     id="the dead-letter queue of a FIFO queue is one, too"),
        pytest.param("PublisherSilenceAlarm", "Properties.Threshold", {"Ref": "PublisherShards"},
                     id="one shard that does not run raises an alarm"),
        *(pytest.param(f"{name}Function", "Properties.EventInvokeConfig",
                       {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
                       id=f"Lambda carries out nothing late: {name}")
          for name in ("Scheduler", "Publisher", "Planner", "Control")),
    ],
)  # fmt: skip
def test_the_template_has(template: Transformed, name: str, path: str, expected: object) -> None:
    value: Any = template.document["Resources"][name]
    for key in path.split("."):
        value = value[key]
    assert value == expected


def test_every_function_runs_on_arm64_with_python_3_13(template: Transformed) -> None:
    for name in FUNCTIONS:
        each = function(template, name)
        assert (each["Architectures"], each["Runtime"]) == (["arm64"], "python3.13")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_its_folder_its_names_and_a_log_that_expires(
    template: Transformed, root: Path, name: str
) -> None:
    assert properties(template, f"{name.capitalize()}Function")["CodeUri"] == f"functions/{name}/"
    assert (root / "functions" / name / "app.py").is_file()
    assert environment(template, name)["POWERTOOLS_SERVICE_NAME"] == name
    assert function(template, name)["FunctionName"] == f"lowtide-dev-{name}"
    log = template[function(template, name)["LoggingConfig"]["LogGroup"].strip("<>")]
    assert log["LogGroupName"] == f"/aws/lambda/lowtide-dev-{name}"
    assert int(log["RetentionInDays"]) == 30


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        pytest.param("scheduler", (*LIFECYCLE, STATE, "LOWTIDE_QUEUE_URL"),
                     id="the scheduler queues"),
        pytest.param("reconciler",
                     (*LIFECYCLE, STATE, "LOWTIDE_DELETIONS_PER_MINUTE", "LOWTIDE_ALARM_NAMES"),
                     id="the reconciler deletes, and needs no queue address"),
        pytest.param("publisher", (), id="the publisher knows neither table nor queue"),
        pytest.param("planner", ("LOWTIDE_TABLE",), id="the planner knows the table"),
        pytest.param("control", LIFECYCLE, id="control reads and writes the table"),
    ],
)  # fmt: skip
def test_a_function_gets_exactly_the_settings_it_needs(
    template: Transformed, name: str, variables: tuple[str, ...]
) -> None:
    found = environment(template, name)
    assert set(found) == {*EVERYWHERE, *variables}
    assert found["LOWTIDE_CONFIG"] == "/opt/endpoints/dev.yaml"


@pytest.mark.parametrize("name", ["scheduler", "publisher"])
def test_a_schedule_fires_every_minute_and_is_not_delivered_late(
    template: Transformed, name: str
) -> None:
    (schedule,) = schedules(template, name)
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    event = json.loads(schedule["Target"]["Input"])
    assert event["time"] == "<aws.scheduler.scheduled-time>"
    assert schedule["Name"] == f"lowtide-dev-{name}"
    assert schedule["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 60


@pytest.mark.parametrize("shards", ["1", "2", "4"])
def test_each_shard_of_the_publisher_has_its_own_minute(root: Path, shards: str) -> None:
    sharded = Transformed(root / "template.yaml", PublisherShards=shards)
    sent = [json.loads(each["Target"]["Input"]) for each in schedules(sharded, "publisher")]
    parts = [parse(event | {"time": "2026-11-23T12:00:00Z"}).part for event in sent]
    assert parts == [Shard(number, int(shards)) for number in range(int(shards))]


def test_the_publisher_may_end_its_last_step(template: Transformed) -> None:
    """The schedule's minute begins at any second of the clock; a step reads, then publishes."""
    begins = (datetime(2026, 11, 23, 12, 0, second, tzinfo=UTC) for second in range(60))
    last = max(publish_times(begin, {10})[-1].at - begin for begin in begins)
    needed = last + 2 * timedelta(seconds=WITHIN_S)
    assert function(template, "publisher")["Timeout"] >= needed.total_seconds()


@pytest.mark.parametrize("name", ["scheduler", "control"])
def test_a_function_that_reads_all_endpoints_has_time_for_it(
    template: Transformed, name: str
) -> None:
    """For those in the file, for the table's query of those that left it, then for those."""
    assert function(template, name)["Timeout"] >= 3 * WITHIN_S


def test_state_changes_of_endpoints_invoke_the_scheduler(template: Transformed) -> None:
    (rule,) = template.of("AWS::Events::Rule").values()
    assert [target["Arn"] for target in rule["Targets"]] == ["<SchedulerFunction.Arn>"]
    assert rule["EventPattern"] == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Endpoint State Change"],
    }


def test_one_switch_stops_every_trigger_but_the_minute_that_ends_drains(
    template: Transformed,
) -> None:
    off = template.given(SchedulesState="DISABLED")
    assert [name for name in FUNCTIONS if schedules(off, name)] == ["scheduler"]
    assert {environment(off, name)[STATE] for name in ("scheduler", "reconciler")} == {"DISABLED"}
    assert {rule["State"] for rule in off.of("AWS::Events::Rule").values()} == {"DISABLED"}
    assert "Events" not in properties(template, "ControlFunction")


def test_the_queue_gives_the_reconciler_one_step_at_a_time_and_time_to_fail(
    template: Transformed,
) -> None:
    (source,) = template.of("AWS::Lambda::EventSourceMapping").values()
    assert source["EventSourceArn"] == "<StepsQueue.Arn>"
    assert source["FunctionName"] == "<ReconcilerFunction>"
    assert source["BatchSize"] == 1
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue, dead = template["StepsQueue"], template["StepsDeadLetterQueue"]
    assert queue["QueueName"].endswith(".fifo")
    assert queue["VisibilityTimeout"] >= 6 * function(template, "reconciler")["Timeout"]
    redrive = queue["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == "<StepsDeadLetterQueue.Arn>"
    receives = redrive["maxReceiveCount"] * queue["VisibilityTimeout"]
    assert receives < queue["MessageRetentionPeriod"] <= 3600
    assert dead["MessageRetentionPeriod"] >= 4 * 86_400, "a dead letter outlives a weekend"


def test_the_table_has_no_name_that_the_next_stack_collides_with(template: Transformed) -> None:
    assert "TableName" not in properties(template, "Table")


def test_errors_and_throttles_of_every_function_but_control_raise_an_alarm(
    template: Transformed,
) -> None:
    alarm = properties(template, "FunctionErrorsAlarm")
    metrics = [each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each]
    watched = {(m["MetricName"], m["Dimensions"][0]["Value"]["Ref"]) for m in metrics}
    functions = ("SchedulerFunction", "ReconcilerFunction", "PublisherFunction", "PlannerFunction")
    assert watched == set(product(("Errors", "Throttles"), functions))


def test_an_old_step_raises_an_alarm_before_it_expires_and_after_its_retries(
    template: Transformed,
) -> None:
    queue, alarm = template["StepsQueue"], template["StepsWaitingAlarm"]
    assert alarm["Dimensions"][0]["Value"] == "<StepsQueue.QueueName>"
    retries = queue["RedrivePolicy"]["maxReceiveCount"] * queue["VisibilityTimeout"]
    assert retries < alarm["Threshold"] < queue["MessageRetentionPeriod"] / 2


def test_a_dead_letter_raises_an_alarm(template: Transformed) -> None:
    assert template["StepsFailedAlarm"]["Dimensions"] == [
        {"Name": "QueueName", "Value": "<StepsDeadLetterQueue.QueueName>"}
    ]


def test_every_parameter_is_described_and_all_but_the_environment_have_a_default(
    template: Transformed,
) -> None:
    parameters = template.document["Parameters"]
    assert all(parameter["Description"] for parameter in parameters.values())
    without = {name for name, parameter in parameters.items() if "Default" not in parameter}
    assert without == {"Environment"}


def test_the_console_shows_every_parameter_in_one_group(template: Transformed) -> None:
    shown = template.document["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    names = [name for group in shown for name in group["Parameters"]]
    assert sorted(names) == sorted(template.document["Parameters"])


def test_an_output_names_every_alarm(template: Transformed) -> None:
    _, names = template.document["Outputs"]["AlarmNames"]["Value"]["Fn::Join"]
    assert {name["Ref"] for name in names} == set(template.of("AWS::CloudWatch::Alarm"))


def test_a_table_that_is_taken_over_is_the_one_in_use(template: Transformed) -> None:
    """The roles, too: a right on another table would be none."""
    taken = template.given(ExistingTableName="lowtide-old-Table")
    assert not taken.of("AWS::DynamoDB::Table")
    for name in ("scheduler", "reconciler", "control"):
        assert environment(taken, name)["LOWTIDE_TABLE"] == "lowtide-old-Table"
        statements = taken.statements(name)
        tables = [s["Resource"] for s in statements if "dynamodb:" in str(s["Action"])]
        arn = "arn:aws:dynamodb:us-east-1:123456789012:table/lowtide-old-Table"
        assert set(tables) == {arn}


@pytest.mark.parametrize(("parameter", "protected"), [("DISABLED", False), ("ENABLED", True)])
def test_the_table_is_protected_on_request(
    template: Transformed, parameter: str, protected: bool
) -> None:
    (table,) = template.given(TableDeletionProtection=parameter).of("AWS::DynamoDB::Table").values()
    assert table["DeletionProtectionEnabled"] is protected


@pytest.mark.parametrize(
    ("topic", "accepted"),
    [
        pytest.param("", True, id="no topic"),
        pytest.param("arn:aws:sns:us-east-1:123456789012:ops", True, id="a topic"),
        pytest.param("arn:aws-cn:sns:cn-north-1:123456789012:ops", True, id="another partition"),
        pytest.param("ops@example.com", False, id="a mail address is no topic"),
    ],
)
def test_the_alarm_topic_is_an_arn_or_nothing(
    template: Transformed, topic: str, accepted: bool
) -> None:
    pattern = template.document["Parameters"]["AlarmTopicArn"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, topic)) is accepted
