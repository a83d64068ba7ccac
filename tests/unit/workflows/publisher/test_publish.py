"""One step and one minute of the publisher, with AWS and the clock made up."""

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
from lowtide.domain.endpoint.metering import Capacities, Figure, Metering, Reading
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.errors import (
    AbsentError,
    AwsError,
    BusyError,
    DeniedError,
    LowtideError,
    UnreachableError,
)
from lowtide.domain.load.figures import Figures
from lowtide.domain.load.reading import MissingReading, Series
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.publisher.fault_age import Lasting
from lowtide.workflows.publisher.publish import Published
from lowtide.workflows.publisher.run import (
    Aws,
    Step,
    Time,
    faulty,
    newest,
    publish_minute,
    raise_unpublished,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
METERING = Metering(Capacities({G6: 10, G6E: 20}, G6))
BY_PRIORITY = frozenset({Figure.WEIGHTED, Figure.NEEDED})


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
class FakeTime:
    """`work_s` passes whenever somebody asks CloudWatch."""

    now: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds * SECOND

    @property
    def time(self) -> Time:
        return Time(lambda: self.now, self.sleep)


def run(
    *entries: ManagedEndpoint,
    sagemaker: Sagemaker | None = None,
    cloudwatch: Cloudwatch | None = None,
    clock: FakeTime | None = None,
    begin: datetime = NOON,
) -> Sequence[Step]:
    aws = Aws(
        cast("Endpoints", sagemaker or Sagemaker()),
        cast("Metrics", cloudwatch or Cloudwatch()),
        one_by_one,
    )
    return publish_minute(entries, aws, begin, (clock or FakeTime()).time)


def outcomes(steps: Sequence[Step]) -> dict[str, Any]:
    return {one.endpoint: one.outcome for one in newest(steps)}


def codes(steps: Sequence[Step]) -> dict[str, str]:
    found = outcomes(steps)
    return {n: o.code if isinstance(o, MissingReading) else "read" for n, o in found.items()}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        pytest.param(DeniedError("x"), "denied", id="the role may not ask"),
        pytest.param(BusyError("x"), "throttled", id="AWS throttles"),
        pytest.param(UnreachableError("x"), "unreachable", id="nobody answers"),
        pytest.param(AwsError("x"), "unreadable", id="any other error"),
        pytest.param(KeyError("x"), "unreadable", id="an answer that nobody expected"),
    ],
)
def test_an_endpoint_that_fails_costs_only_itself(error: Exception, code: str) -> None:
    cloudwatch = Cloudwatch()
    steps = run(
        managed("a"), managed("b"), sagemaker=Sagemaker({"a": error}), cloudwatch=cloudwatch
    )
    assert codes(steps) == {"a": code, "b": "read"}
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
    steps = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
    assert codes(steps) == {"a": code, "b": "read"}


def test_an_endpoint_that_is_away_is_no_fault() -> None:
    away = Sagemaker({"a": Endpoint("a", Status.ABSENT), "b": Endpoint("b", Status.CREATING)})
    steps = run(managed("a"), managed("b"), sagemaker=away)
    assert codes(steps) == {"a": "not-in-service", "b": "not-in-service"}
    assert faulty(newest(steps)) == set()


def test_only_what_is_to_be_measured_is_asked_for() -> None:
    sagemaker = Sagemaker()
    assert outcomes(run(managed("a", None), sagemaker=sagemaker)) == {}
    assert sagemaker.asked == []


def test_only_the_figures_of_the_file_are_published() -> None:
    cloudwatch = Cloudwatch()
    wanted = replace(METERING, figures=frozenset({Figure.STREAMS, Figure.UTILIZATION}))
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
    steps = run(
        managed("slow", summed),
        managed("usual", summed),
        sagemaker=Sagemaker({"slow": slow}),
        cloudwatch=cloudwatch,
    )
    asked = {source.endpoint: source.statistic for source in cloudwatch.sources}
    assert asked == {"slow": "Average", "usual": "Sum"}
    assert outcomes(steps)["slow"].streams == 10


def test_a_type_in_two_pools_is_asked_for_once() -> None:
    cloudwatch = Cloudwatch()
    twice = endpoint("a", Pool(G6, 1), Pool(G6, 2))
    steps = run(managed("a"), sagemaker=Sagemaker({"a": twice}), cloudwatch=cloudwatch)
    assert [source.instance_type for source in cloudwatch.sources] == [G6]
    assert codes(steps) == {"a": "read"}


