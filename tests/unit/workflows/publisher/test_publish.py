"""A run of the publisher, with fakes of AWS and of the clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from lowtide.adapters.cloudwatch import Metrics, Point, Source
from lowtide.adapters.parallel import one_by_one
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import Capacities, Metering, MetricName, Reading
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.errors import (
    AbsentError,
    AwsError,
    BusyError,
    DeniedError,
    LowtideError,
    UnreachableError,
)
from lowtide.domain.load.reading import MissingReading, Series
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.publisher.publish import PublishResult
from lowtide.workflows.publisher.report import unreadable
from lowtide.workflows.publisher.run import (
    Clock,
    PublishedBatch,
    PublisherServices,
    answer,
    latest_results,
    run_publisher,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
METERING = Metering(Capacities({G6: 10, G6E: 20}, G6))
BY_PRIORITY = frozenset({MetricName.WEIGHTED, MetricName.NEEDED})


def managed(name: str, metering: Metering | None = METERING) -> ManagedEndpoint:
    return ManagedEndpoint(name, Schedule((), ZoneInfo("UTC")), metering=metering)


def endpoint(name: str, *pools: Pool) -> Endpoint:
    return Endpoint(
        name,
        Status.IN_SERVICE,
        config_name="config",
        modified_at=NOON - MINUTE,
        variants=(Variant("AllTraffic", pools or (Pool(G6, 1), Pool(G6E, 1))),),
    )


@dataclass
class Sagemaker:
    """`answers` by name: an endpoint, or what is raised; others are in service with two pools."""

    answers: Mapping[str, Endpoint | Exception] = field(default_factory=dict)
    priorities: LowtideError | None = None
    asked: list[str] = field(default_factory=list)
    ordered: list[str] = field(default_factory=list)

    def observe(self, name: str) -> Endpoint:
        self.asked.append(name)
        answer = self.answers.get(name, endpoint(name))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def in_order(self, endpoint: Endpoint) -> Endpoint:
        self.ordered.append(endpoint.name)
        if self.priorities:
            raise self.priorities
        return endpoint


@dataclass
class Cloudwatch:
    """Five streams an instance, where a test gives no other answer."""

    answers_by_type: Mapping[tuple[str, str], Series | AwsError] = field(default_factory=dict)
    refused: Callable[[Point], AwsError | None] = lambda _: None
    sources: list[Source] = field(default_factory=list)
    points: list[tuple[datetime, Point]] = field(default_factory=list)

    def answers(
        self, sources: Sequence[Source], now: datetime
    ) -> Mapping[Source, Series | AwsError]:
        self.sources += sources
        newest = now - MINUTE
        return {
            source: self.answers_by_type.get((source.endpoint, source.instance_type), {newest: 5.0})
            for source in sources
        }

    def publish(self, points: Sequence[Point], at: datetime) -> Mapping[Point, AwsError]:
        given = list(points)
        failed = {point: error for point in given if (error := self.refused(point))}
        self.points += [(at, point) for point in given if point not in failed]
        return failed


@dataclass
class FakeClock:
    """The time moves only by `sleep`, and by what a test adds to `now`."""

    now: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds * SECOND


@dataclass
class Run:
    """What came of a run, and what was asked and published in it."""

    batches: Sequence[PublishedBatch]
    sagemaker: Sagemaker
    cloudwatch: Cloudwatch
    clock: FakeClock

    @property
    def outcomes(self) -> dict[str, Any]:
        return {result.endpoint: result.outcome for result in latest_results(self.batches)}

    @property
    def codes(self) -> dict[str, str]:
        return {
            name: outcome.code if isinstance(outcome, MissingReading) else "read"
            for name, outcome in self.outcomes.items()
        }

    @property
    def unreadable(self) -> set[str]:
        return unreadable(latest_results(self.batches))

    @property
    def published(self) -> list[tuple[int, str]]:
        """The seconds after noon and the endpoint of each point."""
        points = self.cloudwatch.points
        return [((at - NOON) // SECOND, point.endpoint) for at, point in points]

    @property
    def names(self) -> set[str]:
        return {point.name for _, point in self.cloudwatch.points}


def run(
    *entries: ManagedEndpoint,
    sagemaker: Sagemaker | None = None,
    cloudwatch: Cloudwatch | None = None,
    clock: FakeClock | None = None,
) -> Run:
    sagemaker, cloudwatch = sagemaker or Sagemaker(), cloudwatch or Cloudwatch()
    services = PublisherServices(
        cast("Endpoints", sagemaker), cast("Metrics", cloudwatch), one_by_one
    )
    fake = clock or FakeClock()
    batches = run_publisher(entries, services, NOON, Clock(lambda: fake.now, fake.sleep))
    return Run(batches, sagemaker, cloudwatch, fake)


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


class TestWhatCloudWatchDoesNotAccept:
    def test_is_not_published_and_fails_the_invocation(self) -> None:
        error = BusyError("PutMetricData: Throttling: Rate")
        cloudwatch = Cloudwatch(refused=lambda p: error if p.endpoint == "a" else None)
        found = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
        assert found.codes == {"a": "not-published", "b": "read"}
        with pytest.raises(AwsError, match="1 of 2 readings did not reach CloudWatch: throttled"):
            answer(found.batches)

    def test_in_one_batch_is_tried_in_the_next_and_still_fails_the_invocation(self) -> None:
        errors = [AwsError("once")]
        cloudwatch = Cloudwatch(refused=lambda _: errors.pop() if errors else None)
        found = run(managed("a", replace(METERING, resolution=10)), cloudwatch=cloudwatch)
        assert len(found.published) == 5
        assert found.codes == {"a": "read"}
        with pytest.raises(AwsError, match="1 of 6 readings"):
            answer(found.batches)


class TestARun:
    fast, slow = managed("fast", replace(METERING, resolution=10)), managed("slow")

    def test_has_six_points_at_ten_seconds_and_reads_instances_once(self) -> None:
        found = run(self.fast, self.slow)
        assert found.published == [
            (0, "fast"), (0, "slow"), *((10 * n, "fast") for n in range(1, 6)),
        ]  # fmt: skip
        resolutions = {point.endpoint: point.resolution_s for _, point in found.cloudwatch.points}
        assert resolutions == {"fast": 10, "slow": 60}
        assert found.sagemaker.asked == ["fast", "slow"]
        assert [s.period_s for s in found.cloudwatch.sources] == [10, 10, 60, 60, *[10] * 10]
        assert found.clock.slept == [10.0] * 5
        assert len(answer(found.batches)["published"]) == 2

    @pytest.mark.parametrize(
        ("late_s", "published", "late"),
        [
            pytest.param(33, [(0, "slow"), (30, "fast"), (40, "fast"), (50, "fast")], 3, id="33 s"),
            pytest.param(60, [], 7, id="a minute: the next invocation has begun"),
        ],
    )
    def test_that_begins_late_leaves_out_what_has_passed(
        self, late_s: int, published: list[tuple[int, str]], late: int
    ) -> None:
        found = run(self.fast, self.slow, clock=FakeClock(NOON + late_s * SECOND))
        assert found.published == published
        assert sum(len(batch.late) for batch in found.batches) == late

    @pytest.mark.parametrize(
        ("batch_s", "published"),
        [
            pytest.param(4, [0, 10, 20, 30, 40, 50], id="slow ones do not drift"),
            pytest.param(25, [0, 20, 50], id="of those above ten seconds, some are left out"),
        ],
    )
    def test_whose_batches_are_slow(self, batch_s: int, published: list[int]) -> None:
        clock = FakeClock()

        def slow(_: Point) -> None:
            clock.now += batch_s * SECOND

        found = run(self.fast, cloudwatch=Cloudwatch(refused=slow), clock=clock)
        assert found.published == [(at, "fast") for at in published]


def test_an_infinite_value_is_not_published() -> None:
    cloudwatch = Cloudwatch({("a", G6): {NOON - MINUTE: float("inf")}})
    found = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
    assert found.codes == {"a": "not-finite", "b": "read"}


def test_the_latest_results_are_those_of_each_endpoints_last_batch() -> None:
    first = PublishResult("a", "AllTraffic", MissingReading("stale", ""))
    second = PublishResult("a", "AllTraffic", MissingReading("no-data", ""))
    other = PublishResult("b", "AllTraffic", MissingReading("stale", ""))
    batches = [
        PublishedBatch(NOON, (first, other), frozenset()),
        PublishedBatch(NOON + 10 * SECOND, (second,), frozenset()),
    ]
    assert set(latest_results(batches)) == {second, other}
