"""The live instances of each endpoint, read from SageMaker once in a run."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lowtide.adapters.parallel import Mapper
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint import COUNT_INSTANCES, Endpoint, Kind, ManagedEndpoint, Metering
from lowtide.domain.errors import LowtideError
from lowtide.domain.load import (
    MissingReading,
    missing_because_of,
    of_backlog,
    with_usable_statistic,
)


@dataclass(frozen=True, slots=True)
class Observed:
    """An endpoint with a metering.

    `no_priorities`: why metrics that follow the order of the pools are left out of `metering`.
    """

    name: str
    metering: Metering
    endpoint: Endpoint | MissingReading
    no_priorities: MissingReading | None = None


def observe(
    managed: Iterable[ManagedEndpoint], endpoints: Endpoints, mapper: Mapper
) -> tuple[Observed, ...]:
    """Each endpoint of `managed` that has a metering; an error costs only its own endpoint."""
    metered = [(entry.name, entry.metering) for entry in managed if entry.metering is not None]
    results = mapper(lambda item: _observe_one(*item, endpoints), metered)
    return tuple(
        result
        if isinstance(result, Observed)
        else Observed(name, metering, missing_because_of(result))
        for (name, metering), result in zip(metered, results, strict=True)
    )


def _observe_one(name: str, metering: Metering, endpoints: Endpoints) -> Observed:
    try:
        endpoint = endpoints.observe(name)
    except Exception as error:  # whatever it is, the other endpoints are published
        return Observed(name, metering, missing_because_of(error))
    if Kind.ASYNCHRONOUS in endpoint.kinds:
        return Observed(name, of_backlog(metering), endpoint)
    metering = with_usable_statistic(metering, endpoint)
    if not metering.metrics & COUNT_INSTANCES or all(len(v.pools) < 2 for v in endpoint.variants):
        return Observed(name, metering, endpoint)
    try:
        return Observed(name, metering, endpoints.in_order(endpoint))
    except LowtideError as error:
        return _without_priorities(name, metering, endpoint, error)


def _without_priorities(
    name: str, metering: Metering, endpoint: Endpoint, error: LowtideError
) -> Observed:
    left_out = metering.metrics & COUNT_INSTANCES
    missing = MissingReading(
        "no-priorities",
        f"{', '.join(sorted(left_out))}: the priority of the pools is unknown: {error}",
    )
    metering = replace(metering, metrics=metering.metrics - left_out)
    return Observed(name, metering, endpoint, missing)
