"""Instants as people write them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.schedule.instants import parse_instant
from lowtide.domain.wording import in_utc

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        pytest.param("2026-11-23", "2026-11-23T05:00:00Z", id="a date is its first minute there"),
        pytest.param("2026-11-23T08:00", "2026-11-23T13:00:00Z", id="without an offset, there"),
        pytest.param("2026-11-23 08:00", "2026-11-23T13:00:00Z", id="with a blank for the T"),
        pytest.param("2026-11-23T08:00Z", "2026-11-23T08:00:00Z", id="with a Z"),
        pytest.param("2026-11-23T08:00+05:45", "2026-11-23T02:15:00Z", id="with an offset"),
        pytest.param("2026-03-08T02:30", "2026-03-08T07:00:00Z", id="in a gap: after it"),
        pytest.param("2026-11-01T01:30", "2026-11-01T05:30:00Z", id="in a fold: the first time"),
        pytest.param("2026-11-01T01:30-05:00", "2026-11-01T06:30:00Z", id="the second, by offset"),
    ],
)
def test_an_instant_is_read(text: str, instant: str) -> None:
    assert in_utc(parse_instant(text, NEW_YORK)) == instant


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("tomorrow", "write for example 2026-11-23, 2026-11-23T08:00", id="a word"),
        pytest.param("", "'' is not a date or a date-time", id="nothing"),
        pytest.param("2026-02-30", "'2026-02-30' is not a date", id="a day that is not there"),
        pytest.param("23.11.2026", "is not a date or a date-time", id="another order"),
        pytest.param("0001-01-01T00:00+14:00", "not in the years 2000 to 2100", id="the first day"),
        pytest.param("9999-12-31", "not in the years 2000 to 2100", id="the last day"),
    ],
)
def test_what_is_no_instant_is_refused_with_what_would_be_valid(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        parse_instant(text, NEW_YORK)
    assert message in str(refused.value)


def test_an_instant_is_written_in_utc_to_the_second() -> None:
    east = timezone(timedelta(hours=9))
    assert in_utc(datetime(2026, 1, 1, 9, 0, 0, 999, tzinfo=east)) == "2026-01-01T00:00:00Z"
    assert in_utc(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"
