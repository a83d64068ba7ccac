"""What the template promises about functions, queue, table, schedules and alarms."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lowtide.bootstrap.clients import WITHIN_S
from lowtide.domain.load.publish_times import publish_times
from lowtide.domain.sharding import Shard
from lowtide.events import parse
from lowtide_workbench.aws.deployment.stack import period
from lowtide_workbench.aws.deployment.template import Template

FUNCTIONS = ("scheduler", "reconciler", "publisher", "control")
LIFECYCLE = (
    "LOWTIDE_TABLE",
    "LOWTIDE_LEAD_MINUTES",
    "LOWTIDE_SHORTEST_LEAD_MINUTES",
    "LOWTIDE_LONGEST_LEAD_MINUTES",
    "LOWTIDE_LONGEST_CREATION_MINUTES",
    "LOWTIDE_RECONCILER_ROLE",
)
EVERYWHERE = (
    "LOWTIDE_CONFIG",
    "LOWTIDE_STACK",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
)


def only(resources: Mapping[str, Any]) -> Any:
    (resource,) = resources.values()
    return resource


def raw_function(template: Template, name: str) -> Mapping[str, Any]:
    return template.resources("AWS::Serverless::Function")[f"{name.capitalize()}Function"]


def event(template: Template, function: str, name: str) -> Mapping[str, Any]:
    properties: Mapping[str, Any] = raw_function(template, function)["Events"][name]["Properties"]
    return properties


def steps_queue(template: Template) -> Mapping[str, Any]:
    return template.resources("AWS::SQS::Queue")["StepsQueue"]


def dead_letter_queue(template: Template) -> Mapping[str, Any]:
    return template.resources("AWS::SQS::Queue")["StepsDeadLetterQueue"]


def test_every_function_runs_on_arm64_with_python_3_13(template: Template) -> None:
    defaults = template.document["Globals"]["Function"]
    assert (defaults["Architectures"], defaults["Runtime"]) == (["arm64"], "python3.13")
    for function in template.resources("AWS::Serverless::Function").values():
        assert not {"Architectures", "Runtime", "Handler", "Layers"} & set(function)


def test_the_layer_is_built_for_the_architecture_of_the_functions(template: Template) -> None:
    layer = template.document["Resources"]["CommonLayer"]
    assert layer["Metadata"] == {"BuildMethod": "python3.13", "BuildArchitecture": "arm64"}
    assert layer["Properties"]["CompatibleArchitectures"] == ["arm64"]


@pytest.mark.parametrize("name", FUNCTIONS)
class TestEachFunction:
    def test_has_its_code_in_a_folder_of_its_name(
        self, template: Template, root: Path, name: str
    ) -> None:
        assert raw_function(template, name)["CodeUri"] == f"functions/{name}/"
        assert (root / "functions" / name / "app.py").is_file()

    def test_writes_to_a_log_group_that_forgets(self, template: Template, name: str) -> None:
        group = raw_function(template, name)["LoggingConfig"]["LogGroup"]["Ref"]
        properties = template.resolve(template.resources("AWS::Logs::LogGroup")[group])
        assert properties["LogGroupName"] == f"/aws/lambda/lowtide-dev-{name}"
        assert int(properties["RetentionInDays"]) == 30

    def test_says_who_it_is(self, template: Template, name: str) -> None:
        (spec,) = [each for each in template.functions() if each.name == name]
        assert spec.environment["POWERTOOLS_SERVICE_NAME"] == name
        assert spec.function_name == f"lowtide-dev-{name}"


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        pytest.param("scheduler", (*LIFECYCLE, "LOWTIDE_QUEUE_URL"), id="the scheduler queues"),
        pytest.param(
            "reconciler",
            (*LIFECYCLE, "LOWTIDE_DELETIONS_PER_MINUTE", "LOWTIDE_ALARM_NAMES"),
            id="the reconciler deletes, and needs no queue address",
        ),
        pytest.param("publisher", (), id="the publisher knows neither table nor queue"),
        pytest.param("control", LIFECYCLE, id="control reads and writes the table"),
    ],
)
def test_a_function_gets_exactly_the_settings_it_needs(
    template: Template, name: str, variables: tuple[str, ...]
) -> None:
    (spec,) = [each for each in template.functions() if each.name == name]
    assert set(spec.environment) == {*EVERYWHERE, *variables}


def test_the_config_file_is_that_of_the_environment(template: Template) -> None:
    configs = {spec.environment["LOWTIDE_CONFIG"] for spec in template.functions()}
    assert configs == {"/opt/endpoints/dev.yaml"}


@pytest.mark.parametrize("function", ["scheduler", "publisher"])
class TestEachSchedule:
    def test_fires_every_minute_on_the_minute(self, template: Template, function: str) -> None:
        schedule = event(template, function, "EveryMinute")
        assert period(schedule["ScheduleExpression"]).total_seconds() == 60
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        event_sent = json.loads(template.resolve(schedule["Input"]))
        assert event_sent["time"] == "<aws.scheduler.scheduled-time>"

    def test_is_named_after_the_stack(self, template: Template, function: str) -> None:
        name = template.resolve(event(template, function, "EveryMinute")["Name"])
        assert name == f"lowtide-dev-{function}"

    def test_is_not_delivered_late(self, template: Template, function: str) -> None:
        retry = event(template, function, "EveryMinute")["RetryPolicy"]
        assert retry["MaximumEventAgeInSeconds"] <= 60

    def test_is_not_tried_again_by_lambda_either(self, template: Template, function: str) -> None:
        asynchronous = raw_function(template, function)["EventInvokeConfig"]
        assert asynchronous == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}


@pytest.mark.parametrize("shards", ["1", "2", "4"])
def test_each_shard_of_the_publisher_has_its_own_minute(template: Template, shards: str) -> None:
    schedules = template.knowing({"PublisherShards": shards}).schedules()
    sent = [json.loads(s.input) for s in schedules if s.function == "publisher" and s.enabled]
    parts = [parse(event | {"time": "2026-11-23T12:00:00Z"}).part for event in sent]
    assert parts == [Shard(number, int(shards)) for number in range(int(shards))]


def test_the_publisher_may_end_its_last_step(template: Template) -> None:
    """The schedule counts its minutes from any second of the clock on; a step reads, then tells."""
    begins = (datetime(2026, 11, 23, 12, 0, second, tzinfo=UTC) for second in range(60))
    last = max(publish_times(begin, {10})[-1].at - begin for begin in begins)
    needed = last + 2 * timedelta(seconds=WITHIN_S)
    assert raw_function(template, "publisher")["Timeout"] >= needed.total_seconds()


@pytest.mark.parametrize("function", ["scheduler", "control"])
def test_who_asks_about_all_may_wait_for_all(template: Template, function: str) -> None:
    """The listed, then the table's word who left the file, then those."""
    assert raw_function(template, function)["Timeout"] >= 3 * WITHIN_S


