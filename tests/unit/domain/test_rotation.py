"""Whose turn is first, when a minute is too short for all."""

from datetime import UTC, datetime, timedelta

import pytest

from lowtide.domain.rotation import in_turn

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def longest_left_out(count: int, reached: int, minutes: int) -> int:
    """Of all of a row, in minutes, where each minute comes to the first `reached` of it."""
    last, longest = [0] * count, 0
    for minute in range(1, minutes + 1):
        for one in in_turn(range(count), START + minute * MINUTE)[:reached]:
            longest, last[one] = max(longest, minute - last[one]), minute
    return max(longest, minutes + 1 - min(last))


@pytest.mark.parametrize(
    ("count", "reached"),
    [
        pytest.param(1, 1, id="one alone"),
        pytest.param(3, 1, id="three, one a minute"),
        pytest.param(17, 16, id="one more than fit"),
        pytest.param(100, 50, id="a half fits"),
        pytest.param(1_000, 999, id="all but one fit"),
        pytest.param(1_000, 618, id="as many fit as a step is wide"),
        pytest.param(1_000, 382, id="as many fit as a step back is wide"),
        pytest.param(1_000, 16, id="one for each thread, and all of these hang"),
        pytest.param(997, 1, id="one of very many"),
    ],
)
def test_nobody_is_left_out_for_long(count: int, reached: int) -> None:
    bound = 3 * count / reached
    assert longest_left_out(count, reached, minutes=round(4 * bound) + 10) <= bound


def test_the_row_stays_whole_and_in_its_order() -> None:
    for minute in range(50):
        turned = list(in_turn("abcdefg", START + minute * MINUTE))
        first = turned.index("a")
        assert "".join(turned[first:] + turned[:first]) == "abcdefg"


def test_within_a_minute_it_is_the_same_row() -> None:
    """A second delivery of the minute decides like the first."""
    row = range(1_000)
    assert in_turn(row, START) == in_turn(row, START + timedelta(seconds=59))
    assert in_turn(row, START) != in_turn(row, START + MINUTE)


def test_nobody_is_in_an_empty_row() -> None:
    assert list(in_turn([], START)) == []
