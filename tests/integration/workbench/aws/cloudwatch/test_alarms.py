"""CloudWatch's alarms: what is refused, when they judge, and what they do about it."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError


def alarm(account: Any, **fields: Any) -> dict[str, Any]:
    everything = {
        "AlarmName": "high",
        "Namespace": "Test",
        "MetricName": "Load",
        "Dimensions": [{"Name": "EndpointName", "Value": account.name}],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.5,
        "ComparisonOperator": "GreaterThanThreshold",
    } | fields
    return {key: value for key, value in everything.items() if value is not None}


def put(account: Any, **fields: Any) -> None:
    account.cloudwatch.put_metric_alarm(**alarm(account, **fields))


def states(account: Any) -> dict[str, str]:
    alarms = account.cloudwatch.describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}


def fine(account: Any, value: float) -> None:
    """A point of 10 seconds, of those that have just begun."""
    account.cloudwatch.put_metric_data(
        Namespace="Test",
        MetricData=[
            {
                "MetricName": "Load",
                "Dimensions": [{"Name": "EndpointName", "Value": account.name}],
                "Value": value,
                "StorageResolution": 1,
            }
        ],
    )


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
        pytest.param({"Statistic": "Median"}, "five simple ones", id="a strange statistic"),
    ],
)
def test_refused_is(account: Any, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message) as caught:
        put(account, **fields)
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_ten_metrics_and_ten_expressions_are_accepted(account: Any) -> None:
    """Facts 1.8 and 3.6."""
    put(account, **math(10, 10))
    assert states(account) == {"high": "INSUFFICIENT_DATA"}


def test_an_expression_that_turns_out_a_number_has_no_points(account: Any) -> None:
    queries = math(1)
    queries["Metrics"][1]["Expression"] = "MAX(m0)"
    put(account, **queries)
    account.cloudwatch.put_metric_data(
        Namespace="Test", MetricData=[{"MetricName": "M0", "Value": 1.0}]
    )
    account.wait(minutes=2)
    assert states(account) == {"high": "INSUFFICIENT_DATA"}


def test_a_period_of_ten_seconds_is_judged_every_ten_seconds(account: Any) -> None:
    """Facts 3.6."""
    put(account, Period=10, EvaluationPeriods=3)
    seen = []
    for _ in range(4):
        fine(account, 1.0)
        account.wait(seconds=10)
        seen.append(states(account)["high"])
    assert seen == ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM", "ALARM"]


def test_coarse_data_under_a_fast_alarm_leaves_gaps(account: Any) -> None:
    """Facts 3.6: short periods are for metrics that are stored by the second."""
    put(account, Period=10, EvaluationPeriods=1)
    account.put(1.0)
    account.wait(seconds=10)
    assert states(account) == {"high": "ALARM"}
    account.wait(seconds=40)
    assert states(account) == {"high": "INSUFFICIENT_DATA"}


def test_two_of_three_is_enough_for_two_of_three(account: Any) -> None:
    put(account, EvaluationPeriods=3, DatapointsToAlarm=2)
    seen = []
    for value in (0.9, 0.1, 0.9, 0.1, 0.1):
        account.put(value)
        account.wait(minutes=1)
        seen.append(states(account)["high"])
    assert seen == ["INSUFFICIENT_DATA", "OK", "ALARM", "OK", "OK"]


def test_a_long_period_slides_on_minute_by_minute(account: Any) -> None:
    account.cloud.advance(account.cloud.clock.now() + timedelta(minutes=2))
    put(account, Period=300)
    account.put(1.0)
    account.wait(minutes=1)
    assert states(account) == {"high": "ALARM"}, "at 12:03, no multiple of five minutes"


def test_percentiles_come_from_the_values_that_were_put(account: Any) -> None:
    put(account, Statistic=None, ExtendedStatistic="p50", AlarmName="median")
    put(account, Statistic=None, ExtendedStatistic="p99", AlarmName="tail")
    for value in (0.1, 0.2, 0.9):
        account.put(value)
    account.wait(minutes=1)
    assert states(account) == {"median": "OK", "tail": "ALARM"}


def topic_and_queue() -> tuple[str, Any, str]:
    sns, sqs = boto3.client("sns"), boto3.client("sqs")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    url = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    return topic, sqs, url


def heard(sqs: Any, url: str) -> list[dict[str, Any]]:
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(json.loads(each["Body"])["Message"]) for each in messages]


def test_topics_hear_of_every_change_of_state_once(account: Any) -> None:
    topic, sqs, url = topic_and_queue()
    names = ("OKActions", "AlarmActions", "InsufficientDataActions")
    put(account, TreatMissingData="missing", **{name: [topic] for name in names})
    for value in (0.9, 0.9, 0.1):
        account.put(value)
        account.wait(minutes=1)
    account.wait(minutes=5)
    notifications = heard(sqs, url)
    changes = [(item["OldStateValue"], item["NewStateValue"]) for item in notifications]
    assert changes == [("INSUFFICIENT_DATA", "ALARM"), ("ALARM", "OK"), ("OK", "INSUFFICIENT_DATA")]
    assert notifications[0]["Trigger"]["MetricName"] == "Load"


def test_an_alarm_without_enabled_actions_only_changes_its_state(account: Any) -> None:
    topic, sqs, url = topic_and_queue()
    put(account, AlarmActions=[topic])
    account.cloudwatch.disable_alarm_actions(AlarmNames=["high"])
    account.put(0.9)
    account.wait(minutes=1)
    assert states(account) == {"high": "ALARM"}
    assert heard(sqs, url) == []
    account.cloudwatch.enable_alarm_actions(AlarmNames=["high"])
    (described,) = account.cloudwatch.describe_alarms()["MetricAlarms"]
    assert described["ActionsEnabled"] is True


def test_composite_alarms_are_refused(account: Any) -> None:
    with pytest.raises(ClientError, match="no composite alarms"):
        account.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(high)")


def test_alarms_of_another_type_are_none(account: Any) -> None:
    put(account)
    wanted = {"AlarmTypes": ["CompositeAlarm"]}
    described = account.cloudwatch.describe_alarms(**wanted)
    assert (described["MetricAlarms"], described["CompositeAlarms"]) == ([], [])
    assert account.cloudwatch.describe_alarm_history(**wanted)["AlarmHistoryItems"] == []


def test_a_state_that_was_set_acts_and_is_put_right_at_the_next_evaluation(account: Any) -> None:
    topic, sqs, url = topic_and_queue()
    put(account, AlarmActions=[topic])
    account.put(0.1)
    account.cloudwatch.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="a drill")
    assert [each["NewStateReason"] for each in heard(sqs, url)] == ["a drill"]
    account.wait(minutes=1)
    assert states(account) == {"high": "OK"}


def test_history_tells_of_changes_newest_first(account: Any) -> None:
    put(account)
    account.put(0.9)
    account.wait(minutes=1)
    account.cloudwatch.delete_alarms(AlarmNames=["high"])
    items = account.cloudwatch.describe_alarm_history(AlarmName="high")["AlarmHistoryItems"]
    assert [each["HistorySummary"] for each in items] == [
        'Alarm "high" deleted',
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "high" created',
    ]
    change = json.loads(items[1]["HistoryData"])
    assert change["newState"]["stateValue"] == "ALARM"


def test_alarms_are_paged_and_filtered(account: Any) -> None:
    for number in range(60):
        put(account, AlarmName=f"alarm-{number:02}", AlarmActions=["arn:aws:sns:x"])
    pages = account.cloudwatch.get_paginator("describe_alarms").paginate()
    assert [len(page["MetricAlarms"]) for page in pages] == [50, 10]
    described = account.cloudwatch.describe_alarms
    assert len(described(AlarmNamePrefix="alarm-5")["MetricAlarms"]) == 10
    assert described(ActionPrefix="arn:aws:lambda")["MetricAlarms"] == []
    assert len(described(StateValue="INSUFFICIENT_DATA", MaxRecords=7)["MetricAlarms"]) == 7


def test_tags_belong_to_the_alarm_and_survive_its_update(account: Any) -> None:
    put(account, Tags=[{"Key": "a", "Value": "1"}])
    put(account, Threshold=0.6, Tags=[{"Key": "a", "Value": "2"}])
    (described,) = account.cloudwatch.describe_alarms()["MetricAlarms"]
    tags = account.cloudwatch.list_tags_for_resource(ResourceARN=described["AlarmArn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}], "tags in an update are ignored (facts 4)"
