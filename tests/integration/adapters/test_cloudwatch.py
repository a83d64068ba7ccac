"""Series by source, points in chunks that CloudWatch accepts."""

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
from tests.integration.adapters.conftest import NOW, Account

MINUTE = timedelta(minutes=1)
G6 = Source("my-endpoint", "AllTraffic", "ml.g6.2xlarge")
G6E = Source("my-endpoint", "AllTraffic", "ml.g6e.2xlarge")


@pytest.fixture
def metrics(account: Account) -> Metrics:
    return Metrics(account.cloudwatch)


def emit(account: Account, source: Source, minutes_ago: float, *values: float) -> None:
    """What instances of this type say during a minute."""
    by_type = {"InstanceType": source.instance_type} if source.pooled else {}
    name = metric(
        "AWS/SageMaker",
        "ConcurrentRequestsPerModel",
        EndpointName=source.endpoint,
        VariantName=source.variant,
        **by_type,
    )
    at = (NOW - minutes_ago * MINUTE).timestamp()
    for value in values:
        account.cloud.metrics.put(name, at, Statistics(value, 1, value, value))


def calls_of(account: Account, operation: str) -> list[int]:
    """How many queries or points each call has carried."""
    sizes: list[int] = []
    key = {"GetMetricData": "MetricDataQueries", "PutMetricData": "MetricData"}[operation]

    def count(params: dict[str, Any], **_: object) -> None:
        sizes.append(len(params[key]))

    account.cloudwatch.meta.events.register(f"provide-client-params.cloudwatch.{operation}", count)
    return sizes


def points(count: int) -> list[Point]:
    return [Point(f"endpoint-{n}", "AllTraffic", "CapacityUtilization", n) for n in range(count)]


def published(account: Account) -> set[str]:
    pages = account.cloudwatch.get_paginator("list_metrics").paginate(Namespace=NAMESPACE)
    return {m["Dimensions"][0]["Value"] for page in pages for m in page["Metrics"]}


def test_series_are_by_source_and_minute(account: Account, metrics: Metrics) -> None:
    emit(account, G6, 1, 4.0)
    emit(account, G6, 2, 7.0)
    emit(account, G6E, 1, 11.0)
    assert metrics.concurrency([G6, G6E], NOW) == {
        G6: {NOW - MINUTE: 4.0, NOW - 2 * MINUTE: 7.0},
        G6E: {NOW - MINUTE: 11.0},
    }


def test_a_reading_is_the_mean_of_an_instance(account: Account, metrics: Metrics) -> None:
    emit(account, G6, 1, 10.0, 2.0)
    assert metrics.concurrency([G6], NOW)[G6] == {NOW - MINUTE: 6.0}


def test_a_variant_without_pools_is_read_as_a_whole(account: Account, metrics: Metrics) -> None:
    whole = replace(G6, pooled=False)
    emit(account, whole, 1, 3.0)
    assert metrics.concurrency([G6, whole], NOW) == {G6: {}, whole: {NOW - MINUTE: 3.0}}


def test_no_data_is_an_empty_series_and_not_zero(account: Account, metrics: Metrics) -> None:
    emit(account, G6, 1, 0.0)
    assert metrics.concurrency([G6, G6E], NOW) == {G6: {NOW - MINUTE: 0.0}, G6E: {}}


def test_only_whole_minutes_of_the_last_five_are_read(account: Account, metrics: Metrics) -> None:
    for ago in (0, 1, 5, 6):
        emit(account, G6, ago, float(ago))
    found = metrics.concurrency([G6], NOW + timedelta(seconds=30))
    assert found[G6] == {NOW - MINUTE: 1.0, NOW - 5 * MINUTE: 5.0}


def test_another_endpoint_and_variant_are_other_sources(account: Account, metrics: Metrics) -> None:
    emit(account, G6, 1, 4.0)
    others = [
        Source("other", "AllTraffic", "ml.g6.2xlarge"),
        Source("my-endpoint", "Canary", "ml.g6.2xlarge"),
    ]
    assert metrics.concurrency(others, NOW) == {others[0]: {}, others[1]: {}}


