"""The load of a mixed fleet against hand-computed truth, and what must hold for every fleet."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.capacity import Figures, PoolLoad, Series, figures, load, streams_open
from lowtide.domain.endpoints import Endpoint, Pool, Status, Variant
from lowtide.domain.readings import NoReading
from lowtide.domain.scaling import Capacities

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CAPACITIES = Capacities({"small": 10, "large": 20, "tiny": 5}, "small")


def minute(ago: int, value: float) -> dict[datetime, float]:
    return {NOW - timedelta(minutes=ago): value}


def endpoint(live: Mapping[str, int], status: Status = Status.IN_SERVICE) -> Endpoint:
    pools = tuple(Pool(instance_type, count) for instance_type, count in live.items())
    return Endpoint("e", status, variants=(Variant("AllTraffic", pools),))


@pytest.mark.parametrize(
    ("pools", "utilization", "weighted", "worst"),
    [
        pytest.param([PoolLoad(2, 10, 10)], 1.0, 10.0, 1.0, id="one type and full"),
        pytest.param(
            [PoolLoad(9, 20, 0), PoolLoad(1, 10, 10)], 10 / 190, 100 / 190, 1.0,
            id="nine idle large ones and a full small one are nearly idle; the worst pool is full",
        ),
        pytest.param(
            [PoolLoad(1, 20, 18), PoolLoad(1, 8, 7)], 25 / 28, 250 / 28, 0.9,
            id="18 of 20 and 7 of 8",
        ),
        pytest.param([PoolLoad(1, 10, 25)], 2.5, 25.0, 2.5, id="an overload is not clamped"),
        pytest.param([PoolLoad(3, 10, 0)], 0.0, 0.0, 0.0, id="idle is a true zero"),
    ],
)  # fmt: skip
def test_figures(pools: list[PoolLoad], utilization: float, weighted: float, worst: float) -> None:
    found = figures(pools, reference_capacity=10)
    assert found.utilization == pytest.approx(utilization)
    assert found.weighted_concurrency == pytest.approx(weighted)
    assert found.worst_pool == pytest.approx(worst)


pool_loads = st.builds(
    PoolLoad, live=st.integers(1, 50), capacity=st.integers(1, 100), concurrency=st.floats(0, 200)
)
fleets = st.lists(pool_loads, min_size=1, max_size=5)


@given(fleets, st.integers(1, 49))
def test_splitting_a_pool_in_two_changes_nothing(fleet: list[PoolLoad], part: int) -> None:
    first, *rest = fleet
    live = first.live + part
    whole = PoolLoad(live, first.capacity, first.concurrency)
    halves = [
        PoolLoad(part, first.capacity, first.concurrency),
        PoolLoad(first.live, first.capacity, first.concurrency),
    ]
    expected = figures([whole, *rest], 10).utilization
    assert figures([*halves, *rest], 10).utilization == pytest.approx(expected)


@given(fleets, st.floats(0.1, 100))
def test_more_load_never_reads_less(fleet: list[PoolLoad], more: float) -> None:
    first, *rest = fleet
    loaded = PoolLoad(first.live, first.capacity, first.concurrency + more)
    assert figures([loaded, *rest], 10).utilization > figures(fleet, 10).utilization


@given(pool_loads)
def test_of_one_type_the_weighted_figure_is_the_predefined_metric(pool: PoolLoad) -> None:
    assert figures([pool], pool.capacity).weighted_concurrency == pytest.approx(pool.concurrency)


@pytest.mark.parametrize(
    ("live", "series", "expected"),
    [
        pytest.param(
            {"small": 3, "large": 0}, {"small": minute(1, 10.0)}, 1.0,
            id="a pool without instances drops out: a full first pool reads full",
        ),
        pytest.param(
            {"small": 1, "large": 1},
            {"small": minute(1, 9.0) | minute(2, 6.0), "large": minute(2, 12.0)}, 18 / 30,
            id="a late pool makes all read the minute that both have",
        ),
    ],
)  # fmt: skip
def test_load(live: dict[str, int], series: Mapping[str, Series], expected: float) -> None:
    fleet = endpoint(live)
    found = load(fleet, fleet.variants[0], CAPACITIES, series, NOW)
    assert isinstance(found, Figures)
    assert found.utilization == pytest.approx(expected)


@pytest.mark.parametrize(
    ("fleet", "series", "code"),
    [
        pytest.param(
            endpoint({"small": 1}, Status.CREATING), {"small": minute(1, 1)}, "not-in-service",
            id="not while it is created",
        ),
        pytest.param(endpoint({"small": 0}), {}, "no-instances", id="not without instances"),
        pytest.param(
            endpoint({"unheard": 1}), {"unheard": minute(1, 1)}, "unknown-type",
            id="not with a type that has no capacity",
        ),
        pytest.param(endpoint({"small": 1}), {"small": {}}, "no-data", id="no data is not zero"),
        pytest.param(
            endpoint({"small": 5, "large": 1}), {"small": {}, "large": minute(1, 0.0)}, "no-data",
            id="a silent pool beside an idle one is not idle",
        ),
        pytest.param(
            endpoint({"small": 1}), {"small": minute(4, 1)}, "stale", id="old data is no data",
        ),
    ],
)  # fmt: skip
def test_no_load_is_published_for_a_guess(
    fleet: Endpoint, series: Mapping[str, Series], code: str
) -> None:
    found = load(fleet, fleet.variants[0], CAPACITIES, series, NOW)
    assert isinstance(found, NoReading)
    assert found.code == code


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
