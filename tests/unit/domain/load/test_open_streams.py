"""How many streams an endpoint still has open. Missing data may be open streams."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from lowtide.domain.endpoint.metering import Idle
from lowtide.domain.endpoint.observed import Endpoint, Pool, Status, Variant
from lowtide.domain.load.open_streams import open_streams
from lowtide.domain.load.reading import MissingReading, Series

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(minutes=30)


def minute(ago: int, value: float) -> dict[datetime, float]:
    return {NOW - timedelta(minutes=ago): value}


def endpoint(live: Mapping[str, int]) -> Endpoint:
    pools = tuple(Pool(instance_type, count) for instance_type, count in live.items())
    return Endpoint("e", Status.IN_SERVICE, variants=(Variant("AllTraffic", pools),))


def minutes(*values: float) -> dict[datetime, float]:
    """By minute, the newest last."""
    return {NOW - timedelta(minutes=len(values) - i): v for i, v in enumerate(values)}


OPEN = {
    "counts add up over the instances": ({"small": minutes(2, 2), "large": minutes(0.5, 0.5)}, 4.5),
    "two idle minutes": ({"small": minutes(0, 0), "large": minutes(0, 0)}, 0),
    "one idle minute is not enough": ({"small": minutes(1, 0), "large": minutes(0, 0)}, 2),
    "a single minute is not enough": ({"small": minutes(0), "large": minutes(0)}, None),
    "a silent pool may hold streams": ({"small": minutes(0, 0), "large": {}}, None),
    "what is three minutes old may have changed": (
        {"small": minute(3, 0) | minute(4, 0), "large": minute(3, 0) | minute(4, 0)}, None,
    ),
    "no data may be streams": ({}, None),
}  # fmt: skip


@pytest.mark.parametrize(("series", "expected"), OPEN.values(), ids=OPEN)
def test_open_streams(series: Mapping[str, Series], expected: float | None) -> None:
    found = open_streams(
        endpoint({"small": 2, "large": 1}), {"AllTraffic": series}, BEGAN, NOW, "zeros"
    )
    assert (None if isinstance(found, MissingReading) else found) == expected


SILENT = {
    "a type that has not reported in time is idle": ({}, BEGAN, 0),
    "a stream in the newest minute is open": ({"small": minute(1, 1)}, BEGAN, 2),
    "the last minutes that all were heard of count": ({"small": minute(4, 1)}, BEGAN, 2),
    "the most of each type counts": ({"small": minute(1, 0) | minute(2, 1)}, BEGAN, 2),
    "the minute in which the drain began counts from its beginning": (
        {"small": minute(4, 1)}, NOW - timedelta(minutes=4), 2,
    ),
    "what ended before them has ended": ({"small": minute(5, 1)}, BEGAN, 0),
    "the types add up": ({"small": minute(2, 1), "large": minute(4, 3)}, BEGAN, 5),
    "a drain has just begun": ({}, NOW - timedelta(minutes=3), None),
}  # fmt: skip


@pytest.mark.parametrize(("series", "began", "expected"), SILENT.values(), ids=SILENT)
def test_open_streams_where_idle_instances_report_nothing(
    series: Mapping[str, Series], began: datetime, expected: float | None
) -> None:
    fleet = endpoint({"small": 2, "large": 1})
    found = open_streams(fleet, {"AllTraffic": series}, began, NOW, "silent")
    assert (None if isinstance(found, MissingReading) else found) == expected


def test_minutes_before_the_drain_prove_nothing() -> None:
    idle = {"AllTraffic": {"small": minutes(0, 0)}}
    began = NOW - timedelta(minutes=1)
    assert isinstance(
        open_streams(endpoint({"small": 2}), idle, began, NOW, "zeros"), MissingReading
    )


@pytest.mark.parametrize(("seconds", "known"), [(30, True), (31, False)])
def test_two_and_a_half_minutes_from_its_beginning_a_minute_is_too_old(
    seconds: int, *, known: bool
) -> None:
    idle = {"AllTraffic": {"small": minute(2, 0) | minute(3, 0)}}
    now = NOW + timedelta(seconds=seconds)
    assert (open_streams(endpoint({"small": 2}), idle, BEGAN, now, "zeros") == 0) is known


@pytest.mark.parametrize("idle", ["zeros", "silent"])
def test_a_variant_without_an_instance_in_service_proves_nothing(idle: Idle) -> None:
    """The next that comes into service may have a stream at once."""
    bare = endpoint({"small": 0})
    quiet = {"AllTraffic": {"small": minutes(0, 0)}}
    assert isinstance(open_streams(bare, quiet, BEGAN, NOW, idle), MissingReading)
    no_variant = Endpoint("e", Status.IN_SERVICE)
    assert isinstance(open_streams(no_variant, {}, BEGAN, NOW, idle), MissingReading)


def test_the_streams_of_all_variants_add_up() -> None:
    pools = (Pool("small", 1),)
    two = Endpoint("e", Status.IN_SERVICE, variants=(Variant("A", pools), Variant("B", pools)))
    series = {"A": {"small": minutes(0, 0)}, "B": {"small": minutes(2, 2)}}
    assert open_streams(two, series, BEGAN, NOW, "zeros") == 2
    one_missing = {"A": {"small": minutes(0, 0)}, "B": {}}
    assert isinstance(open_streams(two, one_missing, BEGAN, NOW, "zeros"), MissingReading)
