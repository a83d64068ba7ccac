"""Which dates are closed, and what the reason says."""

from datetime import date

import pytest

from lowtide.domain.schedule.closed_dates import ClosedDates, closed_period_on

CHRISTMAS = date(2026, 12, 24)
NEW_YEAR = date(2027, 1, 1)


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        pytest.param(CHRISTMAS, "closed 2026-12-24", id="one date"),
        pytest.param(date(2026, 12, 25), "closed 2026-12-24 to 2026-12-25", id="two dates"),
    ],
)
def test_the_reason_names_each_end_once(last: date, reason: str) -> None:
    period = ClosedDates(CHRISTMAS, last).period_on(CHRISTMAS)
    assert period is not None
    assert period.reason == reason


@pytest.mark.parametrize(
    ("day", "is_closed"),
    [
        pytest.param(date(2026, 12, 23), False, id="the day before"),
        pytest.param(CHRISTMAS, True, id="the first day"),
        pytest.param(NEW_YEAR, True, id="the last day"),
        pytest.param(date(2027, 1, 2), False, id="the day after"),
    ],
)
def test_both_ends_are_closed(day: date, *, is_closed: bool) -> None:
    assert (ClosedDates(CHRISTMAS, NEW_YEAR).period_on(day) is not None) is is_closed


def test_the_first_entry_that_closes_a_day_gives_the_reason() -> None:
    period = closed_period_on(
        CHRISTMAS, [ClosedDates(NEW_YEAR, NEW_YEAR), ClosedDates(CHRISTMAS, NEW_YEAR)]
    )
    assert period is not None
    assert period.reason == "closed 2026-12-24 to 2027-01-01"
