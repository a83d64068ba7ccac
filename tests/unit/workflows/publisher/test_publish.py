"""A run of the publisher, with fakes of AWS and of the clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from lowtide.domain.endpoint.metering import MetricName, Reading
from lowtide.domain.endpoint.observed import Endpoint, Kind, Pool, Status, Variant
from lowtide.domain.errors import (
    AbsentError,
    AwsError,
    BusyError,
    DeniedError,
    UnreachableError,
)
from lowtide.domain.load.reading import MissingReading, Series
from lowtide.workflows.publisher.run import (
    latest_results,
)
from tests.unit.workflows.publisher.fakes import (
    G6,
    G6E,
    METERING,
    MINUTE,
    NOON,
    SECOND,
    Cloudwatch,
    Sagemaker,
    endpoint,
    managed,
    run,
)

BY_PRIORITY = frozenset({MetricName.WEIGHTED, MetricName.NEEDED})


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(DeniedError("x"), "denied", id="access denied"),
        pytest.param(BusyError("x"), "throttled", id="throttled"),
        pytest.param(UnreachableError("x"), "unreachable", id="no answer"),
        pytest.param(AwsError("x"), "unreadable", id="any other error of AWS"),
        pytest.param(KeyError("x"), "unreadable", id="an error of Lowtide"),
    ],
)
def test_an_endpoint_that_fails_costs_only_itself(error: Exception, code: str) -> None:
    found = run(managed("a"), managed("b"), sagemaker=Sagemaker({"a": error}))
    assert found.codes == {"a": code, "b": "read"}
    assert found.published == [(0, "b")]


def test_a_type_that_cannot_be_read_is_not_idle() -> None:
    cloudwatch = Cloudwatch({("a", G6E): DeniedError("x")})
    assert run(managed("a"), managed("b"), cloudwatch=cloudwatch).codes == {
        "a": "denied", "b": "read",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code", "unreadable"),
    [
        pytest.param(Endpoint("a", Status.ABSENT), "not-in-service", set(), id="absent"),
        pytest.param(Endpoint("a", Status.CREATING), "not-in-service", set(), id="being created"),
        pytest.param(Endpoint("a", Status.IN_SERVICE), "no-instances", {"a"}, id="in service"),
    ],
)
def test_an_endpoint_without_variants_has_no_reading(
    given: Endpoint, code: str, unreadable: set[str]
) -> None:
    found = run(managed("a"), sagemaker=Sagemaker({"a": given}))
    assert (found.codes, found.unreadable) == ({"a": code}, unreadable)


def test_an_endpoint_without_a_metering_is_not_read() -> None:
    found = run(managed("a", None))
    assert (found.outcomes, found.sagemaker.asked) == ({}, [])


def test_only_the_metrics_of_the_file_are_published() -> None:
    two = replace(METERING, metrics=frozenset({MetricName.STREAMS, MetricName.UTILIZATION}))
    assert run(managed("a", two)).names == {"TotalStreams", "CapacityUtilization"}


def test_a_sum_is_read_only_where_the_file_says_so_and_samples_come_every_ten_seconds() -> None:
    """It would be a sixth of the streams where there is one sample a minute."""
    slow = replace(endpoint("slow"), samples_every=MINUTE)
    summed = replace(METERING, reading=Reading(total="sum"))
    found = run(
        managed("slow", summed),
        managed("summed", summed),
        managed("usual"),
        sagemaker=Sagemaker({"slow": slow}),
    )
    statistics = {source.endpoint: source.statistic for source in found.cloudwatch.sources}
    assert statistics == {"slow": "Average", "summed": "Sum", "usual": "Average"}
    assert found.outcomes["slow"].streams == 10


def test_a_type_in_two_pools_is_read_once() -> None:
    twice = Sagemaker({"a": endpoint("a", Pool(G6, 1), Pool(G6, 2))})
    found = run(managed("a"), sagemaker=twice)
    assert [source.instance_type for source in found.cloudwatch.sources] == [G6]
    assert found.codes == {"a": "read"}


class TestPriorities:
    by_priority = managed("a", replace(METERING, metrics=BY_PRIORITY, target=0.75))

    def test_are_read_of_several_pools_where_a_metric_follows_them(self) -> None:
        single = Sagemaker({"single": endpoint("single", Pool(G6, 1))})
        entries = self.by_priority, managed("b"), replace(self.by_priority, name="single")
        assert run(*entries, sagemaker=single).sagemaker.ordered == ["a"]

    def test_that_are_unknown_leave_out_the_metrics_that_follow_them(self) -> None:
        gone = Sagemaker(priorities=AbsentError("Could not find endpoint configuration"))
        found = run(self.by_priority, sagemaker=gone)
        assert found.names == {"WeightedConcurrency"}
        results = [result.outcome for result in latest_results(found.batches)]
        (missing,) = [outcome for outcome in results if isinstance(outcome, MissingReading)]
        assert (missing.code, missing.reason.partition(":")[0]) == (
            "no-priorities", "InstancesNeeded",
        )  # fmt: skip
        assert found.unreadable == {"a"}


@pytest.mark.parametrize(
    ("silent", "modified", "code"),
    [
        pytest.param({G6, G6E}, 15 * MINUTE, "never-any-data", id="no data of any type for long"),
        pytest.param({G6, G6E}, 14 * MINUTE, "no-data", id="too early to doubt the dimensions"),
        pytest.param({G6, G6E}, 5 * MINUTE, "no-data", id="an instance should have reported"),
        pytest.param({G6, G6E}, 5 * MINUTE - SECOND, "settling", id="instances may be new"),
        pytest.param({G6E}, 60 * MINUTE, "no-data", id="the dimensions are right"),
    ],
)
def test_types_without_data(silent: set[str], modified: timedelta, code: str) -> None:
    settled = replace(endpoint("a"), modified_at=NOON - modified)
    answers: Mapping[tuple[str, str], Series] = {("a", each): {} for each in silent}
    found = run(managed("a"), sagemaker=Sagemaker({"a": settled}), cloudwatch=Cloudwatch(answers))
    assert found.codes == {"a": code}
    assert found.unreadable == (set() if code == "settling" else {"a"})


class TestWhereIdleInstancesReportNothing:
    silent = replace(METERING, reading=Reading(idle="silent"))

    @pytest.mark.parametrize(
        ("whole", "code"),
        [
            pytest.param({}, "read", id="no data of the variant: idle"),
            pytest.param({NOON - MINUTE: 0.0}, "read", id="zero of the variant: idle"),
            pytest.param({NOON - MINUTE: 8.0}, "wrong-dimensions", id="data, but of no type"),
        ],
    )
    def test_the_whole_variant_tells_idle_types_from_wrong_dimensions(
        self, whole: Series, code: str
    ) -> None:
        settled = Sagemaker({"a": replace(endpoint("a"), modified_at=NOON - 60 * MINUTE)})
        cloudwatch = Cloudwatch({("a", G6): {}, ("a", G6E): {}, ("a", ""): whole})
        found = run(managed("a", self.silent), sagemaker=settled, cloudwatch=cloudwatch)
        assert found.codes == {"a": code}
        assert getattr(found.outcomes["a"], "streams", 0) == 0

    def test_only_a_variant_with_pools_is_read_as_a_whole_too(self) -> None:
        single = replace(endpoint("b"), variants=(Variant("v", (Pool(G6, 1),), pooled=False),))
        entries = (managed("a", self.silent), managed("b", self.silent), managed("c"))
        sources = run(*entries, sagemaker=Sagemaker({"b": single})).cloudwatch.sources
        assert [(s.endpoint, s.instance_type, s.pooled) for s in sources] == [
            ("a", G6, True), ("a", G6E, True), ("a", "", False),
            ("b", G6, False),
            ("c", G6, True), ("c", G6E, True),
        ]  # fmt: skip


def test_an_infinite_value_is_not_published() -> None:
    cloudwatch = Cloudwatch({("a", G6): {NOON - MINUTE: float("inf")}})
    found = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
    assert found.codes == {"a": "not-finite", "b": "read"}


def test_an_asynchronous_endpoint_is_read_by_its_backlog_and_each_variant_gets_the_metric() -> None:
    variants = (Variant("A", (Pool(G6, 1),)), Variant("B", (Pool(G6E, 2),)))
    seen = replace(endpoint("a"), variants=variants, kinds=frozenset({Kind.ASYNCHRONOUS}))
    metering = replace(METERING, metrics=frozenset({MetricName.EXACT, MetricName.OLDEST}))
    found = run(managed("a", metering), sagemaker=Sagemaker({"a": seen}))
    assert [(source.metric, source.variant) for source in found.cloudwatch.sources] == [
        ("ApproximateBacklogSize", ""), ("ApproximateAgeOfOldestRequest", ""),
    ]  # fmt: skip
    points = {(point.variant, point.name): point.value for _, point in found.cloudwatch.points}
    assert points == {
        ("A", "WeightedBacklog"): 1.0, ("A", "OldestRequestAge"): 5.0,
        ("B", "WeightedBacklog"): 1.0, ("B", "OldestRequestAge"): 5.0,
    }  # fmt: skip
    assert found.sagemaker.ordered == [], "a backlog does not follow the order of the pools"


def test_a_backlog_without_capacity_is_no_error() -> None:
    """The endpoint is at zero: that is what asynchronous endpoints are for."""
    idle = replace(endpoint("a", Pool(G6, 0)), kinds=frozenset({Kind.ASYNCHRONOUS}))
    found = run(managed("a"), sagemaker=Sagemaker({"a": idle}))
    assert (found.names, found.unreadable) == (set(), set())
