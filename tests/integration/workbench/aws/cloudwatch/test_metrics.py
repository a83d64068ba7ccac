"""CloudWatch: what SageMaker emits, what comes back, and alarms that judge it."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.aws import CloudSettings
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm, State, evaluate
from lowtide_workbench.aws.cloudwatch.metric_query import Query, Statistic
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of

LOAD = metric("Test", "Load")


def concurrency(account: Any, stat: str, period: int, **dimensions: str) -> list[float]:
    """The last two minutes' points, oldest first."""
    now = account.cloud.clock.now()
    everything = {"EndpointName": account.name, "VariantName": "AllTraffic"} | dimensions
    result = account.cloudwatch.get_metric_data(
        StartTime=now - timedelta(minutes=2),
        EndTime=now,
        ScanBy="TimestampAscending",
        MetricDataQueries=[
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SageMaker",
                        "MetricName": "ConcurrentRequestsPerModel",
                        "Dimensions": [
                            {"Name": name, "Value": value} for name, value in everything.items()
                        ],
                    },
                    "Stat": stat,
                    "Period": period,
                },
            }
        ],
    )
    return list(result["MetricDataResults"][0]["Values"])


def load_calls(account: Any, count: int) -> None:
    now = account.cloud.clock.seconds()
    account.cloud.traffic(account.name, [(now + 1, 3600)] * count)
    account.wait(minutes=4)


@pytest.mark.parametrize(
    ("stat", "expected"),
    [
        pytest.param("Average", 2.5, id="average is the mean of an instance"),
        pytest.param("Maximum", 3, id="maximum is the busiest instance"),
        pytest.param("SampleCount", 12, id="six samples a minute of each instance"),
        pytest.param("Sum", 30, id="sum is six times all streams"),
    ],
)
@pytest.mark.parametrize(
    "dimensions",
    [
        pytest.param({}, id="of the variant"),
        pytest.param({"InstanceType": "ml.g6.2xlarge"}, id="of the instance type"),
    ],
)
def test_concurrency_is_a_gauge_of_each_instance(
    account: Any, stat: str, expected: float, dimensions: dict[str, str]
) -> None:
    """Facts 2, the natural reading."""
    account.in_service(count=2)
    load_calls(account, 5)
    assert concurrency(account, stat, 60, **dimensions) == [expected] * 2


def test_concurrency_comes_every_ten_seconds(account: Any) -> None:
    account.in_service(count=1)
    load_calls(account, 4)
    assert concurrency(account, "Average", 10) == [4] * 12


def test_a_sample_is_stamped_with_the_beginning_of_its_ten_seconds(account: Any) -> None:
    account.in_service()
    account.cloud.traffic(account.name, [(account.cloud.clock.seconds() + 1, 60)])
    account.wait(seconds=10)
    assert concurrency(account, "Average", 10)[-2:] == [0, 1]


@pytest.mark.parametrize(
    ("zeros", "expected"),
    [pytest.param(True, [0, 0], id="zeros"), pytest.param(False, [], id="nothing")],
)
def test_an_idle_instance_emits(open_account: Any, *, zeros: bool, expected: list[float]) -> None:
    """Facts 2: unknown, so both."""
    account = open_account(CloudSettings(zeros_when_idle=zeros))
    account.in_service()
    account.wait(minutes=3)
    assert concurrency(account, "Average", 60) == expected


def test_an_endpoint_that_is_not_in_service_emits_nothing(account: Any) -> None:
    account.configure()
    account.create()
    account.wait(minutes=4)
    assert account.status == "Creating"
    assert concurrency(account, "Average", 60) == []


def read(account: Any, **fields: Any) -> dict[str, list[float]]:
    now = account.cloud.clock.now()
    dimensions = [{"Name": "EndpointName", "Value": account.name}]
    stat = {
        "Metric": {"Namespace": "Test", "MetricName": "Load", "Dimensions": dimensions},
        "Stat": "Average",
        "Period": 60,
    }
    result = account.cloudwatch.get_metric_data(
        **{
            "StartTime": now - timedelta(minutes=5),
            "EndTime": now,
            "MetricDataQueries": [{"Id": "m", "MetricStat": stat}],
        }
        | fields
    )
    return {each["Id"]: each["Values"] for each in result["MetricDataResults"]}


def three_points(account: Any) -> None:
    """1, 2, 3 at 11:58, 11:59 and 12:00, the present minute."""
    for number in (1, 2, 3):
        at = account.cloud.clock.now() + timedelta(minutes=number - 3)
        account.put(float(number), at=at)


def test_the_end_is_not_in_and_the_newest_comes_first(account: Any) -> None:
    three_points(account)
    assert read(account) == {"m": [2, 1]}
    assert read(account, ScanBy="TimestampAscending") == {"m": [1, 2]}


def test_long_periods_gather_short_ones(account: Any) -> None:
    three_points(account)
    now = account.cloud.clock.now()
    found = account.cloudwatch.get_metric_statistics(
        Namespace="Test",
        MetricName="Load",
        Dimensions=[{"Name": "EndpointName", "Value": account.name}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=300,
        Statistics=["Average", "Sum", "Minimum", "Maximum", "SampleCount"],
    )
    (point,) = found["Datapoints"]
    kinds = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
    assert [point[kind] for kind in kinds] == [1.5, 3, 1, 2, 2]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("(a + b) / 2", [0.5, 3], id="a missing point counts as 0 (facts 1.7)"),
        pytest.param("a / b", [0.5], id="division by zero drops the point (facts 1.7)"),
        pytest.param("none / none", [], id="nothing at all is no data (facts 1.8)"),
    ],
)
def test_metric_math(account: Any, expression: str, expected: list[float]) -> None:
    now = account.cloud.clock.now()
    account.put(1, "A", now - timedelta(minutes=2))
    account.put(2, "A", now - timedelta(minutes=1))
    account.put(4, "B", now - timedelta(minutes=1))
    dimensions = [{"Name": "EndpointName", "Value": account.name}]
    queries: list[dict[str, Any]] = [
        {
            "Id": id_,
            "ReturnData": False,
            "MetricStat": {
                "Metric": {"Namespace": "Test", "MetricName": name, "Dimensions": dimensions},
                "Stat": "Average",
                "Period": 60,
            },
        }
        for id_, name in (("a", "A"), ("b", "B"), ("none", "None"))
    ]
    queries.append({"Id": "e", "Expression": expression})
    result = read(account, MetricDataQueries=queries, ScanBy="TimestampAscending")
    assert result == {"e": expected}