class TestPriorities:
    def test_are_asked_for_where_a_figure_rests_on_them(self) -> None:
        sagemaker = Sagemaker({"single": endpoint("single", Pool(G6, 1))})
        by_priority = replace(METERING, figures=BY_PRIORITY, target=0.75)
        entries = [managed("a", by_priority), managed("b"), managed("single", by_priority)]
        run(*entries, sagemaker=sagemaker)
        assert sagemaker.ordered == ["a"]

    def test_that_are_not_known_leave_out_those_figures_and_no_other(self) -> None:
        cloudwatch = Cloudwatch()
        gone = Sagemaker(priorities=AbsentError("Could not find endpoint configuration"))
        by_priority = replace(METERING, figures=BY_PRIORITY, target=0.75)
        steps = run(managed("a", by_priority), sagemaker=gone, cloudwatch=cloudwatch)
        assert {point.name for _, point in cloudwatch.points} == {"WeightedConcurrency"}
        told = [r.outcome for r in newest(steps) if isinstance(r.outcome, MissingReading)]
        assert [(each.code, each.reason.partition(":")[0]) for each in told] == [
            ("no-priorities", "InstancesNeeded")
        ]
        assert faulty(newest(steps)) == {"a"}


class TestSilence:
    @pytest.mark.parametrize(
        ("since", "code"),
        [
            pytest.param(15 * MINUTE, "never-any-data", id="in service for long"),
            pytest.param(14 * MINUTE, "no-data", id="instances may be new"),
        ],
    )
    def test_of_all_types(self, since: timedelta, code: str) -> None:
        settled = replace(endpoint("a"), modified_at=NOON - since)
        silent: Mapping[tuple[str, str], Series] = {("a", G6): {}, ("a", G6E): {}}
        steps = run(
            managed("a"), sagemaker=Sagemaker({"a": settled}), cloudwatch=Cloudwatch(silent)
        )
        assert codes(steps) == {"a": code}

    def test_of_one_type_does_not_put_the_question_in_doubt(self) -> None:
        settled = replace(endpoint("a"), modified_at=NOON - 60 * MINUTE)
        cloudwatch = Cloudwatch({("a", G6E): {}})
        steps = run(managed("a"), sagemaker=Sagemaker({"a": settled}), cloudwatch=cloudwatch)
        assert codes(steps) == {"a": "no-data"}


class TestWhereIdleIsSilent:
    by_type: Mapping[tuple[str, str], Series] = {("a", G6): {}, ("a", G6E): {}}

    def told(self, whole: Series) -> Any:
        settled = replace(endpoint("a"), modified_at=NOON - 60 * MINUTE)
        cloudwatch = Cloudwatch({**self.by_type, ("a", ""): whole})
        silent = replace(METERING, reading=Reading(idle="silent"))
        steps = run(
            managed("a", silent), sagemaker=Sagemaker({"a": settled}), cloudwatch=cloudwatch
        )
        return outcomes(steps)["a"]

    def test_a_variant_of_which_nothing_is_heard_is_idle(self) -> None:
        assert self.told({}).streams == 0

    def test_one_that_says_zero_as_a_whole_is_idle(self) -> None:
        assert self.told({NOON - MINUTE: 0.0}).streams == 0

    def test_one_that_is_heard_of_but_not_by_type_is_no_reading(self) -> None:
        assert self.told({NOON - MINUTE: 8.0}).code == "wrong-dimensions"

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


def test_an_endpoint_that_serves_and_shows_no_variant_is_a_fault() -> None:
    empty = replace(endpoint("a"), variants=())
    steps = run(managed("a"), sagemaker=Sagemaker({"a": empty}))
    assert codes(steps) == {"a": "no-instances"}
    assert faulty(newest(steps)) == {"a"}


class TestWhatCloudwatchDoesNotTake:
    def test_is_not_published_and_seen_in_the_end(self) -> None:
        error = BusyError("PutMetricData: Throttling: Rate")
        cloudwatch = Cloudwatch(refused=lambda p: error if p.endpoint == "a" else None)
        steps = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
        assert codes(steps) == {"a": "not-published", "b": "read"}
        with pytest.raises(AwsError, match="1 of 2 readings did not reach CloudWatch: throttled"):
            raise_unpublished(steps)

    def test_in_one_step_is_tried_in_the_next_and_seen_all_the_same(self) -> None:
        errors = [AwsError("once")]
        cloudwatch = Cloudwatch(refused=lambda _: errors.pop() if errors else None)
        steps = run(managed("a", replace(METERING, resolution=10)), cloudwatch=cloudwatch)
        assert len(cloudwatch.points) == 5
        assert codes(steps) == {"a": "read"}
        with pytest.raises(AwsError, match="1 of 6 readings"):
            raise_unpublished(steps)

    def test_is_nothing_where_all_is_well(self) -> None:
        raise_unpublished(run(managed("a")))


