"""Which status, and for how long."""

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


def test_each_stay_ends_where_the_next_begins() -> None:
    found = timeline.stays(CHANGES, now=after(41))
    assert [(s.status, s.lasted, s.ended) for s in found["a"]] == [
        ("Creating", timedelta(minutes=10), True),
        ("InService", timedelta(minutes=30), True),
        ("Deleting", timedelta(minutes=1), False),
    ]
    assert [(s.status, s.lasted) for s in found["b"]] == [("Creating", timedelta(minutes=39))]


def test_the_band_has_each_stay_at_its_place() -> None:
    page = timeline.page(CHANGES, now=after(100))
    assert "left: 10.00%; width: 30.00%; background: var(--state-inservice)" in page
    assert "left: 40.00%; width: 60.00%; background: var(--state-deleting)" in page


def test_a_status_that_has_no_colour_of_its_own_is_drawn_all_the_same() -> None:
    assert "var(--state-other)" in timeline.page([(NOON, "a", "RollingBack")], now=after(1))


def test_without_an_endpoint_there_is_a_page_that_says_so() -> None:
    assert "There has been no endpoint yet" in timeline.page([], now=NOON)


def test_the_instant_of_the_first_change_can_be_drawn() -> None:
    assert "Creating" in timeline.page(CHANGES[:1], now=NOON)
