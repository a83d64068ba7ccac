"""Endpoints, and series of their instance types, for tests of the load."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lowtide.domain.endpoint.metering import Metering
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.load.load_metrics import LoadMetrics
from lowtide.domain.load.reading import MissingReading, Series
from lowtide.domain.load.variant_load import variant_load

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AT_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """`live` instances of one type, each with `streams` in the mean."""

    instance_type: str
    live: int
    streams: float = 0.0


def minute(ago: float, value: float) -> dict[datetime, float]:
    return {NOW - timedelta(minutes=ago): value}


def minutes(*values: float) -> dict[datetime, float]:
    """The last whole minutes, the newest last."""
    return {NOW - timedelta(minutes=len(values) - i): v for i, v in enumerate(values)}


def endpoint(
    *pools: tuple[str, int],
    status: Status = Status.IN_SERVICE,
    modified: timedelta = AT_REST,
) -> Endpoint:
    """`pools` in the order of their priority; `modified` is how long ago."""
    variant = Variant("AllTraffic", tuple(Pool(*pool) for pool in pools))
    return Endpoint("e", status, modified_at=NOW - modified, variants=(variant,))


def read(
    seen: Endpoint, metering: Metering, series: Mapping[str, Series], now: datetime = NOW
) -> LoadMetrics | MissingReading:
    return variant_load(seen, seen.variants[0], metering, series, now)


def metrics_of(pools: tuple[Kept, ...], metering: Metering) -> LoadMetrics:
    """Of a fleet at rest, the last minute reported by every type that has instances."""
    seen = endpoint(*((pool.instance_type, pool.live) for pool in pools))
    series = {pool.instance_type: minute(1, pool.streams) for pool in pools if pool.live}
    found = read(seen, metering, series)
    assert isinstance(found, LoadMetrics)
    return found
