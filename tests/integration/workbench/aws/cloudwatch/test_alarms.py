"""CloudWatch's alarms: what is refused, when their state changes, and their actions."""

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.integration.workbench.aws.conftest import refusal


def math(count: int, expressions: int = 1) -> dict[str, Any]:
    metrics: list[dict[str, Any]] = [
        {
            "Id": f"m{n}",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "Test", "MetricName": f"M{n}"},
                "Stat": "Sum",
                "Period": 60,
            },
        }
        for n in range(count)
    ]
    every = [
        {"Id": f"e{n}", "Expression": "m0 * 2", "ReturnData": n == 0} for n in range(expressions)
    ]
    single = ("Namespace", "MetricName", "Dimensions", "Statistic", "Period")
    return dict.fromkeys(single) | {"Metrics": [*metrics, *every]}


SEARCH = math(1)
SEARCH["Metrics"][1]["Expression"] = "SUM(SEARCH('{Test} Load', 'Sum', 60))"
TWO_RESULTS = math(1)
TWO_RESULTS["Metrics"][0]["ReturnData"] = True
ARRAY, NUMBER = math(2), math(1)
ARRAY["Metrics"][2]["Expression"] = "METRICS() / 2"
NUMBER["Metrics"][1]["Expression"] = "1 + 1"
LONG = math(1)
LONG["Metrics"][1]["Expression"] = " + ".join(["m0"] * 600)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"Period": 15}, "Period must be 10, 20, 30", id="a period of 15 (facts 3.6)"),
        pytest.param({"Period": 90}, "multiple of 60", id="a period of 90 (facts 3.6)"),
        pytest.param({"Period": None}, "Period must not be null", id="no period"),
        pytest.param({"EvaluationPeriods": 1441}, "more than a day", id="over a day (facts 3.6)"),
        pytest.param({"DatapointsToAlarm": 2}, "less than or equal", id="two of one"),
        pytest.param(math(11), "more than 10 metrics", id="eleven metrics (facts 3.6)"),
        pytest.param(math(1, 11), "10 expressions", id="eleven expressions (facts 3.6)"),
        pytest.param(SEARCH, "SEARCH is not supported on Metric Alarms", id="SEARCH (facts 1.7)"),
        pytest.param(TWO_RESULTS, "exactly one element", id="two results"),
        pytest.param(ARRAY, "a single time series", id="an array"),
        pytest.param(NUMBER, "no time series", id="a mere number"),
        pytest.param(LONG, "2048", id="an expression of more than 2,048 characters (facts 3.2)"),
        pytest.param({"TreatMissingData": "maybe"}, "TreatMissingData", id="a strange treatment"),
        pytest.param({"EvaluationPeriods": 0}, "at least 1", id="no evaluation period"),
        pytest.param({"DatapointsToAlarm": 0}, "at least 1", id="none of one"),
        pytest.param({"Period": -60}, "at least 1", id="a negative period"),
        pytest.param({"AlarmActions": ["x"]}, "not an ARN", id="an action that is no ARN"),
        pytest.param({"OKActions": ["arn:aws:sns"]}, "not an ARN", id="a part of an ARN"),
        pytest.param({"ExtendedStatistic": "p99"}, "exclude each other", id="two statistics"),
        pytest.param({"Statistic": "Median"}, "five simple ones", id="a strange statistic"),
    ],
)
def test_an_alarm_is_refused(account: Any, fields: dict[str, Any], message: str) -> None:
    """By the service: boto3 itself refuses numbers below 1."""
    account.cloudwatch = boto3.client("cloudwatch", config=Config(parameter_validation=False))
    code, text = refusal(lambda: account.alarm(**fields))
    assert code == "ValidationError"
    assert message in text


def test_ten_metrics_and_ten_expressions_are_accepted(account: Any) -> None:
    """Facts 1.8 and 3.6."""
    account.alarm(**math(10, 10))
    assert account.alarm_states == {"high": "INSUFFICIENT_DATA"}


def test_an_expression_whose_value_is_a_number_has_no_points(account: Any) -> None:
    queries = math(1)
    queries["Metrics"][1]["Expression"] = "MAX(m0)"
    account.alarm(**queries)
    account.put(1.0, "M0", Dimensions=[])
    account.wait(minutes=2)
    assert account.alarm_states == {"high": "INSUFFICIENT_DATA"}


@pytest.mark.parametrize(
    ("fields", "values", "step_s", "expected"),
    [
        pytest.param({"Period": 10, "EvaluationPeriods": 3}, [1, 1, 1, 1], 10,
                     ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM", "ALARM"],
                     id="a period of 10 s is evaluated every 10 s (facts 3.6)"),
        pytest.param({"EvaluationPeriods": 3, "DatapointsToAlarm": 2}, [0.9, 0.1, 0.9, 0.1, 0.1],
                     60, ["INSUFFICIENT_DATA", "OK", "ALARM", "OK", "OK"], id="two of three"),
        pytest.param({"Statistic": None, "ExtendedStatistic": "p50", "Period": 300},
                     [0.1, 0.2, 0.9], 60, ["OK", "OK", "OK"], id="the median"),
        pytest.param({"Statistic": None, "ExtendedStatistic": "p99", "Period": 300},
                     [0.1, 0.2, 0.9], 60, ["OK", "OK", "ALARM"],
                     id="the 99th percentile; five minutes slide on minute by minute"),
    ],
)  # fmt: skip
def test_a_state_follows_the_points(
    account: Any, fields: dict[str, Any], values: list[float], step_s: float, expected: list[str]
) -> None:
    account.alarm(**fields)
    seen = []
    for value in values:
        account.put(value, StorageResolution=1)
        account.wait(seconds=step_s)
        seen.append(account.alarm_states["high"])
    assert seen == expected


