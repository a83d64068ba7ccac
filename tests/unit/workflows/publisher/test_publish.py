"""One batch and one run of the publisher, with fakes of AWS and of the clock."""

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
from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.reading import MissingReading, Series
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.publisher.publish import PublishResult
from lowtide.workflows.publisher.report import unreadable
from lowtide.workflows.publisher.run import (
    Clock,
    PublishedBatch,
    PublisherServices,
    latest_results,
    raise_unpublished,
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
    """Five streams an instance, but where something else is said."""

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
    """It stands still but for sleep, and for what a test adds to `now`."""

    now: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds * SECOND

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, self.sleep)


def run(
    *entries: ManagedEndpoint,
    sagemaker: Sagemaker | None = None,
    cloudwatch: Cloudwatch | None = None,
    clock: FakeClock | None = None,
    begin: datetime = NOON,
) -> Sequence[PublishedBatch]:
    services = PublisherServices(
        cast("Endpoints", sagemaker or Sagemaker()),
        cast("Metrics", cloudwatch or Cloudwatch()),
        one_by_one,
    )
    return run_publisher(entries, services, begin, (clock or FakeClock()).clock)


def outcomes(batches: Sequence[PublishedBatch]) -> dict[str, Any]:
    return {result.endpoint: result.outcome for result in latest_results(batches)}


def codes(batches: Sequence[PublishedBatch]) -> dict[str, str]:
    found = outcomes(batches)
    return {n: o.code if isinstance(o, MissingReading) else "read" for n, o in found.items()}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(DeniedError("x"), "denied", id="the role may not ask"),
        pytest.param(BusyError("x"), "throttled", id="AWS throttles"),
        pytest.param(UnreachableError("x"), "unreachable", id="no one answers"),
        pytest.param(AwsError("x"), "unreadable", id="any other error"),
        pytest.param(KeyError("x"), "unreadable", id="an answer that no one expected"),
    ],
)
def test_an_endpoint_that_fails_costs_only_itself(error: Exception, code: str) -> None:
    cloudwatch = Cloudwatch()
    batches = run(
        managed("a"), managed("b"), sagemaker=Sagemaker({"a": error}), cloudwatch=cloudwatch
    )
    assert codes(batches) == {"a": code, "b": "read"}
    assert {point.endpoint for _, point in cloudwatch.points} == {"b"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(DeniedError("x"), "denied", id="denied"),
        pytest.param(BusyError("x"), "throttled", id="throttled"),
        pytest.param(AwsError("x"), "unreadable", id="any other"),
    ],
)
def test_a_type_that_cannot_be_read_is_never_taken_for_idle(error: AwsError, code: str) -> None:
    cloudwatch = Cloudwatch({("a", G6E): error})
    batches = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
    assert codes(batches) == {"a": code, "b": "read"}


def test_an_endpoint_that_is_not_in_service_is_not_unreadable() -> None:
    away = Sagemaker({"a": Endpoint("a", Status.ABSENT), "b": Endpoint("b", Status.CREATING)})
    batches = run(managed("a"), managed("b"), sagemaker=away)
    assert codes(batches) == {"a": "not-in-service", "b": "not-in-service"}
    assert unreadable(latest_results(batches)) == set()


def test_only_what_is_to_be_measured_is_asked_for() -> None:
    sagemaker = Sagemaker()
    assert outcomes(run(managed("a", None), sagemaker=sagemaker)) == {}
    assert sagemaker.asked == []


def test_only_the_metrics_of_the_file_are_published() -> None:
    cloudwatch = Cloudwatch()
    wanted = replace(METERING, metrics=frozenset({MetricName.STREAMS, MetricName.UTILIZATION}))
    run(managed("a", wanted), cloudwatch=cloudwatch)
    assert {point.name for _, point in cloudwatch.points} == {"TotalStreams", "CapacityUtilization"}


def test_the_statistic_is_the_one_that_the_account_has() -> None:
    cloudwatch = Cloudwatch()
    summed = replace(METERING, reading=Reading(total="sum"))
    run(managed("a", summed), managed("b"), cloudwatch=cloudwatch)
    assert {s.endpoint: s.statistic for s in cloudwatch.sources} == {"a": "Sum", "b": "Average"}


def test_a_sum_is_not_asked_for_where_samples_come_at_another_pace() -> None:
    """It would read a sixth of the streams where there is one sample a minute."""
    cloudwatch = Cloudwatch()
    slow = replace(endpoint("slow"), samples_every=MINUTE)
    summed = replace(METERING, reading=Reading(total="sum"))
    batches = run(
        managed("slow", summed),
        managed("usual", summed),
        sagemaker=Sagemaker({"slow": slow}),
        cloudwatch=cloudwatch,
    )
    asked = {source.endpoint: source.statistic for source in cloudwatch.sources}
    assert asked == {"slow": "Average", "usual": "Sum"}
    assert outcomes(batches)["slow"].streams == 10