class TestAMinute:
    fast = managed("fast", replace(METERING, resolution=10))

    def test_at_ten_seconds_has_six_points_and_instances_are_counted_once(self) -> None:
        sagemaker, cloudwatch, clock = Sagemaker(), Cloudwatch(), FakeTime()
        run(self.fast, managed("slow"), sagemaker=sagemaker, cloudwatch=cloudwatch, clock=clock)
        told = [(at, point.endpoint, point.resolution_s) for at, point in cloudwatch.points]
        assert told == [
            (NOON, "fast", 10),
            (NOON, "slow", 60),
            *((NOON + n * 10 * SECOND, "fast", 10) for n in range(1, 6)),
        ]
        assert sagemaker.asked == ["fast", "slow"]
        assert clock.slept == [10.0] * 5

    def test_that_begins_late_leaves_out_what_has_passed(self) -> None:
        cloudwatch, clock = Cloudwatch(), FakeTime(NOON + 33 * SECOND)
        steps = run(self.fast, managed("slow"), cloudwatch=cloudwatch, clock=clock)
        told = [((at - NOON) // SECOND, point.endpoint) for at, point in cloudwatch.points]
        assert told == [(0, "slow"), (30, "fast"), (40, "fast"), (50, "fast")]
        assert [len(step.late) for step in steps] == [1, 1, 1, 0, 0, 0]
        assert clock.slept == [7.0, 10.0]

    def test_that_is_over_is_the_next_invocations(self) -> None:
        cloudwatch = Cloudwatch()
        clock = FakeTime(NOON + MINUTE)
        run(self.fast, managed("slow"), cloudwatch=cloudwatch, clock=clock)
        assert cloudwatch.points == []
        assert clock.slept == []

    def test_with_slow_steps_does_not_drift(self) -> None:
        clock = FakeTime()

        def slow(_: Point) -> None:
            clock.now += 4 * SECOND

        cloudwatch = Cloudwatch(refused=slow)
        run(self.fast, cloudwatch=cloudwatch, clock=clock)
        assert [at for at, _ in cloudwatch.points] == [NOON + n * 10 * SECOND for n in range(6)]
        assert clock.slept == [6.0] * 5

    def test_with_steps_slower_than_their_slots_leaves_slots_out_and_ends_in_time(self) -> None:
        clock = FakeTime()

        def very_slow(_: Point) -> None:
            clock.now += 25 * SECOND

        cloudwatch = Cloudwatch(refused=very_slow)
        run(self.fast, cloudwatch=cloudwatch, clock=clock)
        assert [(at - NOON) // SECOND for at, _ in cloudwatch.points] == [0, 20, 50]

    def test_reads_each_step_anew(self) -> None:
        cloudwatch = Cloudwatch()
        run(self.fast, cloudwatch=cloudwatch)
        assert [s.period_s for s in cloudwatch.sources] == [10] * 12


class TestAFaultLasts:
    def test_as_long_as_nothing_mends_it(self) -> None:
        lasting, both = Lasting(), {"a", "b"}
        assert lasting.note({"a"}, both, NOON) == {"a": NOON}
        assert lasting.note(both, both, NOON + MINUTE) == {"a": NOON, "b": NOON + MINUTE}
        assert lasting.note({"b"}, both, NOON + 2 * MINUTE) == {"b": NOON + MINUTE}
        assert lasting.note({"a"}, both, NOON + 3 * MINUTE) == {"a": NOON + 3 * MINUTE}

    def test_while_its_container_measures_another_shard(self) -> None:
        lasting = Lasting()
        lasting.note({"mine"}, {"mine"}, NOON)
        assert lasting.note(set(), {"others"}, NOON + MINUTE) == {}
        assert lasting.note({"mine"}, {"mine"}, NOON + 2 * MINUTE) == {"mine": NOON}

    def test_while_an_invocation_is_too_late_to_measure(self) -> None:
        lasting = Lasting()
        lasting.note({"a"}, {"a"}, NOON)
        lasting.note(set(), set(), NOON + MINUTE)
        assert lasting.note({"a"}, {"a"}, NOON + 2 * MINUTE) == {"a": NOON}

    @pytest.mark.parametrize(
        ("away", "since"),
        [
            pytest.param(15, 0, id="in a container that was elsewhere for a quarter of an hour"),
            pytest.param(16, 16, id="but not in one that rested longer: it may have been mended"),
        ],
    )
    def test_unseen(self, away: int, since: int) -> None:
        lasting = Lasting()
        lasting.note({"a"}, {"a"}, NOON)
        found = lasting.note({"a"}, {"a"}, NOON + away * MINUTE)
        assert found == {"a": NOON + since * MINUTE}


def test_figures_that_no_number_can_tell_are_no_figures() -> None:
    cloudwatch = Cloudwatch({("a", G6): {NOON - MINUTE: float("inf")}})
    steps = run(managed("a"), managed("b"), cloudwatch=cloudwatch)
    assert codes(steps) == {"a": "not-finite", "b": "read"}
    assert isinstance(outcomes(steps)["b"], Figures)


def test_an_endpoint_is_told_by_its_last_step() -> None:
    first = Published("a", "AllTraffic", MissingReading("stale", ""))
    second = Published("a", "AllTraffic", MissingReading("no-data", ""))
    other = Published("b", "AllTraffic", MissingReading("stale", ""))
    steps = [
        Step(NOON, (first, other), frozenset()),
        Step(NOON + 10 * SECOND, (second,), frozenset()),
    ]
    assert set(newest(steps)) == {second, other}
