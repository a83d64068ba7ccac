"""Every endpoint is measured by one invocation, and by the same one each minute."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.sharding import Shard

names = st.from_regex(r"[A-Za-z0-9](-*[A-Za-z0-9]){0,62}", fullmatch=True)


@given(names, st.integers(1, 16))
def test_every_endpoint_is_in_exactly_one(name: str, of: int) -> None:
    assert [Shard(number, of).holds(name) for number in range(of)].count(True) == 1


def test_it_is_the_same_on_every_machine_and_every_day() -> None:
    """Python's own hash of a text differs from process to process."""
    assert Shard(0, 2).holds("my-deepgram-endpoint")
    assert Shard(2, 4).holds("my-deepgram-endpoint")


@pytest.mark.parametrize("of", [2, 4])
def test_names_in_a_row_are_spread(of: int) -> None:
    counts = Counter(
        number for n in range(1000) for number in range(of) if Shard(number, of).holds(f"my-{n}")
    )
    assert max(counts.values()) < 1.2 * 1000 / of
