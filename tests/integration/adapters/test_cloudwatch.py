"""Series by source, and points, in chunks that CloudWatch accepts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from lowtide.adapters.cloudwatch import NAMESPACE, Metrics, Point, Source
from lowtide.domain.errors import AwsError, BusyError, DeniedError
from lowtide_workbench.aws.cloudwatch.metric_store import Statistics, metric
from tests.integration.adapters.conftest import NAME, NOW, Account

MINUTE = timedelta(minutes=1)
G6 = Source(NAME, "AllTraffic", "ml.g6.2xlarge")
G6E = Source(NAME, "AllTraffic", "ml.g6e.2xlarge")
SOURCES = [Source(f"endpoint-{n}", "AllTraffic", "ml.g6.2xlarge") for n in range(501)]
POINTS = [Point(f"endpoint-{n}", "AllTraffic", "CapacityUtilization", n) for n in range(1001)]


@pytest.fixture
def metrics(account: Account) -> Metrics:
    return Metrics(account.cloudwatch)


def concurrency_of(source: Source) -> Any:
    by_type = {"InstanceType": source.instance_type} if source.pooled else {}
    return metric(
        "AWS/SageMaker",
        "ConcurrentRequestsPerModel",
        EndpointName=source.endpoint,
        VariantName=source.variant,
        **by_type,
    )


def emit(account: Account, source: Source, minutes_ago: float, *values: float) -> None:
    """A sample of each instance of this type in one minute."""
    at = (NOW - minutes_ago * MINUTE).timestamp()
    for value in values:
        account.cloud.metrics.put(concurrency_of(source), at, Statistics(value, 1, value, value))


def before(account: Account, operation: str, handle: Callable[..., None]) -> None:
    """Calls `handle` with the `params` of each call of the operation."""
    event = f"provide-client-params.cloudwatch.{operation}"
    account.cloudwatch.meta.events.register(event, handle)


def sizes_of(account: Account, operation: str) -> list[int]:
    """How many queries or points each call has."""
    sizes: list[int] = []
    key = {"GetMetricData": "MetricDataQueries", "PutMetricData": "MetricData"}[operation]
    before(account, operation, lambda params, **_: sizes.append(len(params[key])))
    return sizes


def fail_first_chunk(account: Account, operation: str, size: int, error: Exception) -> None:
    sizes = sizes_of(account, operation)

    def fail(**_: object) -> None:
        if sizes[-1] == size:
            raise error

    before(account, operation, fail)


def published(account: Account) -> set[str]:
    pages = account.cloudwatch.get_paginator("list_metrics").paginate(Namespace=NAMESPACE)
    return {m["Dimensions"][0]["Value"] for page in pages for m in page["Metrics"]}


def stored(account: Account, name: str, period: int) -> dict[datetime, float]:
    """What is stored of a metric of the endpoint in the minute after NOW."""
    dimensions: Any = [
        {"Name": "EndpointName", "Value": NAME},
        {"Name": "VariantName", "Value": "AllTraffic"},
    ]
    of_metric: Any = {"Namespace": "Lowtide", "MetricName": name, "Dimensions": dimensions}
    stat: Any = {"Metric": of_metric, "Period": period, "Stat": "Average"}
    found = account.cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": stat}], StartTime=NOW, EndTime=NOW + MINUTE
    )["MetricDataResults"][0]
    return dict(zip(found["Timestamps"], found["Values"], strict=True))


def test_series_are_by_source_and_minute(account: Account, metrics: Metrics) -> None:
    """The mean or the sum of all instances. No data is an empty series, and not zero."""
    whole, total = replace(G6, pooled=False), replace(G6, statistic="Sum")
    emit(account, G6, 1, 10.0, 2.0)
    emit(account, G6, 2, 0.0)
    emit(account, whole, 1, 3.0)
    others = [replace(G6, endpoint="other"), replace(G6, variant="Canary")]
    assert metrics.concurrency([G6, total, whole, G6E, *others], NOW) == {
        G6: {NOW - MINUTE: 6.0, NOW - 2 * MINUTE: 0.0},
        total: {NOW - MINUTE: 12.0, NOW - 2 * MINUTE: 0.0},
        whole: {NOW - MINUTE: 3.0},
        **{source: {} for source in (G6E, *others)},
    }


def test_only_whole_minutes_of_the_last_five_are_read(account: Account, metrics: Metrics) -> None:
    for ago in (0, 1, 5, 6):
        emit(account, G6, ago, float(ago))
    found = metrics.concurrency([G6], NOW + timedelta(seconds=30))
    assert found[G6] == {NOW - MINUTE: 1.0, NOW - 5 * MINUTE: 5.0}


def test_periods_of_both_lengths_are_read_in_one_call(account: Account, metrics: Metrics) -> None:
    """A minute that is not over has its first seconds only."""
    fast = replace(G6, period_s=10)
    name = concurrency_of(G6)
    for seconds in range(-60, 30, 10):
        at = NOW.timestamp() + seconds
        value = float(seconds)
        account.cloud.metrics.put(name, at, Statistics(value, 1, value, value), fine=True)
    sizes = sizes_of(account, "GetMetricData")
    found = metrics.concurrency([G6, fast], NOW + timedelta(seconds=25))
    assert sizes == [2]
    assert found[G6] == {NOW - MINUTE: -35.0}
    assert max(found[fast]) == NOW + timedelta(seconds=10)
    assert found[fast][NOW + timedelta(seconds=10)] == 10.0


def test_more_sources_than_a_call_takes_are_read_in_two(account: Account, metrics: Metrics) -> None:
    for n in (0, 499, 500):
        emit(account, SOURCES[n], 1, float(n))
    sizes = sizes_of(account, "GetMetricData")
    found = metrics.concurrency(SOURCES, NOW)
    assert sizes == [500, 1]
    assert [list(found[SOURCES[n]].values()) for n in (0, 1, 499, 500)] == [[0], [], [499], [500]]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(
            ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetMetricData"),
            DeniedError, id="denied",
        ),
        pytest.param(ResponseParserError("no CBOR"), AwsError, id="an answer that is not known"),
    ],
)  # fmt: skip
def test_a_chunk_that_cannot_be_read_costs_only_its_own_sources(
    account: Account, metrics: Metrics, error: Exception, kind: type[AwsError]
) -> None:
    emit(account, SOURCES[500], 1, 3.0)
    fail_first_chunk(account, "GetMetricData", 500, error)
    answers = metrics.answers(SOURCES, NOW)
    assert answers[SOURCES[500]] == {NOW - MINUTE: 3.0}
    assert {type(answers[source]) for source in SOURCES[:500]} == {kind}
    with pytest.raises(kind):
        metrics.concurrency(SOURCES, NOW)


@pytest.mark.parametrize(
    ("status", "kind"), [("Forbidden", DeniedError), ("InternalError", AwsError)]
)
def test_a_query_that_fails_costs_only_its_own_source(
    account: Account, metrics: Metrics, status: str, kind: type[AwsError]
) -> None:
    emit(account, G6E, 1, 3.0)

    def fail_the_first(parsed: dict[str, Any], **_: object) -> None:
        parsed["MetricDataResults"][0]["StatusCode"] = status

    account.after("GetMetricData", fail_the_first)
    answers = metrics.answers([G6, G6E], NOW)
    assert type(answers[G6]) is kind
    assert answers[G6E] == {NOW - MINUTE: 3.0}


def answer_in_pages(account: Account, *pages: list[dict[str, Any]]) -> None:
    """CloudWatch's next answers, whatever was asked."""
    rest = list(pages)

    def give(parsed: dict[str, Any], **_: object) -> None:
        parsed["MetricDataResults"] = rest.pop(0)
        if rest:
            parsed["NextToken"] = "more"

    def begin_anew(params: dict[str, Any], **_: object) -> None:
        params.pop("NextToken", None)

    before(account, "GetMetricData", begin_anew)
    account.after("GetMetricData", give)


