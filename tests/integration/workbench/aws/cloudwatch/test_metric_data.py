"""GetMetricData, GetMetricStatistics and PutMetricData: pages, limits and refusals."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.workbench.aws.conftest import OVER_HTTP

IN_PROCESS_AND_OVER_HTTP = pytest.mark.parametrize(
    "over_http",
    [pytest.param(False, id="in process"), *OVER_HTTP.args[1]],
    indirect=True,
)


def metric(name: str, id_: str = "m", stat: str = "Average", period: int = 60) -> dict[str, Any]:
    return {
        "Id": id_,
        "MetricStat": {
            "Metric": {"Namespace": "Test", "MetricName": name, "Dimensions": []},
            "Stat": stat,
            "Period": period,
        },
    }


def put(account: Any, name: str, value: float, ago: timedelta = timedelta(0), **more: Any) -> None:
    account.put(value, name, account.cloud.clock.now() - ago, Dimensions=[], **more)


def ask(account: Any, *queries: dict[str, Any], **fields: Any) -> dict[str, Any]:
    now = account.cloud.clock.now()
    window = {"StartTime": now - timedelta(minutes=5), "EndTime": now}
    request: Any = window | {"MetricDataQueries": list(queries)} | fields
    return dict(account.cloudwatch.get_metric_data(**request))


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


@IN_PROCESS_AND_OVER_HTTP
@pytest.mark.parametrize("count", [10, 400, 1000])
def test_requests_of_any_size_are_read_also_those_that_boto3_compresses(
    account: Any, count: int
) -> None:
    """botocore sends more than 10 KB with gzip."""
    at = account.cloud.clock.now() - minutes(1)
    datum = {"MetricName": "A", "Timestamp": at, "Value": 2.0}
    account.cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum] * count)
    answer = ask(account, metric("A", stat="SampleCount"))
    assert answer["MetricDataResults"][0]["Values"] == [count]


def test_pages_hold_so_many_points_of_all_metrics_together(account: Any) -> None:
    for ago in (1, 2, 3):
        put(account, "A", ago, minutes(ago))
        put(account, "B", 10 * ago, minutes(ago))
    pages = account.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[metric("A", "a"), metric("B", "b"), metric("C", "c")],
        StartTime=account.cloud.clock.now() - minutes(5),
        EndTime=account.cloud.clock.now(),
        MaxDatapoints=4,
    )
    shown = [
        [(each["Id"], each["Values"], each["StatusCode"]) for each in page["MetricDataResults"]]
        for page in pages
    ]
    assert shown == [
        [("a", [1, 2, 3], "Complete"), ("b", [10], "PartialData"), ("c", [], "Complete")],
        [("b", [20, 30], "Complete")],
    ]


def test_an_array_is_several_results_of_one_id_and_may_stand_on_an_expression(account: Any) -> None:
    put(account, "A", 2, minutes(1))
    put(account, "B", 4, minutes(1))
    hidden = {"ReturnData": False}
    metrics = (metric("A", "a") | hidden, metric("B", "b") | hidden)
    doubles = {"Id": "d", "Expression": "METRICS() * 2"} | hidden
    halves = {"Id": "e", "Expression": "d / 4", "Label": "half"}
    found = ask(account, *metrics, doubles, halves)
    results = found["MetricDataResults"]
    assert [(each["Id"], each["Label"], each["Values"]) for each in results] == [
        ("e", "half", [1]),
        ("e", "half", [2]),
    ]


def test_a_start_within_ten_seconds_is_rounded_down_to_them(account: Any) -> None:
    """Facts 7; the end is not in."""
    for ago in (0, 10, 20, 30):
        put(account, "A", ago, timedelta(seconds=ago), StorageResolution=1)
    now = account.cloud.clock.now()
    window = {"StartTime": now - timedelta(seconds=13), "EndTime": now}
    found = ask(account, metric("A", period=10), **window)
    assert found["MetricDataResults"][0]["Values"] == [10, 20]


@pytest.mark.parametrize(
    ("hours", "period", "expected"),
    [
        pytest.param(2, 10, [1], id="after two hours ten seconds are there"),
        pytest.param(4, 10, [], id="after four they are not (facts 1.5)"),
        pytest.param(4, 60, [1], id="but the minute is"),
        pytest.param(24 * 20, 60, [], id="after twenty days the minute is not"),
        pytest.param(24 * 20, 300, [1], id="but five minutes are"),
    ],
)
def test_fine_data_fades(account: Any, hours: int, period: int, expected: list[float]) -> None:
    put(account, "A", 1, StorageResolution=1)
    then = account.cloud.clock.now()
    account.cloud.clock.move_to(then + timedelta(hours=hours))
    found = ask(account, metric("A", period=period), StartTime=then, EndTime=then + minutes(5))
    assert found["MetricDataResults"][0]["Values"] == expected


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        pytest.param([metric("A", f"m{n}") for n in range(501)], "More than 500",
                     id="501 queries (facts 7)"),
        pytest.param([metric("A"), metric("B")], "given twice", id="an id twice"),
        pytest.param([metric("A", "Big")], "small letter", id="an id with a big letter"),
        pytest.param([metric("A", period=15)], "period 15", id="a period of 15"),
        pytest.param([{"Id": "e", "Expression": "f"}], "unknown id 'f'", id="an id of nothing"),
        pytest.param([{"Id": "e", "Expression": "1 + 1"}], "no time series", id="a mere number"),
        pytest.param([{"Id": "e", "Expression": "f"}, {"Id": "f", "Expression": "e"}],
                     "refers to itself", id="a circle"),
    ],
)  # fmt: skip
def test_a_request_is_refused(account: Any, queries: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        ask(account, *queries)


SAGEMAKER = "AWS/SageMaker"


@pytest.mark.parametrize(
    ("namespace", "datum", "message"),
    [
        pytest.param("Test", {"Value": float("nan")}, "is invalid", id="no number"),
        pytest.param("Test", {"Values": [1.0] * 151}, "more than 150", id="151 values (facts 7)"),
        pytest.param("Test", {"Values": [1, 2], "Counts": [1]}, "same size", id="a count short"),
        pytest.param("Test", {"Value": 1.0, "Values": [1.0]}, "only one", id="a value and values"),
        pytest.param("Test", {"Value": 1.0, "StorageResolution": 10}, "StorageResolution", id="10"),
        pytest.param(
            "Test",
            {"Dimensions": [{"Name": f"d{n}", "Value": "v"} for n in range(31)]},
            "more than 30",
            id="31 dimensions",
        ),
        pytest.param(SAGEMAKER, {"Value": 1.0}, f"The value {SAGEMAKER} for", id="AWS's namespace"),
    ],
)
def test_a_data_point_is_refused(
    account: Any, namespace: str, datum: dict[str, Any], message: str
) -> None:
    with pytest.raises(ClientError, match=message):
        account.cloudwatch.put_metric_data(
            Namespace=namespace, MetricData=[{"MetricName": "A"} | datum]
        )


@pytest.mark.parametrize(
    ("ago", "accepted"),
    [
        pytest.param(timedelta(days=13), True, id="13 days ago"),
        pytest.param(timedelta(days=15), False, id="15 days ago"),
        pytest.param(timedelta(hours=-1), True, id="in an hour"),
        pytest.param(timedelta(hours=-3), False, id="in three hours"),
    ],
)
def test_a_data_point_may_be_of(account: Any, ago: timedelta, *, accepted: bool) -> None:
    if accepted:
        put(account, "A", 1, ago)
        return
    with pytest.raises(ClientError, match="two weeks"):
        put(account, "A", 1, ago)


@pytest.mark.parametrize(
    ("period", "minutes_", "message"),
    [
        pytest.param(45, 60, "period 45", id="an odd period"),
        pytest.param(60, 1441, "up to 1,441 datapoints", id="more than 1,440 points (facts 7)"),
    ],
)
def test_statistics_are_refused(account: Any, period: int, minutes_: int, message: str) -> None:
    now = account.cloud.clock.now()
    with pytest.raises(ClientError, match=message):
        account.cloudwatch.get_metric_statistics(
            Namespace="Test",
            MetricName="A",
            StartTime=now - minutes(minutes_),
            EndTime=now,
            Period=period,
            Statistics=["Sum"],
        )


def test_values_with_counts_are_so_many_samples(account: Any) -> None:
    account.cloudwatch.put_metric_data(
        Namespace="Test",
        MetricData=[{"MetricName": "A", "Values": [1.0, 9.0], "Counts": [3.0, 1.0]}],
    )
    account.wait(minutes=1)
    stats = ("SampleCount", "Average", "p50", "p75", "p90")
    found = ask(account, *(metric("A", f"m{n}", stat) for n, stat in enumerate(stats)))
    assert [each["Values"][0] for each in found["MetricDataResults"]] == [4, 3, 1, 1, 9]
