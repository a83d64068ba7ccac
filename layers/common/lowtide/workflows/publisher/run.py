"""One invocation of the publisher: the slots of a minute, one after the other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lowtide.adapters.cloudwatch import Metrics
from lowtide.adapters.parallel import Each
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import AwsError
from lowtide.domain.load.publish_times import slots
from lowtide.domain.load.reading import NOT_PUBLISHED, MissingReading
from lowtide.workflows.publisher.observe import Observed, observe
from lowtide.workflows.publisher.publish import Published, publish


@dataclass(frozen=True, slots=True)
class Aws:
    """What the publisher asks and tells, many at a time."""

    endpoints: Endpoints
    metrics: Metrics
    each: Each


@dataclass(frozen=True, slots=True)
class Time:
    now: Callable[[], datetime]
    sleep: Callable[[float], object]

    def wait_until(self, at: datetime) -> datetime:
        """What the clock says then."""
        if (pause := (at - self.now()).total_seconds()) > 0:
            self.sleep(pause)
        return self.now()


@dataclass(frozen=True, slots=True)
class Step:
    """What was published at one instant; `late` are the resolutions whose period had passed."""

    at: datetime
    published: tuple[Published, ...]
    late: frozenset[int]


def publish_minute(
    managed: Iterable[ManagedEndpoint], aws: Aws, begin: datetime, time: Time
) -> Sequence[Step]:
    """Instances are counted once; their load is read for each slot."""
    observed = observe(managed, aws.endpoints, aws.each)
    steps = []
    for slot in slots(begin, {each.metering.resolution for each in observed}):
        now = time.wait_until(slot.at)
        due = slot.due(now)
        published = publish(_of(observed, due), aws.metrics, now, slot.at) if due else ()
        steps.append(Step(slot.at, published, slot.resolutions - due))
    return steps


def _of(observed: Iterable[Observed], resolutions: frozenset[int]) -> list[Observed]:
    return [each for each in observed if each.metering.resolution in resolutions]


def newest(steps: Iterable[Step]) -> tuple[Published, ...]:
    """Of each endpoint, what came of the last step that it had a part in."""
    found: dict[str, list[Published]] = {}
    for step in steps:
        of_step: dict[str, list[Published]] = {}
        for published in step.published:
            of_step.setdefault(published.endpoint, []).append(published)
        found |= of_step
    return tuple(published for some in found.values() for published in some)


def faulty(results: Iterable[Published]) -> set[str]:
    """Endpoints that serve, and whose figures are missing, or some of them."""
    return {
        one.endpoint
        for one in results
        if isinstance(one.outcome, MissingReading) and one.outcome.is_fault
    }


def raise_unpublished(steps: Iterable[Step]) -> None:
    """When everything else is done: an invocation that lost figures is seen to have failed."""
    outcomes = [one.outcome for step in steps for one in step.published]
    lost = [o for o in outcomes if isinstance(o, MissingReading) and o.code == NOT_PUBLISHED]
    if lost:
        msg = f"{len(lost)} of {len(outcomes)} readings did not reach CloudWatch: {lost[0].reason}"
        raise AwsError(msg)
