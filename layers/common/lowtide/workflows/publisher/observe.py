"""Which instances serve this minute: what the publisher asks SageMaker, once for each endpoint."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lowtide.adapters.parallel import Each
from lowtide.adapters.sagemaker.endpoints import Endpoints
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import COUNT_INSTANCES, Metering
from lowtide.domain.endpoint.observed import Endpoint
from lowtide.domain.errors import LowtideError
from lowtide.domain.load.pool_load import suited
from lowtide.domain.load.reading import MissingReading, missing_because_of


@dataclass(frozen=True, slots=True)
class Observed:
    """An endpoint whose load is wanted. `unordered`: why a figure that rests on the priority of
    the pools is left out of `metering`."""

    name: str
    metering: Metering
    endpoint: Endpoint | MissingReading
    unordered: MissingReading | None = None


def observe(
    managed: Iterable[ManagedEndpoint], endpoints: Endpoints, each: Each
) -> tuple[Observed, ...]:
    """Those with a metering; one that fails costs only itself."""
    wanted = [(entry.name, entry.metering) for entry in managed if entry.metering is not None]
    found = each(lambda asked: _observed(*asked, endpoints), wanted)
    return tuple(
        one if isinstance(one, Observed) else Observed(name, metering, missing_because_of(one))
        for (name, metering), one in zip(wanted, found, strict=True)
    )


def _observed(name: str, metering: Metering, endpoints: Endpoints) -> Observed:
    try:
        endpoint = endpoints.observe(name)
    except Exception as error:  # whatever it is, the other endpoints must not wait for it
        return Observed(name, metering, missing_because_of(error))
    metering = suited(metering, endpoint)
    if not metering.figures & COUNT_INSTANCES or all(len(v.pools) < 2 for v in endpoint.variants):
        return Observed(name, metering, endpoint)
    try:
        return Observed(name, metering, endpoints.in_order(endpoint))
    except LowtideError as error:
        return Observed(name, _without_order(metering), endpoint, _unordered(metering, error))


def _without_order(metering: Metering) -> Metering:
    return replace(metering, figures=metering.figures - COUNT_INSTANCES)


def _unordered(metering: Metering, error: LowtideError) -> MissingReading:
    left_out = ", ".join(sorted(metering.figures & COUNT_INSTANCES))
    return MissingReading(
        "no-priorities", f"{left_out}: the priority of the pools is unknown: {error}"
    )
