"""What holds for the metrics of every fleet."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.endpoint.metering import Capacities, Metering
from lowtide.domain.load.load_metrics import LoadMetrics, PoolLoad
from tests.unit.domain.load.fleets import Kept, metrics_of

TYPES = ("a", "b", "c", "d", "e")

loads = st.builds(
    PoolLoad, live=st.integers(1, 50), capacity=st.integers(1, 100), streams=st.floats(0, 2000)
)
fleets = st.lists(loads, min_size=1, max_size=5)


def of(fleet: Sequence[PoolLoad]) -> LoadMetrics:
    """By way of CloudWatch's means, each load a type of its own."""
    by_type = dict(zip(TYPES, fleet, strict=False))
    capacities = Capacities({name: load.capacity for name, load in by_type.items()}, TYPES[0])
    kept = (Kept(name, load.live, load.streams / load.live) for name, load in by_type.items())
    return metrics_of(tuple(kept), Metering(capacities, target=0.75))


@given(loads, st.lists(loads, max_size=3), st.integers(1, 49), st.floats(0, 1))
def test_splitting_a_pool_in_two_of_equal_capacity_changes_nothing(
    first: PoolLoad, rest: list[PoolLoad], part: int, share: float
) -> None:
    """In whichever way the streams are divided between the two."""
    halves = [
        PoolLoad(part, first.capacity, first.streams * share),
        PoolLoad(first.live, first.capacity, first.streams * (1 - share)),
    ]
    whole = of([PoolLoad(part + first.live, first.capacity, first.streams), *rest])
    split = of([*halves, *rest])
    assert split.utilization == pytest.approx(whole.utilization)
    assert split.weighted_concurrency == pytest.approx(whole.weighted_concurrency)
    assert split.streams == pytest.approx(whole.streams)
    assert split.capacity == whole.capacity


@given(fleets, st.floats(0.1, 100), st.data())
def test_more_load_never_reads_less(
    fleet: list[PoolLoad], more: float, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(fleet) - 1))
    loaded = list(fleet)
    loaded[index] = replace(loaded[index], streams=loaded[index].streams + more)
    before, after = of(fleet), of(loaded)
    assert after.utilization > before.utilization
    assert all(after.values()[name] >= value for name, value in before.values().items())


@given(fleets, st.data())
def test_one_more_instance_that_is_empty_reads_less(
    fleet: list[PoolLoad], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(fleet) - 1))
    grown = list(fleet)
    grown[index] = replace(grown[index], live=grown[index].live + 1)
    before, after = of(fleet), of(grown)
    assert after.capacity == before.capacity + fleet[index].capacity
    if before.streams:
        assert after.utilization < before.utilization
    assert after.worst_pool <= before.worst_pool + 1e-9


@given(loads)
def test_of_one_type_the_weighted_metric_is_the_predefined_metric(load: PoolLoad) -> None:
    assert of([load]).weighted_concurrency == pytest.approx(load.streams / load.live)


@given(fleets)
def test_the_worst_pool_is_as_full_as_the_fleet_or_fuller(fleet: list[PoolLoad]) -> None:
    found = of(fleet)
    assert found.worst_pool >= found.utilization * (1 - 1e-9)
