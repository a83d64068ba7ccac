"""The publisher's work: one set of figures a minute for every variant whose load can be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lowtide.adapters.cloudwatch import Metrics, Point, Source
from lowtide.adapters.sagemaker import Endpoints
from lowtide.domain.capacity import Figures, Series, load
from lowtide.domain.endpoints import Endpoint, Managed
from lowtide.domain.readings import NoReading
from lowtide.workflows.gather import sources


@dataclass(frozen=True, slots=True)
class Published:
    """Of one endpoint's variant; the variant is empty where the endpoint itself had no reading."""

    endpoint: str
    variant: str
    outcome: Figures | NoReading


def publish(
    managed: Iterable[Managed], endpoints: Endpoints, metrics: Metrics, now: datetime
) -> tuple[Published, ...]:
    """Endpoints without `scaling.capacity` are not measured. Raises only if publishing fails."""
    measured = [entry for entry in managed if entry.metering is not None]
    observed = [(entry, _observe(entry.name, endpoints)) for entry in measured]
    seen = [(e, found) for e, found in observed if isinstance(found, Endpoint)]
    series = metrics.concurrency([s for _, found in seen for s in sources(found)], now)
    results = [
        *(Published(e.name, "", f) for e, f in observed if isinstance(f, NoReading)),
        *(p for entry, found in seen for p in _of_endpoint(entry, found, series, now)),
    ]
    metrics.publish([point for result in results for point in _points(result)], now)
    return tuple(results)


def _observe(name: str, endpoints: Endpoints) -> Endpoint | NoReading:
    try:
        return endpoints.observe(name)
    except Exception as error:  # whatever it is, the other endpoints must not wait for it
        return NoReading("unreadable", f"{type(error).__name__}: {error}")


def _of_endpoint(
    managed: Managed, endpoint: Endpoint, found: Mapping[Source, Series], now: datetime
) -> Iterable[Published]:
    if managed.metering is None:
        return
    if not endpoint.variants:
        absence = NoReading("not-in-service", f"the endpoint is {endpoint.status}")
        yield Published(endpoint.name, "", absence)
    for variant in endpoint.variants:
        series = {
            source.instance_type: points
            for source, points in found.items()
            if (source.endpoint, source.variant) == (endpoint.name, variant.name)
        }
        outcome = load(endpoint, variant, managed.metering.capacities, series, now)
        yield Published(endpoint.name, variant.name, outcome)


def _points(published: Published) -> Iterable[Point]:
    if isinstance(published.outcome, NoReading):
        return
    for name, value in (
        ("WeightedConcurrency", published.outcome.weighted_concurrency),
        ("CapacityUtilization", published.outcome.utilization),
        ("WorstPoolUtilization", published.outcome.worst_pool),
    ):
        yield Point(published.endpoint, published.variant, name, value)
