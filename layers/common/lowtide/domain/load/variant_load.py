"""The load metrics of one variant, from its instances and what CloudWatch has of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from math import isfinite

from lowtide.domain.endpoint import COUNT_INSTANCES, SERVING, Endpoint, Metering, Variant
from lowtide.domain.load.instances_needed import instances_needed, share_of_target
from lowtide.domain.load.load_metrics import LoadMetrics, load_metrics
from lowtide.domain.load.no_data import without_any_data, wrong_dimensions
from lowtide.domain.load.pool_load import PoolLoads, pool_loads
from lowtide.domain.load.reading import NOT_IN_SERVICE, MissingReading, Series


def variant_load(
    endpoint: Endpoint,
    variant: Variant,
    metering: Metering,
    series: Mapping[str, Series],
    now: datetime,
) -> LoadMetrics | MissingReading:
    """The metrics of `variant`, or why there are none.

    `series` is keyed by instance type, in the statistic that `metering` asks for; the variant's
    pools come highest priority first.
    """
    if missing := _not_readable(endpoint, variant, metering) or wrong_dimensions(series):
        return missing
    loads = pool_loads(endpoint, variant.live_by_type, metering, series, now)
    if isinstance(loads, MissingReading):
        return without_any_data(endpoint, variant, series, now) or loads
    metrics = _with_counts(
        load_metrics(loads.pools, metering.capacities.of_reference), loads, variant, metering
    )
    if not all(map(isfinite, metrics.values().values())):
        return MissingReading("not-finite", f"CloudWatch accepts only finite numbers: {metrics}")
    return replace(metrics, notes=loads.notes)


def _not_readable(
    endpoint: Endpoint, variant: Variant, metering: Metering
) -> MissingReading | None:
    if endpoint.status not in SERVING:
        return MissingReading(NOT_IN_SERVICE, f"the endpoint is {endpoint.status}")
    if not variant.live:
        return MissingReading("no-instances", "no instance is in service")
    if unknown := sorted(_types_in_use(variant, metering) - set(metering.capacities.by_type)):
        return MissingReading("unknown-type", f"scaling.capacity lacks {', '.join(unknown)}")
    return None


def _types_in_use(variant: Variant, metering: Metering) -> set[str]:
    """The live types, and the first pool's where a metric follows the order of the pools."""
    in_use = set(variant.live_by_type)
    if metering.target is not None and metering.metrics & COUNT_INSTANCES:
        in_use.add(variant.pools[0].instance_type)
    return in_use


def _with_counts(
    metrics: LoadMetrics, loads: PoolLoads, variant: Variant, metering: Metering
) -> LoadMetrics:
    """`metrics` with `needed` and `exact`, where there is a target.

    With a type left out the load is known in part only: the live count is needed at least, so that
    nothing is scaled in.
    """
    target, capacities = metering.target, metering.capacities
    if target is None or variant.pools[0].instance_type not in capacities.by_type:
        return metrics
    needed = instances_needed(variant.pools, capacities.by_type, metrics.streams / target)
    if loads.left_out:
        needed = max(needed, variant.live)
    exact = share_of_target(variant.live, needed) * target * capacities.of_reference
    return replace(metrics, needed=needed, exact=exact)
