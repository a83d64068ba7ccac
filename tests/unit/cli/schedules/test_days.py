"""Where an instant is in its day, on days with and without a change of the clocks."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lowtide.domain.schedule import Interval
from lowtide_cli.schedules.days import MINUTE, LocalDay, Piece, local_day

ZONES = sorted(available_timezones())


def day_of(day: str, zone: str) -> LocalDay:
    return local_day(date.fromisoformat(day), ZoneInfo(zone))


NEW_YORK, CAIRO = "America/New_York", "Africa/Cairo"
LORD_HOWE, AZORES = "Australia/Lord_Howe", "Atlantic/Azores"


@pytest.mark.parametrize(
    ("day", "zone", "hours", "shown"),
    [
        pytest.param("2026-11-23", NEW_YORK, 24, [Piece(0, 1440)], id="an ordinary day"),
        pytest.param("2026-03-08", NEW_YORK, 23, [Piece(0, 120), Piece(180, 1440)],
                     id="an hour is skipped"),
        pytest.param("2026-11-01", NEW_YORK, 25,
                     [Piece(0, 60), Piece(60, 120, 1), Piece(60, 120, 2), Piece(120, 1440)],
                     id="an hour comes twice"),
        pytest.param("2026-04-05", LORD_HOWE, 24.5,
                     [Piece(0, 90), Piece(90, 120, 1), Piece(90, 120, 2), Piece(120, 1440)],
                     id="half an hour comes twice"),
        pytest.param("2026-04-24", CAIRO, 23, [Piece(60, 1440)], id="midnight is skipped"),
        pytest.param("2026-10-29", CAIRO, 25,
                     [Piece(0, 1380), Piece(1380, 1440, 1), Piece(1380, 1440, 2)],
                     id="the last hour comes twice"),
        pytest.param("2026-10-25", AZORES, 25,
                     [Piece(0, 60, 1), Piece(0, 60, 2), Piece(60, 1440)],
                     id="the first hour comes twice"),
    ],
)  # fmt: skip
def test_a_day_as_its_clock_shows_it(day: str, zone: str, hours: float, shown: list[Piece]) -> None:
    local = day_of(day, zone)
    assert local.length == timedelta(hours=hours)
    assert list(local.pieces(Interval(local.start, local.stop))) == shown


def test_what_is_skipped_and_what_comes_twice() -> None:
    assert day_of("2026-03-08", "America/New_York").skipped == Piece(120, 180)
    assert day_of("2026-04-24", "Africa/Cairo").skipped == Piece(0, 60)
    assert day_of("2026-04-05", "Australia/Lord_Howe").repeated == (90, 120)
    assert day_of("2026-11-23", "America/New_York").skipped is None


@given(
    day=st.dates(date(2024, 1, 1), date(2036, 12, 31)),
    zone=st.sampled_from(ZONES),
    begin=st.integers(0, 1439),
    lasts=st.integers(1, 1439),
)
def test_every_interval_is_shown_in_its_full_length_from_what_the_clock_reads(
    day: date, zone: str, begin: int, lasts: int
) -> None:
    local = local_day(day, ZoneInfo(zone))
    start = local.start + begin * MINUTE
    interval = Interval(start, min(start + lasts * MINUTE, local.stop))
    shown = list(local.pieces(interval)) if interval.length > timedelta(0) else []
    assert sum(piece.stop - piece.start for piece in shown) == max(interval.length // MINUTE, 0)
    if shown:
        clock = interval.start.astimezone(ZoneInfo(zone))
        assert (clock.date(), clock.hour * 60 + clock.minute) == (day, shown[0].start)
