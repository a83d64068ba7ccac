"""The load of one variant, from its instances and what CloudWatch has of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lowtide.domain.endpoints import SERVING, Endpoint, Pool, Variant
from lowtide.domain.figures import Figures, Load, figures
from lowtide.domain.readings import NoReading, Series
from lowtide.domain.scaling import Capacities, Metering

# Counted from the beginning of the minute that was read.
OLDEST_USEFUL = timedelta(minutes=3)


def load(
    endpoint: Endpoint,
    variant: Variant,
    metering: Metering,
    series: Mapping[str, Series],
    now: datetime,
) -> Figures | NoReading:
    """The figures, or why there are none. `series` is keyed by instance type."""
    capacities = metering.capacities
    live = [pool for pool in variant.pools if pool.live]
    if fault := _not_readable(endpoint, live) or _no_capacity(live, capacities):
        return fault
    if silent := _silent(live, series):
        return silent
    newest = max(_common_minutes(live, series), default=None)
    if newest is None or now - newest > OLDEST_USEFUL:
        return NoReading("stale", f"no minute of the last {OLDEST_USEFUL} has every pool's data")
    loads = [
        Load(
            pool.live,
            capacities.by_type[pool.instance_type],
            pool.live * series[pool.instance_type][newest],
        )
        for pool in live
    ]
    return figures(loads, capacities.of_reference)


def _silent(live: Sequence[Pool], series: Mapping[str, Series]) -> NoReading | None:
    silent = [pool.instance_type for pool in live if not series.get(pool.instance_type)]
    if silent or not live:
        return NoReading("no-data", f"no concurrency from {', '.join(silent) or 'any instance'}")
    return None


def _common_minutes(live: Sequence[Pool], series: Mapping[str, Series]) -> set[datetime]:
    return set[datetime].intersection(*(set(series[pool.instance_type]) for pool in live))


def _not_readable(endpoint: Endpoint, live: Sequence[Pool]) -> NoReading | None:
    if endpoint.status not in SERVING:
        return NoReading("not-in-service", f"the endpoint is {endpoint.status}")
    if not live:
        return NoReading("no-instances", "no instance is in service")
    return None


def _no_capacity(live: Sequence[Pool], capacities: Capacities) -> NoReading | None:
    unknown = [p.instance_type for p in live if p.instance_type not in capacities.by_type]
    if not unknown:
        return None
    return NoReading(
        "unknown-type", f"scaling.capacity has no figure for {', '.join(sorted(unknown))}"
    )
