"""One run of the publisher: the publish times of a minute, one after the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.parallel import Mapper
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.errors import AwsError
from lowtide.domain.load import NOT_PUBLISHED, MissingReading, publish_times
from lowtide.workflows.publisher.observe import observe
from lowtide.workflows.publisher.publish import PublishResult, publish


@dataclass(frozen=True, slots=True)
class PublisherServices:
    """The adapters that the publisher works with; `mapper` reads endpoints in parallel."""

    endpoints: Endpoints
    metrics: Metrics
    mapper: Mapper


@dataclass(frozen=True, slots=True)
class Clock:
    now: Callable[[], datetime]
    sleep: Callable[[float], object]

    def wait_until(self, at: datetime) -> datetime:
        """Sleeps until `at`, and returns the time it is then."""
        if (pause := (at - self.now()).total_seconds()) > 0:
            self.sleep(pause)
        return self.now()


@dataclass(frozen=True, slots=True)
class PublishedBatch:
    """What was published for one instant; `late` are the resolutions that were left out."""

    at: datetime
    results: tuple[PublishResult, ...]
    late: frozenset[int]


def run_publisher(
    managed: Iterable[ManagedEndpoint], services: PublisherServices, begin: datetime, clock: Clock
) -> Sequence[PublishedBatch]:
    """Counts instances once, and publishes their load at each publish time from `begin` on."""
    observed = observe(managed, services.endpoints, services.mapper)
    batches = []
    for time in publish_times(begin, {each.metering.resolution for each in observed}):
        now = clock.wait_until(time.at)
        due = time.due(now)
        due_endpoints = [each for each in observed if each.metering.resolution in due]
        results = publish(due_endpoints, services.metrics, now, time.at) if due else ()
        batches.append(PublishedBatch(time.at, results, time.resolutions - due))
    return batches


def latest_results(batches: Iterable[PublishedBatch]) -> tuple[PublishResult, ...]:
    """Of each endpoint, the results of the last batch that it was part of."""
    latest: dict[str, list[PublishResult]] = {}
    for batch in batches:
        by_endpoint: dict[str, list[PublishResult]] = {}
        for result in batch.results:
            by_endpoint.setdefault(result.endpoint, []).append(result)
        latest |= by_endpoint
    return tuple(result for results in latest.values() for result in results)


def answer(batches: Sequence[PublishedBatch]) -> dict[str, Any]:
    """What an invocation returns: the latest results. Raises AwsError if CloudWatch did not accept
    a metric, so that the invocation fails: called last, when everything else of the run is done."""
    outcomes = [result.outcome for batch in batches for result in batch.results]
    lost = [o for o in outcomes if isinstance(o, MissingReading) and o.code == NOT_PUBLISHED]
    if lost:
        msg = f"{len(lost)} of {len(outcomes)} readings did not reach CloudWatch: {lost[0].reason}"
        raise AwsError(msg)
    return {"published": [asdict(result) for result in latest_results(batches)]}