def test_more_sources_than_a_call_takes_make_two_calls(account: Account, metrics: Metrics) -> None:
    sources = [Source(f"endpoint-{n}", "AllTraffic", "ml.g6.2xlarge") for n in range(501)]
    for n in (0, 499, 500):
        emit(account, sources[n], 1, float(n))
    sizes = calls_of(account, "GetMetricData")
    found = metrics.concurrency(sources, NOW)
    assert sizes == [500, 1]
    assert {n: found[sources[n]] for n in (0, 1, 499, 500)} == {
        0: {NOW - MINUTE: 0.0},
        1: {},
        499: {NOW - MINUTE: 499.0},
        500: {NOW - MINUTE: 500.0},
    }


def test_what_is_published_can_be_read(account: Account, metrics: Metrics) -> None:
    metrics.publish([Point("my-endpoint", "AllTraffic", "WeightedConcurrency", 7.25)], NOW)
    found = account.cloudwatch.get_metric_statistics(
        Namespace="Lowtide",
        MetricName="WeightedConcurrency",
        Dimensions=[
            {"Name": "EndpointName", "Value": "my-endpoint"},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        StartTime=NOW,
        EndTime=NOW + MINUTE,
        Period=60,
        Statistics=["Average"],
    )
    assert [(d["Timestamp"], d["Average"]) for d in found["Datapoints"]] == [(NOW, 7.25)]


def test_more_points_than_a_call_takes_make_two_calls(account: Account, metrics: Metrics) -> None:
    sizes = calls_of(account, "PutMetricData")
    metrics.publish(points(1001), NOW)
    assert sizes == [1000, 1]
    assert len(published(account)) == 1001


def refuse(condition: Callable[[int], bool]) -> Callable[..., None]:
    def throttle(params: dict[str, Any], **_: object) -> None:
        if condition(len(params["MetricData"])):
            raise ClientError({"Error": {"Code": "Throttling", "Message": "Rate"}}, "PutMetricData")

    return throttle


def test_a_chunk_that_fails_does_not_stop_the_next(account: Account, metrics: Metrics) -> None:
    account.cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.PutMetricData", refuse(lambda size: size == 1000)
    )
    failed = metrics.publish(points(1001), NOW)
    assert list(failed) == points(1000)
    assert all(isinstance(error, BusyError) for error in failed.values())
    assert published(account) == {"endpoint-1000"}


def test_each_chunk_that_fails_has_its_error(account: Account, metrics: Metrics) -> None:
    account.cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.PutMetricData", refuse(lambda _: True)
    )
    assert list(metrics.publish(points(1001), NOW)) == points(1001)


def test_without_points_no_call_is_made(account: Account, metrics: Metrics) -> None:
    sizes = calls_of(account, "PutMetricData")
    metrics.publish([], NOW)
    assert sizes == []


def test_without_sources_no_call_is_made(account: Account, metrics: Metrics) -> None:
    sizes = calls_of(account, "GetMetricData")
    assert metrics.concurrency([], NOW) == {}
    assert sizes == []


def test_points_of_ten_seconds_are_kept_for_each_ten_seconds(
    account: Account, metrics: Metrics
) -> None:
    ten_seconds = timedelta(seconds=10)
    for number in range(2):
        point = Point("my-endpoint", "AllTraffic", "WeightedConcurrency", number, resolution_s=10)
        metrics.publish([point], NOW + number * ten_seconds)
    account.cloud.advance(NOW + MINUTE)
    found = account.cloudwatch.get_metric_data(
        MetricDataQueries=[
            {
                "Id": "m",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "Lowtide",
                        "MetricName": "WeightedConcurrency",
                        "Dimensions": [
                            {"Name": "EndpointName", "Value": "my-endpoint"},
                            {"Name": "VariantName", "Value": "AllTraffic"},
                        ],
                    },
                    "Period": 10,
                    "Stat": "Average",
                },
            }
        ],
        StartTime=NOW,
        EndTime=NOW + MINUTE,
        ScanBy="TimestampAscending",
    )["MetricDataResults"][0]
    assert found["Timestamps"] == [NOW, NOW + ten_seconds]
    assert found["Values"] == [0.0, 1.0]