def test_a_type_in_two_pools_is_asked_for_once() -> None:
    cloudwatch = Cloudwatch()
    twice = endpoint("a", Pool(G6, 1), Pool(G6, 2))
    batches = run(managed("a"), sagemaker=Sagemaker({"a": twice}), cloudwatch=cloudwatch)
    assert [source.instance_type for source in cloudwatch.sources] == [G6]
    assert codes(batches) == {"a": "read"}


class TestPriorities:
    def test_are_read_where_a_metric_follows_them(self) -> None:
        sagemaker = Sagemaker({"single": endpoint("single", Pool(G6, 1))})
        by_priority = replace(METERING, metrics=BY_PRIORITY, target=0.75)
        entries = [managed("a", by_priority), managed("b"), managed("single", by_priority)]
        run(*entries, sagemaker=sagemaker)
        assert sagemaker.ordered == ["a"]

    def test_that_are_not_known_leave_out_those_metrics_and_no_other(self) -> None:
        cloudwatch = Cloudwatch()
        gone = Sagemaker(priorities=AbsentError("Could not find endpoint configuration"))
        by_priority = replace(METERING, metrics=BY_PRIORITY, target=0.75)
        batches = run(managed("a", by_priority), sagemaker=gone, cloudwatch=cloudwatch)
        assert {point.name for _, point in cloudwatch.points} == {"WeightedConcurrency"}
        missing = [
            r.outcome for r in latest_results(batches) if isinstance(r.outcome, MissingReading)
        ]
        assert [(each.code, each.reason.partition(":")[0]) for each in missing] == [
            ("no-priorities", "InstancesNeeded")
        ]
        assert unreadable(latest_results(batches)) == {"a"}


class TestNoData:
    @pytest.mark.parametrize(
        ("since", "code"),
        [
            pytest.param(15 * MINUTE, "never-any-data", id="in service for long"),
            pytest.param(14 * MINUTE, "no-data", id="too early to doubt the dimensions"),
            pytest.param(5 * MINUTE, "no-data", id="an instance should have reported by now"),
            pytest.param(5 * MINUTE - SECOND, "settling", id="instances may be new"),
        ],
    )
    def test_of_all_types(self, since: timedelta, code: str) -> None:
        settled = replace(endpoint("a"), modified_at=NOON - since)
        silent: Mapping[tuple[str, str], Series] = {("a", G6): {}, ("a", G6E): {}}
        batches = run(
            managed("a"), sagemaker=Sagemaker({"a": settled}), cloudwatch=Cloudwatch(silent)
        )
        assert codes(batches) == {"a": code}
        assert bool(unreadable(latest_results(batches))) is (code != "settling")

    def test_of_one_type_is_not_that_of_wrong_dimensions(self) -> None:
        settled = replace(endpoint("a"), modified_at=NOON - 60 * MINUTE)
        cloudwatch = Cloudwatch({("a", G6E): {}})
        batches = run(managed("a"), sagemaker=Sagemaker({"a": settled}), cloudwatch=cloudwatch)
        assert codes(batches) == {"a": "no-data"}


class TestWhereIdleIsSilent:
    by_type: Mapping[tuple[str, str], Series] = {("a", G6): {}, ("a", G6E): {}}

    def outcome(self, whole: Series) -> Any:
        settled = replace(endpoint("a"), modified_at=NOON - 60 * MINUTE)
        cloudwatch = Cloudwatch({**self.by_type, ("a", ""): whole})
        silent = replace(METERING, reading=Reading(idle="silent"))
        batches = run(
            managed("a", silent), sagemaker=Sagemaker({"a": settled}), cloudwatch=cloudwatch
        )
        return outcomes(batches)["a"]

    def test_a_variant_of_which_nothing_is_heard_is_idle(self) -> None:
        assert self.outcome({}).streams == 0

    def test_one_that_says_zero_as_a_whole_is_idle(self) -> None:
        assert self.outcome({NOON - MINUTE: 0.0}).streams == 0

    def test_one_that_is_heard_of_but_not_by_type_is_no_reading(self) -> None:
        assert self.outcome({NOON - MINUTE: 8.0}).code == "wrong-dimensions"

    def test_only_a_variant_with_pools_is_asked_for_as_a_whole_too(self) -> None:
        cloudwatch = Cloudwatch()
        single = replace(endpoint("b"), variants=(Variant("v", (Pool(G6, 1),), pooled=False),))
        silent = replace(METERING, reading=Reading(idle="silent"))
        run(
            *(managed(name, silent) for name in "ab"),
            managed("c"),
            sagemaker=Sagemaker({"b": single}),
            cloudwatch=cloudwatch,
        )
        asked = [(s.endpoint, s.instance_type, s.pooled) for s in cloudwatch.sources]
        assert asked == [
            ("a", G6, True), ("a", G6E, True), ("a", "", False),
            ("b", G6, False),
            ("c", G6, True), ("c", G6E, True),
        ]  # fmt: skip


def test_an_endpoint_that_serves_and_shows_no_variant_is_unreadable() -> None:
    empty = replace(endpoint("a"), variants=())
    batches = run(managed("a"), sagemaker=Sagemaker({"a": empty}))
    assert codes(batches) == {"a": "no-instances"}
    assert unreadable(latest_results(batches)) == {"a"}