def part(query: str, status: str, *at: datetime) -> dict[str, Any]:
    values = [5.0] * len(at)
    return {"Id": query, "Timestamps": list(at), "Values": values, "StatusCode": status}


@pytest.mark.parametrize(
    "first",
    [
        pytest.param([], id="without any part of it"),
        pytest.param([part("m0", "PartialData")], id="with a part of it, and no next page"),
        pytest.param([part("m0", "PartialData", NOW - 2 * MINUTE)], id="with some of its points"),
    ],
)
def test_an_incomplete_answer_is_an_error_and_not_silence(
    account: Account, metrics: Metrics, first: list[dict[str, Any]]
) -> None:
    answer_in_pages(account, [*first, part("m1", "Complete", NOW - MINUTE)])
    answers = metrics.answers([G6, G6E], NOW)
    assert type(answers[G6]) is AwsError
    assert answers[G6E] == {NOW - MINUTE: 5.0}


def test_an_answer_may_be_complete_on_its_last_page(account: Account, metrics: Metrics) -> None:
    answer_in_pages(
        account,
        [part("m0", "PartialData", NOW - MINUTE), part("m1", "Complete", NOW - MINUTE)],
        [part("m0", "Complete", NOW - 2 * MINUTE)],
    )
    answers = metrics.answers([G6, G6E], NOW)
    assert answers[G6] == {NOW - MINUTE: 5.0, NOW - 2 * MINUTE: 5.0}
    assert answers[G6E] == {NOW - MINUTE: 5.0}