def test_an_expression_that_is_not_played_is_refused_not_guessed(account: Any) -> None:
    with pytest.raises(ClientError, match="not supported here"):
        read(account, MetricDataQueries=[{"Id": "e", "Expression": "SEARCH('x', 'Sum', 60)"}])


def test_metrics_are_listed_once(account: Any) -> None:
    three_points(account)
    account.put(1, "Other")
    found = account.cloudwatch.list_metrics(Namespace="Test", MetricName="Load")["Metrics"]
    assert found == [
        {
            "Namespace": "Test",
            "MetricName": "Load",
            "Dimensions": [{"Name": "EndpointName", "Value": account.name}],
        }
    ]


X, O, N = 1.0, 0.0, None  # breaching, not breaching, missing  # noqa: E741


@pytest.mark.parametrize(
    ("points", "missing", "expected"),
    [
        pytest.param([N, N, N, N, N], "missing", "INSUFFICIENT_DATA", id="nothing, missing"),
        pytest.param([N, N, N, N, N], "breaching", "ALARM", id="nothing, breaching"),
        pytest.param([N, N, N, N, N], "notBreaching", "OK", id="nothing, not breaching"),
        pytest.param([N, N, N, N, N], "ignore", "OK", id="nothing, ignored: as it was"),
        pytest.param([O, X, X, N, X], "missing", "ALARM", id="a gap is bridged by an older point"),
        pytest.param([O, N, X, N, X], "missing", "OK", id="an older point may also be good"),
        pytest.param([N, N, X, N, N], "missing", "ALARM", id="one breach, old enough"),
        pytest.param([N, N, N, N, X], "missing", "OK", id="one fresh breach is no alarm yet"),
        pytest.param([X, X, X, X, O], "missing", "OK", id="the newest is good"),
        pytest.param([O, O, X, X, X], "missing", "ALARM", id="three of three"),
    ],
)
def test_an_alarm_of_three_of_three_judges(
    points: list[float | None], missing: str, expected: State
) -> None:
    """CloudWatch's own table; the oldest point first, and the alarm was OK before."""
    store = MetricStore()
    for minute, value in enumerate(points):
        if value is not None:
            store.put(LOAD, minute * 60, of([value]))
    alarm = Alarm(
        name="a",
        queries=(Query("m", Statistic(LOAD, "Average", 60)),),
        period=60,
        periods=3,
        threshold=0.5,
        comparison="GreaterThanThreshold",
        missing=missing,
    )
    assert evaluate(alarm, "OK", store, now=300).state == expected


def test_an_alarm_is_updated_in_place_and_says_why(account: Any) -> None:
    alarm = {
        "AlarmName": "high",
        "Namespace": "Test",
        "MetricName": "Load",
        "Dimensions": [{"Name": "EndpointName", "Value": account.name}],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0.5,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    account.cloudwatch.put_metric_alarm(**alarm)
    account.put(0.9)
    account.wait(minutes=1)
    (found,) = account.cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]
    assert found["StateReason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [0.9 (23/11/26 12:00:00)] was greater "
        "than the threshold (0.5) (minimum 1 datapoint for INSUFFICIENT_DATA -> ALARM transition)."
    )
    account.cloudwatch.put_metric_alarm(**alarm | {"Threshold": 0.6})
    (found,) = account.cloudwatch.describe_alarms()["MetricAlarms"]
    assert (found["StateValue"], found["Threshold"]) == ("ALARM", 0.6)
    account.cloudwatch.delete_alarms(AlarmNames=["high"])
    assert account.cloudwatch.describe_alarms()["MetricAlarms"] == []


@given(
    st.lists(st.tuples(st.integers(0, 3599), st.floats(0, 100)), min_size=1, max_size=50),
    st.sampled_from([10, 30, 60, 300]),
)
def test_the_store_agrees_with_a_plain_list(samples: list[tuple[int, float]], period: int) -> None:
    store = MetricStore()
    for at, value in samples:
        store.put(LOAD, at, of([value]), fine=True)
    found = store.read(LOAD, 0, 3600, period, now=3600)
    expected: dict[int, list[float]] = {}
    for at, value in samples:
        expected.setdefault(at // period * period, []).append(value)
    assert set(found) == set(expected)
    for at, values in expected.items():
        assert found[at].total == pytest.approx(sum(values))
        assert found[at].count == len(values)
        assert (found[at].minimum, found[at].maximum) == (min(values), max(values))


def test_fine_data_lives_three_hours_and_minutes_stay() -> None:
    """Facts 1.5."""
    store = MetricStore()
    store.put(LOAD, 0, of([1.0]), fine=True)
    assert store.read(LOAD, 0, 60, 10, now=3 * 3600) != {}
    assert store.read(LOAD, 0, 60, 10, now=3 * 3600 + 10) == {}
    assert store.read(LOAD, 0, 60, 60, now=30 * 3600) != {}
