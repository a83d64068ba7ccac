"""Which endpoints an invocation takes, and which come first when a minute is too short for all."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.sharding import Shard, rotated

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
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


def longest_left_out(count: int, reached: int, minutes: int) -> int:
    """Of all of a row, in minutes, where each minute comes to the first `reached` of it."""
    last, longest = [0] * count, 0
    for minute in range(1, minutes + 1):
        for place in rotated(range(count), START + minute * MINUTE)[:reached]:
            longest, last[place] = max(longest, minute - last[place]), minute
    return max(longest, minutes + 1 - min(last))


@pytest.mark.parametrize(
    ("count", "reached"),
    [
        pytest.param(1, 1, id="one alone"),
        pytest.param(17, 16, id="one more than fit"),
        pytest.param(1_000, 16, id="one for each thread, and all of these hang"),
    ],
)
def test_none_is_left_out_for_long(count: int, reached: int) -> None:
    bound = 20 * count / reached
    assert longest_left_out(count, reached, minutes=round(4 * bound) + 10) <= bound


def test_the_row_stays_whole_and_in_its_order() -> None:
    for minute in range(50):
        turned = list(rotated("abcdefg", START + minute * MINUTE))
        first = turned.index("a")
        assert "".join(turned[first:] + turned[:first]) == "abcdefg"


def test_within_a_minute_it_is_the_same_row() -> None:
    """A second delivery of the minute decides like the first."""
    row = range(1_000)
    assert rotated(row, START) == rotated(row, START + timedelta(seconds=59))
    assert rotated(row, START) != rotated(row, START + MINUTE)
