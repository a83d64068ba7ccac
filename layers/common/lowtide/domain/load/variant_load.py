"""The figures of one variant, from its instances and what CloudWatch has of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from lowtide.domain.endpoint.metering import COUNT_INSTANCES, Metering
from lowtide.domain.endpoint.observed import SERVING, Endpoint, Variant
from lowtide.domain.load.figures import Figures, figures
from lowtide.domain.load.instances_needed import instances_needed, share_of_target
from lowtide.domain.load.pool_load import Loads, loads
from lowtide.domain.load.reading import NOT_IN_SERVICE, MissingReading, Series


def load(
    endpoint: Endpoint,
    variant: Variant,
    metering: Metering,
    series: Mapping[str, Series],
    now: datetime,
) -> Figures | MissingReading:
    """The figures, or why there are none.

    `series` is keyed by instance type, in the statistic that `metering` asks for; the variant's
    pools come highest priority first.
    """
    if field_error := _not_readable(endpoint, variant) or _no_capacity(variant, metering):
        return field_error
    found = loads(endpoint, variant.live_by_type, metering, series, now)
    if isinstance(found, MissingReading):
        return found
    told = figures(found.loads, metering.capacities.of_reference)
    return _with_counts(replace(told, notes=found.notes), found, variant, metering)


def _with_counts(told: Figures, found: Loads, variant: Variant, metering: Metering) -> Figures:
    """Nothing is scaled in on half a reading: with a type left out, the live count is needed."""
    target, capacities = metering.target, metering.capacities
    if target is None or variant.pools[0].instance_type not in capacities.by_type:
        return told
    needed = instances_needed(variant.pools, capacities.by_type, told.streams / target)
    if found.left_out:
        needed = max(needed, variant.live)
    exact = share_of_target(variant.live, needed) * target * capacities.of_reference
    return replace(told, needed=needed, exact=exact)


def _not_readable(endpoint: Endpoint, variant: Variant) -> MissingReading | None:
    if endpoint.status not in SERVING:
        return MissingReading(NOT_IN_SERVICE, f"the endpoint is {endpoint.status}")
    if not variant.live:
        return MissingReading("no-instances", "no instance is in service")
    return None


def _no_capacity(variant: Variant, metering: Metering) -> MissingReading | None:
    """A figure that follows the pools' order needs the first pool's, live or not."""
    in_use = set(variant.live_by_type)
    if metering.target is not None and metering.figures & COUNT_INSTANCES:
        in_use.add(variant.pools[0].instance_type)
    unknown = sorted(in_use - set(metering.capacities.by_type))
    if not unknown:
        return None
    return MissingReading(
        "unknown-type", f"scaling.capacity has no figure for {', '.join(unknown)}"
    )
