"""Whether an endpoint still holds streams: what is not known may be."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from lowtide.domain.endpoints import Endpoint, Pool, Status, Variant
from lowtide.domain.open_streams import streams_open
from lowtide.domain.readings import NoReading, Series

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def minute(ago: int, value: float) -> dict[datetime, float]:
    return {NOW - timedelta(minutes=ago): value}


def endpoint(live: Mapping[str, int]) -> Endpoint:
    pools = tuple(Pool(instance_type, count) for instance_type, count in live.items())
    return Endpoint("e", Status.IN_SERVICE, variants=(Variant("AllTraffic", pools),))


def minutes(*values: float) -> dict[datetime, float]:
    """By minute, the newest last."""
    return {NOW - timedelta(minutes=len(values) - i): v for i, v in enumerate(values)}


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        pytest.param(
            {"small": minutes(2, 2), "large": minutes(0.5, 0.5)}, 4.5,
            id="counts add up over the instances",
        ),
        pytest.param({"small": minutes(0, 0), "large": minutes(0, 0)}, 0, id="two idle minutes"),
        pytest.param(
            {"small": minutes(1, 0), "large": minutes(0, 0)}, 2, id="one idle minute is not enough",
        ),
        pytest.param(
            {"small": minutes(0), "large": minutes(0)}, None, id="a single minute is not enough",
        ),
        pytest.param(
            {"small": minutes(0, 0, 0), "large": minutes(0, 0)}, 0, id="minutes that all have",
        ),
        pytest.param(
            {"small": minutes(0, 0), "large": {}}, None, id="a silent pool may hold streams",
        ),
        pytest.param(
            {"small": minute(3, 0) | minute(4, 0), "large": minute(3, 0) | minute(4, 0)}, None,
            id="what is three minutes old may have changed",
        ),
        pytest.param({}, None, id="no data may be streams"),
    ],
)  # fmt: skip
def test_streams_open(series: Mapping[str, Series], expected: float | None) -> None:
    found = streams_open(
        endpoint({"small": 2, "large": 1}), {"AllTraffic": series}, NOW - timedelta(minutes=30), NOW
    )
    assert (None if isinstance(found, NoReading) else found) == expected


def test_minutes_before_the_end_began_prove_nothing() -> None:
    idle = {"AllTraffic": {"small": minutes(0, 0)}}
    began = NOW - timedelta(minutes=1)
    assert isinstance(streams_open(endpoint({"small": 2}), idle, began, NOW), NoReading)


def test_an_endpoint_that_shows_no_variant_may_hold_streams() -> None:
    bare = Endpoint("e", Status.IN_SERVICE)
    assert isinstance(streams_open(bare, {}, NOW - timedelta(hours=1), NOW), NoReading)
