"""The page of the statuses."""

from datetime import UTC, datetime, timedelta

from lowtide_workbench.server import timeline

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


CHANGES = [
    (after(0), "a", "Creating"),
    (after(2), "b", "Creating"),
    (after(10), "a", "InService"),
    (after(40), "a", "Deleting"),
]


def test_each_interval_ends_where_the_next_begins() -> None:
    found = timeline.intervals(CHANGES, now=after(41))
    assert [(s.status, s.duration, s.lasts) for s in found["a"]] == [
        ("Creating", timedelta(minutes=10), False),
        ("InService", timedelta(minutes=30), False),
        ("Deleting", timedelta(minutes=1), True),
    ]
    assert [(s.status, s.duration) for s in found["b"]] == [("Creating", timedelta(minutes=39))]


def test_the_band_has_each_interval_at_its_place() -> None:
    page = timeline.page(CHANGES, now=after(100))
    assert "left: 10.00%; width: 30.00%; background: var(--state-inservice)" in page
    assert "left: 40.00%; width: 60.00%; background: var(--state-deleting)" in page


def test_a_status_that_has_no_colour_of_its_own_is_drawn_all_the_same() -> None:
    assert "var(--state-other)" in timeline.page([(NOON, "a", "RollingBack")], now=after(1))


def test_only_the_last_status_lasts() -> None:
    page = timeline.page(CHANGES[:1] + CHANGES[2:], now=after(41))
    assert page.count("so far") == 1
    assert "0:01:00 so far" in page


def test_without_an_endpoint_there_is_a_page_that_says_so() -> None:
    assert "There has been no endpoint yet" in timeline.page([], now=NOON)


def test_the_instant_of_the_first_change_can_be_drawn() -> None:
    assert "Creating" in timeline.page(CHANGES[:1], now=NOON)
