"""The instances that are needed, against a search that adds and removes them one by one."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.endpoint.observed import Pool
from lowtide.domain.load.instances_needed import instances_needed

TYPES = ("a", "b", "c")
CAPACITY = {"a": 10.0, "b": 20.0, "c": 8.0}

type Counts = tuple[int, ...]


@pytest.mark.parametrize(
    ("live", "wanted", "needed"),
    [
        pytest.param((2, 0, 0), 20, 2, id="what fits just so, rests"),
        pytest.param((2, 0, 0), 20.1, 3, id="a tenth of a stream more is an instance more"),
        pytest.param((2, 1, 0), 71, 7, id="a scale-out adds the first pool's instances"),
        pytest.param((2, 1, 1), 40, 3, id="a scale-in begins with the last pool"),
        pytest.param((2, 1, 0), 20, 2, id="and goes where the first is enough"),
        pytest.param((0, 0, 5), 9, 2, id="without a first pool the fallback alone shrinks"),
        pytest.param((0, 0, 1), 20, 3, id="and the first pool grows beside it"),
        pytest.param((3, 2, 1), 0, 1, id="one is left when nothing is wanted"),
        pytest.param((3, 0, 0), 3 * 7 / 0.7, 3, id="three times seven of 0.7 are three, in floats"),
        pytest.param((1, 0, 0), 1_000_000, 100_000, id="a flood is reckoned, not counted up"),
    ],
)
def test_instances_needed(live: Counts, wanted: float, needed: int) -> None:
    assert instances_needed(pools(live), CAPACITY, wanted) == needed


def pools(live: Counts) -> tuple[Pool, ...]:
    return tuple(Pool(*each) for each in zip(TYPES, live, strict=True))


def chain(live: Counts) -> Iterator[Counts]:
    """Every fleet that scaling can make of this one, the smallest first."""
    smaller = [live]
    while sum(smaller[-1]) > 1:
        counts = list(smaller[-1])
        last = max(index for index, count in enumerate(counts) if count)
        counts[last] -= 1
        smaller.append(tuple(counts))
    yield from reversed(smaller)
    first, *rest = live
    while True:
        first += 1
        yield (first, *rest)


def fewest(live: Counts, capacity: Sequence[Fraction], wanted: Fraction) -> int:
    return next(
        sum(counts)
        for counts in chain(live)
        if sum(n * c for n, c in zip(counts, capacity, strict=True)) >= wanted
    )


lives = st.tuples(*[st.integers(0, 12)] * 3).filter(any)
capacities = st.tuples(*[st.integers(10, 300).map(lambda tenths: Fraction(tenths, 10))] * 3)
streams = st.integers(0, 30_000).map(lambda tenths: Fraction(tenths, 10))
targets = st.integers(5, 100).map(lambda percent: Fraction(percent, 100))


@given(lives, capacities, streams, targets)
def test_it_is_the_fewest_that_hold_the_streams(
    live: Counts, capacity: tuple[Fraction, ...], open_: Fraction, target: Fraction
) -> None:
    by_type = {name: float(each) for name, each in zip(TYPES, capacity, strict=True)}
    found = instances_needed(pools(live), by_type, float(open_) / float(target))
    assert found == fewest(live, capacity, open_ / target)