class TestWhatCloudWatchDoesNotAccept:
    def test_is_not_published_and_seen_in_the_end(self) -> None:
        error = BusyError("PutMetricData: Throttling: Rate")
        cloudwatch = Cloudwatch(refused=lambda p: error if p.endpoint == "a" else None)
        batches = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
        assert codes(batches) == {"a": "not-published", "b": "read"}
        with pytest.raises(AwsError, match="1 of 2 readings did not reach CloudWatch: throttled"):
            raise_unpublished(batches)

    def test_in_one_batch_is_tried_in_the_next_and_the_run_fails_all_the_same(self) -> None:
        errors = [AwsError("once")]
        cloudwatch = Cloudwatch(refused=lambda _: errors.pop() if errors else None)
        batches = run(managed("a", replace(METERING, resolution=10)), cloudwatch=cloudwatch)
        assert len(cloudwatch.points) == 5
        assert codes(batches) == {"a": "read"}
        with pytest.raises(AwsError, match="1 of 6 readings"):
            raise_unpublished(batches)

    def test_is_nothing_where_all_is_well(self) -> None:
        raise_unpublished(run(managed("a")))


class TestARun:
    fast = managed("fast", replace(METERING, resolution=10))

    def test_at_ten_seconds_has_six_points_and_instances_are_counted_once(self) -> None:
        sagemaker, cloudwatch, clock = Sagemaker(), Cloudwatch(), FakeClock()
        run(self.fast, managed("slow"), sagemaker=sagemaker, cloudwatch=cloudwatch, clock=clock)
        published = [(at, point.endpoint, point.resolution_s) for at, point in cloudwatch.points]
        assert published == [
            (NOON, "fast", 10),
            (NOON, "slow", 60),
            *((NOON + n * 10 * SECOND, "fast", 10) for n in range(1, 6)),
        ]
        assert sagemaker.asked == ["fast", "slow"]
        assert clock.slept == [10.0] * 5

    def test_that_begins_late_leaves_out_what_has_passed(self) -> None:
        cloudwatch, clock = Cloudwatch(), FakeClock(NOON + 33 * SECOND)
        batches = run(self.fast, managed("slow"), cloudwatch=cloudwatch, clock=clock)
        published = [((at - NOON) // SECOND, point.endpoint) for at, point in cloudwatch.points]
        assert published == [(0, "slow"), (30, "fast"), (40, "fast"), (50, "fast")]
        assert [len(batch.late) for batch in batches] == [1, 1, 1, 0, 0, 0]
        assert clock.slept == [7.0, 10.0]

    def test_that_is_over_is_the_next_invocations(self) -> None:
        cloudwatch = Cloudwatch()
        clock = FakeClock(NOON + MINUTE)
        run(self.fast, managed("slow"), cloudwatch=cloudwatch, clock=clock)
        assert cloudwatch.points == []
        assert clock.slept == []

    def test_with_slow_batches_does_not_drift(self) -> None:
        clock = FakeClock()

        def slow(_: Point) -> None:
            clock.now += 4 * SECOND

        cloudwatch = Cloudwatch(refused=slow)
        run(self.fast, cloudwatch=cloudwatch, clock=clock)
        assert [at for at, _ in cloudwatch.points] == [NOON + n * 10 * SECOND for n in range(6)]
        assert clock.slept == [6.0] * 5

    def test_with_batches_slower_than_ten_seconds_leaves_points_out_and_ends_in_time(self) -> None:
        clock = FakeClock()

        def very_slow(_: Point) -> None:
            clock.now += 25 * SECOND

        cloudwatch = Cloudwatch(refused=very_slow)
        run(self.fast, cloudwatch=cloudwatch, clock=clock)
        assert [(at - NOON) // SECOND for at, _ in cloudwatch.points] == [0, 20, 50]

    def test_reads_each_batch_anew(self) -> None:
        cloudwatch = Cloudwatch()
        run(self.fast, cloudwatch=cloudwatch)
        assert [s.period_s for s in cloudwatch.sources] == [10] * 12


def test_an_infinite_value_is_not_published() -> None:
    cloudwatch = Cloudwatch({("a", G6): {NOON - MINUTE: float("inf")}})
    batches = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
    assert codes(batches) == {"a": "not-finite", "b": "read"}
    assert isinstance(outcomes(batches)["b"], LoadMetrics)


def test_the_latest_results_are_those_of_each_endpoints_last_batch() -> None:
    first = PublishResult("a", "AllTraffic", MissingReading("stale", ""))
    second = PublishResult("a", "AllTraffic", MissingReading("no-data", ""))
    other = PublishResult("b", "AllTraffic", MissingReading("stale", ""))
    batches = [
        PublishedBatch(NOON, (first, other), frozenset()),
        PublishedBatch(NOON + 10 * SECOND, (second,), frozenset()),
    ]
    assert set(latest_results(batches)) == {second, other}
