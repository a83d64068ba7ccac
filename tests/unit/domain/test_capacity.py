"""The load of a mixed fleet against hand-computed truth, and what must hold for every fleet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.capacity import load
from lowtide.domain.endpoints import Endpoint, Pool, Status, Variant
from lowtide.domain.figures import Figures, Load, figures
from lowtide.domain.readings import NoReading, Series
from lowtide.domain.scaling import Capacities, Metering

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
METERING = Metering(Capacities({"small": 10, "large": 20, "tiny": 5}, "small"))


def minute(ago: int, value: float) -> dict[datetime, float]:
    return {NOW - timedelta(minutes=ago): value}


def endpoint(live: Mapping[str, int], status: Status = Status.IN_SERVICE) -> Endpoint:
    pools = tuple(Pool(instance_type, count) for instance_type, count in live.items())
    return Endpoint("e", status, variants=(Variant("AllTraffic", pools),))


@pytest.mark.parametrize(
    ("pools", "utilization", "weighted", "worst"),
    [
        pytest.param([Load(2, 10, 20)], 1.0, 10.0, 1.0, id="one type and full"),
        pytest.param(
            [Load(9, 20, 0), Load(1, 10, 10)], 10 / 190, 100 / 190, 1.0,
            id="nine idle large ones and a full small one are nearly idle; the worst pool is full",
        ),
        pytest.param(
            [Load(1, 20, 18), Load(1, 8, 7)], 25 / 28, 250 / 28, 0.9,
            id="18 of 20 and 7 of 8",
        ),
        pytest.param([Load(1, 10, 25)], 2.5, 25.0, 2.5, id="an overload is not clamped"),
        pytest.param([Load(3, 10, 0)], 0.0, 0.0, 0.0, id="idle is a true zero"),
    ],
)  # fmt: skip
def test_figures(pools: list[Load], utilization: float, weighted: float, worst: float) -> None:
    found = figures(pools, reference_capacity=10)
    assert found.utilization == pytest.approx(utilization)
    assert found.weighted_concurrency == pytest.approx(weighted)
    assert found.worst_pool == pytest.approx(worst)


pool_loads = st.builds(
    Load, live=st.integers(1, 50), capacity=st.integers(1, 100), streams=st.floats(0, 2000)
)
fleets = st.lists(pool_loads, min_size=1, max_size=5)


@given(fleets, st.integers(1, 49))
def test_splitting_a_pool_in_two_changes_nothing(fleet: list[Load], part: int) -> None:
    first, *rest = fleet
    live = first.live + part
    whole = Load(live, first.capacity, live * first.streams / first.live)
    halves = [
        Load(part, first.capacity, part * first.streams / first.live),
        Load(first.live, first.capacity, first.live * first.streams / first.live),
    ]
    expected = figures([whole, *rest], 10).utilization
    assert figures([*halves, *rest], 10).utilization == pytest.approx(expected)


@given(fleets, st.floats(0.1, 100))
def test_more_load_never_reads_less(fleet: list[Load], more: float) -> None:
    first, *rest = fleet
    loaded = replace(first, streams=first.streams + more)
    assert figures([loaded, *rest], 10).utilization > figures(fleet, 10).utilization


@given(pool_loads)
def test_of_one_type_the_weighted_figure_is_the_predefined_metric(pool: Load) -> None:
    assert figures([pool], pool.capacity).weighted_concurrency == pytest.approx(
        pool.streams / pool.live
    )


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
    found = load(fleet, fleet.variants[0], METERING, series, NOW)
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
    found = load(fleet, fleet.variants[0], METERING, series, NOW)
    assert isinstance(found, NoReading)
    assert found.code == code