def test_one_shard_that_does_not_run_is_an_alarm(template: Template) -> None:
    alarm = template.resources("AWS::CloudWatch::Alarm")["PublisherSilenceAlarm"]
    assert alarm["Threshold"] == {"Ref": "PublisherShards"}


def test_state_changes_of_endpoints_wake_the_scheduler(template: Template) -> None:
    (rule,) = template.rules()
    assert rule.function == "scheduler"
    assert rule.pattern == {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Endpoint State Change"],
    }


def test_one_switch_stops_every_trigger(template: Template) -> None:
    off = template.knowing({"SchedulesState": "DISABLED"})
    assert not [each for each in off.schedules() if each.enabled]
    assert not [each for each in off.rules() if each.enabled]


def test_the_reconciler_takes_batches_and_reports_each_failure(template: Template) -> None:
    (source,) = template.queue_sources()
    assert (source.function, source.queue_arn) == ("reconciler", "<StepsQueue.Arn>")
    assert (source.batch_size, source.reports_item_failures) == (1, True)


def test_control_has_no_trigger(template: Template) -> None:
    assert "Events" not in raw_function(template, "control")


@pytest.mark.parametrize("queue", ["StepsQueue", "StepsDeadLetterQueue"])
def test_both_queues_are_first_in_first_out(template: Template, queue: str) -> None:
    properties = template.resources("AWS::SQS::Queue")[queue]
    assert properties["FifoQueue"] is True
    assert template.resolve(properties["QueueName"]).endswith(".fifo")


def test_a_step_is_invisible_for_six_time_outs_of_the_reconciler(template: Template) -> None:
    (reconciler,) = [each for each in template.functions() if each.name == "reconciler"]
    assert steps_queue(template)["VisibilityTimeout"] >= 6 * reconciler.timeout_s


def test_a_step_lives_long_enough_to_reach_the_dead_letter_queue(template: Template) -> None:
    queue = steps_queue(template)
    redrive = queue["RedrivePolicy"]
    assert template.resolve(redrive["deadLetterTargetArn"]) == "<StepsDeadLetterQueue.Arn>"
    receives = redrive["maxReceiveCount"] * queue["VisibilityTimeout"]
    assert receives < queue["MessageRetentionPeriod"] <= 3600


def test_a_dead_letter_outlives_a_weekend(template: Template) -> None:
    assert dead_letter_queue(template)["MessageRetentionPeriod"] >= 4 * 86_400


def test_the_table_survives_the_stack(template: Template) -> None:
    table = template.document["Resources"]["Table"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert "TableName" not in table["Properties"]  # else the next stack collides with it


def test_the_table_is_keyed_recoverable_encrypted_and_forgets(template: Template) -> None:
    table = only(template.tables())
    assert table["KeySchema"] == [
        {"AttributeName": "endpoint", "KeyType": "HASH"},
        {"AttributeName": "item", "KeyType": "RANGE"},
    ]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_every_function_but_that_of_people_is_watched_for_errors(template: Template) -> None:
    alarm = template.resources("AWS::CloudWatch::Alarm")["FunctionErrorsAlarm"]
    watched = {
        metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]
        for metric in alarm["Metrics"]
        if "MetricStat" in metric
    }
    assert watched == set(template.resources("AWS::Serverless::Function")) - {"ControlFunction"}


def test_a_dead_letter_raises_an_alarm(template: Template) -> None:
    alarm = template.resources("AWS::CloudWatch::Alarm")["StepsFailedAlarm"]
    assert template.resolve(alarm["Dimensions"]) == [
        {"Name": "QueueName", "Value": "<StepsDeadLetterQueue.QueueName>"}
    ]


def test_every_parameter_is_described_and_has_a_default(template: Template) -> None:
    for name, parameter in template.document["Parameters"].items():
        assert parameter["Description"], name
        assert "Default" in parameter, name


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
    template: Template, topic: str, accepted: bool
) -> None:
    pattern = template.document["Parameters"]["AlarmTopicArn"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, topic)) is accepted