def test_coarse_data_under_a_fast_alarm_leaves_gaps(account: Any) -> None:
    """Facts 3.6: short periods are for metrics that are stored by the second."""
    account.alarm(Period=10, EvaluationPeriods=1)
    account.put(1.0)
    account.wait(seconds=10)
    assert account.alarm_states == {"high": "ALARM"}
    account.wait(seconds=40)
    assert account.alarm_states == {"high": "INSUFFICIENT_DATA"}


def test_an_alarm_explains_its_state_and_is_updated_in_place(account: Any) -> None:
    """Tags in an update are ignored (facts 4)."""
    account.alarm(Tags=[{"Key": "a", "Value": "1"}])
    account.put(0.9)
    account.wait(minutes=1)
    assert account.alarms["high"]["StateReason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [0.9 (23/11/26 12:00:00)] was greater "
        "than the threshold (0.5) (minimum 1 datapoint for INSUFFICIENT_DATA -> ALARM transition)."
    )
    account.alarm(Threshold=0.6, Tags=[{"Key": "a", "Value": "2"}])
    found = account.alarms["high"]
    assert (found["StateValue"], found["Threshold"]) == ("ALARM", 0.6)
    tags = account.cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]
    account.cloudwatch.delete_alarms(AlarmNames=["high"])
    assert account.alarms == {}


class Topic:
    """A topic, and the messages that its queue has received."""

    def __init__(self) -> None:
        sns, self._sqs = boto3.client("sns"), boto3.client("sqs")
        self.arn = sns.create_topic(Name="alarms")["TopicArn"]
        self._url = self._sqs.create_queue(QueueName="messages")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["QueueArn"]
        )["Attributes"]
        sns.subscribe(TopicArn=self.arn, Protocol="sqs", Endpoint=attributes["QueueArn"])

    def messages(self) -> list[dict[str, Any]]:
        found = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        return [
            json.loads(json.loads(each["Body"])["Message"]) for each in found.get("Messages", ())
        ]


def test_a_topic_gets_every_change_of_state_once(account: Any) -> None:
    """While actions are disabled the state changes only."""
    topic = Topic()
    names = ("OKActions", "AlarmActions", "InsufficientDataActions")
    account.alarm(**{name: [topic.arn] for name in names})
    for value in (0.9, 0.9, 0.1):
        account.put(value)
        account.wait(minutes=1)
    account.cloudwatch.disable_alarm_actions(AlarmNames=["high"])
    account.put(0.9)
    account.wait(minutes=1)
    assert account.alarm_states == {"high": "ALARM"}
    account.cloudwatch.enable_alarm_actions(AlarmNames=["high"])
    account.wait(minutes=5)
    messages = topic.messages()
    changes = [(each["OldStateValue"], each["NewStateValue"]) for each in messages]
    assert changes == [
        ("INSUFFICIENT_DATA", "ALARM"), ("ALARM", "OK"), ("ALARM", "INSUFFICIENT_DATA"),
    ]  # fmt: skip
    assert messages[0]["Trigger"]["MetricName"] == "Load"


def test_a_state_that_was_set_acts_and_is_put_right_at_the_next_evaluation(account: Any) -> None:
    topic = Topic()
    account.alarm(action=topic.arn)
    account.put(0.1)
    account.cloudwatch.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="a drill")
    assert [each["NewStateReason"] for each in topic.messages()] == ["a drill"]
    account.wait(minutes=1)
    assert account.alarm_states == {"high": "OK"}
    assert {each["NewStateValue"] for each in topic.messages()} == {"ALARM"}, "not OK"


def test_alarms_are_paged_and_filtered(account: Any) -> None:
    for number in range(60):
        account.alarm(f"alarm-{number:02}", "arn:aws:sns:us-east-1:123456789012:x")
    pages = account.cloudwatch.get_paginator("describe_alarms").paginate()
    assert [len(page["MetricAlarms"]) for page in pages] == [50, 10]
    described = account.cloudwatch.describe_alarms
    assert len(described(AlarmNamePrefix="alarm-5")["MetricAlarms"]) == 10
    assert described(ActionPrefix="arn:aws:lambda")["MetricAlarms"] == []
    assert len(described(StateValue="INSUFFICIENT_DATA", MaxRecords=7)["MetricAlarms"]) == 7
    others = described(AlarmTypes=["CompositeAlarm"])
    assert (others["MetricAlarms"], others["CompositeAlarms"]) == ([], [])
