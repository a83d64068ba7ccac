"""Durations as people write them and read them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.duration import in_words, parse_duration


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1h30m", timedelta(minutes=90), id="hours and minutes"),
        pytest.param("1h0m5s", timedelta(seconds=3605), id="all three"),
        pytest.param("3d", timedelta(days=3), id="days"),
        pytest.param("1d12h", timedelta(hours=36), id="days and hours"),
        pytest.param("0s", timedelta(0), id="no time at all"),
    ],
)
def test_what_is_a_duration(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="nothing"),
        pytest.param("35", id="a number without a unit"),
        pytest.param(35, id="a number that YAML reads as one"),
        pytest.param("35 m", id="a blank inside"),
        pytest.param("30m1h", id="minutes before hours"),
        pytest.param("-5m", id="a negative one"),
        pytest.param("1.5h", id="half an hour as a decimal"),
        pytest.param("1w", id="weeks"),
        pytest.param("٣d", id="digits of another script"),
        pytest.param("99999h", id="more hours than a timedelta should be asked for"),
        pytest.param(None, id="null"),
    ],
)
def test_what_is_not_says_what_would_be(value: object) -> None:
    with pytest.raises(ValueError, match=r"not a duration; write for example 90s, 35m, 2h"):
        parse_duration(value)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        pytest.param(timedelta(minutes=35), "35 min", id="minutes"),
        pytest.param(timedelta(hours=2), "2 h", id="whole hours have no minutes"),
        pytest.param(timedelta(minutes=90), "1 h 30 min", id="hours and minutes"),
        pytest.param(timedelta(seconds=119), "1 min", id="seconds are left out"),
        pytest.param(timedelta(0), "0 min", id="none is still shown"),
        pytest.param(timedelta(days=1, minutes=5), "24 h 5 min", id="days are hours"),
    ],
)
def test_in_words(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words


@given(st.integers(0, 9999), st.integers(0, 59))
def test_what_is_reported_is_what_was_written(hours: int, minutes: int) -> None:
    result = in_words(parse_duration(f"{hours}h{minutes}m"))
    assert parse_duration(result.replace(" min", "m").replace(" h", "h").replace(" ", "")) == (
        timedelta(hours=hours, minutes=minutes)
    )