def test_periods_of_both_lengths_are_read_in_one_call(account: Account, metrics: Metrics) -> None:
    """A minute that still runs would tell of its first seconds only."""
    fast = replace(G6, period_s=10)
    name = metric(
        "AWS/SageMaker",
        "ConcurrentRequestsPerModel",
        EndpointName=G6.endpoint,
        VariantName=G6.variant,
        InstanceType=G6.instance_type,
    )
    for seconds in range(-60, 30, 10):
        at = NOW.timestamp() + seconds
        value = float(seconds)
        account.cloud.metrics.put(name, at, Statistics(value, 1, value, value), fine=True)
    sizes = calls_of(account, "GetMetricData")
    found = metrics.concurrency([G6, fast], NOW + timedelta(seconds=25))
    assert sizes == [2]
    assert found[G6] == {NOW - MINUTE: -35.0}
    assert max(found[fast]) == NOW + timedelta(seconds=10)
    assert found[fast][NOW + timedelta(seconds=10)] == 10.0


def test_the_sum_over_the_samples_is_read_for_a_source_with_that_statistic(
    account: Account, metrics: Metrics
) -> None:
    emit(account, G6, 1, 10.0, 2.0)
    total = replace(G6, statistic="Sum")
    assert metrics.concurrency([total], NOW)[total] == {NOW - MINUTE: 12.0}


@pytest.fixture
def refused_first_chunk(account: Account) -> list[Source]:
    def refuse_it(params: dict[str, Any], **_: object) -> None:
        if len(params["MetricDataQueries"]) == 500:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "GetMetricData")

    account.cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData", refuse_it
    )
    return [Source(f"endpoint-{n}", "AllTraffic", "ml.g6.2xlarge") for n in range(501)]


def test_a_chunk_that_cannot_be_read_costs_only_its_own_sources(
    account: Account, metrics: Metrics, refused_first_chunk: list[Source]
) -> None:
    emit(account, refused_first_chunk[500], 1, 3.0)
    answers = metrics.answers(refused_first_chunk, NOW)
    assert answers[refused_first_chunk[500]] == {NOW - MINUTE: 3.0}
    assert all(isinstance(answers[s], DeniedError) for s in refused_first_chunk[:500])


def test_concurrency_raises_the_first_error(
    metrics: Metrics, refused_first_chunk: list[Source]
) -> None:
    with pytest.raises(DeniedError):
        metrics.concurrency(refused_first_chunk, NOW)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        pytest.param("Forbidden", DeniedError, id="a query that is forbidden"),
        pytest.param("InternalError", AwsError, id="a query that CloudWatch could not answer"),
    ],
)
def test_one_query_may_fail_alone(
    account: Account, metrics: Metrics, status: str, error: type[AwsError]
) -> None:
    emit(account, G6E, 1, 3.0)

    def fail_the_first(parsed: dict[str, Any], **_: object) -> None:
        parsed["MetricDataResults"][0]["StatusCode"] = status

    account.cloudwatch.meta.events.register("after-call.cloudwatch.GetMetricData", fail_the_first)
    answers = metrics.answers([G6, G6E], NOW)
    assert type(answers[G6]) is error
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

    events = account.cloudwatch.meta.events
    events.register("provide-client-params.cloudwatch.GetMetricData", begin_anew)
    events.register("after-call.cloudwatch.GetMetricData", give)


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


def test_a_chunk_with_an_unknown_answer_costs_only_its_own_sources(
    account: Account, metrics: Metrics
) -> None:
    sources = [Source(f"endpoint-{n}", "AllTraffic", "ml.g6.2xlarge") for n in range(501)]
    emit(account, sources[500], 1, 3.0)

    def garble(parsed: dict[str, Any], **_: object) -> None:
        if len(parsed["MetricDataResults"]) == 500:
            del parsed["MetricDataResults"]

    account.cloudwatch.meta.events.register("after-call.cloudwatch.GetMetricData", garble)
    answers = metrics.answers(sources, NOW)
    assert type(answers[sources[0]]) is AwsError
    assert answers[sources[500]] == {NOW - MINUTE: 3.0}


def test_a_chunk_with_an_unknown_response_does_not_stop_the_next(
    account: Account, metrics: Metrics
) -> None:
    def garble(params: dict[str, Any], **_: object) -> None:
        if len(params["MetricData"]) == 1000:
            raise ResponseParserError("no CBOR")

    account.cloudwatch.meta.events.register(
        "provide-client-params.cloudwatch.PutMetricData", garble
    )
    assert list(metrics.publish(points(1001), NOW)) == points(1000)
    assert published(account) == {"endpoint-1000"}