def test_a_query_that_fails_on_one_page_has_failed(account: Account, metrics: Metrics) -> None:
    complete = part("m1", "Complete", NOW - MINUTE)
    failed, more = part("m0", "InternalError"), part("m0", "Complete", NOW - MINUTE)
    answer_in_pages(account, [failed, complete], [more])
    answers = metrics.answers([G6, G6E], NOW)
    assert "InternalError" in str(answers[G6])
    assert answers[G6E] == {NOW - MINUTE: 5.0}


def test_points_are_stored_with_their_resolution(account: Account, metrics: Metrics) -> None:
    later = NOW + timedelta(seconds=10)
    minute = Point(NAME, "AllTraffic", "WeightedConcurrency", 7.25)
    metrics.publish([minute], NOW)
    for at, value in ((NOW, 0.0), (later, 1.0)):
        metrics.publish([Point(NAME, "AllTraffic", "TotalStreams", value, resolution_s=10)], at)
    account.cloud.advance(NOW + MINUTE)
    assert stored(account, "WeightedConcurrency", 60) == {NOW: 7.25}
    assert stored(account, "TotalStreams", 10) == {NOW: 0.0, later: 1.0}


def test_more_points_than_a_call_takes_are_put_in_two(account: Account, metrics: Metrics) -> None:
    sizes = sizes_of(account, "PutMetricData")
    assert metrics.publish(POINTS, NOW) == {}
    assert sizes == [1000, 1]
    assert len(published(account)) == 1001


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        pytest.param(
            ClientError({"Error": {"Code": "Throttling", "Message": "Rate"}}, "PutMetricData"),
            BusyError, id="throttled",
        ),
        pytest.param(ResponseParserError("no CBOR"), AwsError, id="an answer that is not known"),
    ],
)  # fmt: skip
def test_a_chunk_that_is_not_put_costs_only_its_own_points(
    account: Account, metrics: Metrics, error: Exception, kind: type[AwsError]
) -> None:
    fail_first_chunk(account, "PutMetricData", 1000, error)
    failed = metrics.publish(POINTS, NOW)
    assert list(failed) == POINTS[:1000]
    assert set(map(type, failed.values())) == {kind}
    assert published(account) == {"endpoint-1000"}


def test_without_sources_and_points_no_call_is_made(account: Account, metrics: Metrics) -> None:
    read, put = sizes_of(account, "GetMetricData"), sizes_of(account, "PutMetricData")
    assert metrics.concurrency([], NOW) == {}
    assert metrics.publish([], NOW) == {}
    assert (read, put) == ([], [])
