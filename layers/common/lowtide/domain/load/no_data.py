"""No data at all from an endpoint that has served for long: is the right question being asked?"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from lowtide.domain.endpoint.observed import Endpoint, Status, Variant
from lowtide.domain.load.reading import MissingReading, Series

WHOLE = ""  # the key of a variant's own series, beside those of its types
LONG = timedelta(minutes=15)  # new instances need some minutes until CloudWatch has their first


def long_silence(
    endpoint: Endpoint, variant: Variant, series: Mapping[str, Series], now: datetime
) -> MissingReading | None:
    """What tells instances that never report as they are asked from those that are late once."""
    settled = endpoint.status == Status.IN_SERVICE and endpoint.modified_at is not None
    if not settled or any(series.values()) or now - (endpoint.modified_at or now) < LONG:
        return None
    dimensions = "EndpointName, VariantName" + (", InstanceType" if variant.pooled else "")
    return MissingReading(
        "never-any-data",
        f"in service and unchanged for {LONG // timedelta(minutes=1)} minutes, and no "
        f"ConcurrentRequestsPerModel by {dimensions}: `lowtide verify-metrics` says whether others "
        "have data, or whether idle instances are silent here",
    )


def misread(series: Mapping[str, Series]) -> MissingReading | None:
    """Streams that no type has are no idleness."""
    heard = {each for each, points in series.items() if any(points.values())}
    if heard != {WHOLE}:
        return None
    return MissingReading(
        "wrong-dimensions",
        "ConcurrentRequestsPerModel has streams by EndpointName, VariantName and none with "
        "InstanceType: `lowtide verify-metrics` lists the dimension sets",
    )
