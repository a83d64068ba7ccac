"""SageMaker, CloudWatch and a clock that a run of the publisher works with, made up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from lowtide.adapters.cloudwatch import Metrics, Point, Source
from lowtide.adapters.parallel import one_by_one
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import Capacities, Metering
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.errors import (
    AwsError,
    LowtideError,
)
from lowtide.domain.load.reading import MissingReading, Series
from lowtide.domain.schedule.schedule import Schedule
from lowtide.workflows.publisher.report import unreadable
from lowtide.workflows.publisher.run import (
    Clock,
    PublishedBatch,
    PublisherServices,
    latest_results,
    run_publisher,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
G6, G6E = "ml.g6.2xlarge", "ml.g6e.2xlarge"
METERING = Metering(Capacities({G6: 10, G6E: 20}, G6))


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
