"""Why CloudWatch has no data of an endpoint that serves."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from lowtide.domain.endpoint import Endpoint, Status, Variant
from lowtide.domain.load.reading import SETTLING, MissingReading, Series

WHOLE_VARIANT = ""  # the key of a variant's own series, beside those of its instance types
SETTLES_WITHIN = timedelta(minutes=5)  # the longest that a new instance may take to report
NEVER_REPORTS_AFTER = timedelta(minutes=15)


def without_any_data(
    endpoint: Endpoint, variant: Variant, series: Mapping[str, Series], now: datetime
) -> MissingReading | None:
    """Why none of `series` has a point, as far as the time since the last change says it.

    New instances take some minutes until CloudWatch has their first point: that is expected.
    Instances that have never reported are probably read by dimensions that they do not have.
    """
    if any(series.values()) or endpoint.modified_at is None:
        return None
    unchanged = now - endpoint.modified_at
    if unchanged < SETTLES_WITHIN:
        return MissingReading(
            SETTLING, f"changed at {endpoint.modified_at:%H:%M:%S}, and no instance reports yet"
        )
    if unchanged < NEVER_REPORTS_AFTER or endpoint.status != Status.IN_SERVICE:
        return None
    dimensions = "EndpointName, VariantName" + (", InstanceType" if variant.pooled else "")
    return MissingReading(
        "never-any-data",
        f"in service and unchanged for {NEVER_REPORTS_AFTER // timedelta(minutes=1)} minutes, and "
        f"no ConcurrentRequestsPerModel by {dimensions}: `lowtide verify-metrics` says whether "
        "others have data, or whether idle instances report nothing here",
    )


def wrong_dimensions(series: Mapping[str, Series]) -> MissingReading | None:
    """The variant as a whole has streams, and none of its types has: the types are not idle."""
    with_streams = {key for key, points in series.items() if any(points.values())}
    if with_streams != {WHOLE_VARIANT}:
        return None
    return MissingReading(
        "wrong-dimensions",
        "ConcurrentRequestsPerModel has streams by EndpointName, VariantName and none with "
        "InstanceType: `lowtide verify-metrics` lists the dimension sets",
    )
