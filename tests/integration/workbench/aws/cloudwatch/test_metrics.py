"""CloudWatch: what comes back of the points, and the states that alarms derive from them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm, State, evaluate
from lowtide_workbench.aws.cloudwatch.metric_query import Query, Statistic
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of

LOAD = metric("Test", "Load")
STATISTICS = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"]


@pytest.fixture
def three_points(account: Any) -> Any:
    """1, 2, 3 at 11:58, 11:59 and 12:00, the present minute."""
    for number in (1, 2, 3):
        account.put(float(number), at=account.cloud.clock.now() + timedelta(minutes=number - 3))
    return account


def test_the_end_is_not_in_and_the_newest_comes_first(three_points: Any) -> None:
    now = three_points.cloud.clock.now()
    (listed,) = three_points.cloudwatch.list_metrics(Namespace="Test")["Metrics"]
    stat = {"Metric": listed, "Stat": "Average", "Period": 60}
    for order, expected in (("TimestampDescending", [2, 1]), ("TimestampAscending", [1, 2])):
        found = three_points.cloudwatch.get_metric_data(
            StartTime=now - timedelta(minutes=5),
            EndTime=now,
            ScanBy=order,
            MetricDataQueries=[{"Id": "m", "MetricStat": stat}],
        )
        assert found["MetricDataResults"][0]["Values"] == expected


def test_long_periods_gather_short_ones(three_points: Any) -> None:
    now = three_points.cloud.clock.now()
    found = three_points.cloudwatch.get_metric_statistics(
        Namespace="Test",
        MetricName="Load",
        Dimensions=[{"Name": "EndpointName", "Value": three_points.name}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=300,
        Statistics=STATISTICS,
    )
    (point,) = found["Datapoints"]
    assert [point[kind] for kind in STATISTICS] == [1.5, 3, 1, 2, 2]


def test_metrics_are_listed_once(three_points: Any) -> None:
    three_points.put(1, "Other")
    found = three_points.cloudwatch.list_metrics(Namespace="Test", MetricName="Load")["Metrics"]
    dimensions = [{"Name": "EndpointName", "Value": three_points.name}]
    assert found == [{"Namespace": "Test", "MetricName": "Load", "Dimensions": dimensions}]


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
def test_an_alarm_of_three_of_three_goes_to(
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
