"""Which dates are closed, and what the reason says."""

import threading
from datetime import date
from typing import Any

import pytest
from holidays.countries.iceland import Iceland

from lowtide.domain.schedule.closed_dates import (
    ClosedDates,
    ClosedOn,
    ClosedPeriod,
    PublicHolidays,
    closed_edges,
    closed_period_on,
)

PATIENT_S = 60
ICELANDS_YEAR = date(2031, 1, 1)  # no other test uses Iceland
CHRISTMAS = date(2026, 12, 24)
NEW_YEAR = date(2027, 1, 1)


def test_both_ends_are_closed_and_named_once() -> None:
    days = [date(2026, 12, 23), CHRISTMAS, NEW_YEAR, date(2027, 1, 2)]
    periods = [ClosedDates(CHRISTMAS, NEW_YEAR).period_on(day) for day in days]
    reason = "closed 2026-12-24 to 2027-01-01"
    assert [period and period.reason for period in periods] == [None, reason, reason, None]
    one = ClosedDates(CHRISTMAS, CHRISTMAS).period_on(CHRISTMAS)
    assert one is not None
    assert one.reason == "closed 2026-12-24"


def test_the_first_entry_that_closes_a_day_gives_the_reason() -> None:
    period = closed_period_on(
        CHRISTMAS, [ClosedDates(NEW_YEAR, NEW_YEAR), ClosedDates(CHRISTMAS, NEW_YEAR)]
    )
    assert period is not None
    assert period.reason == "closed 2026-12-24 to 2027-01-01"


@pytest.mark.parametrize(
    ("closed", "edges"),
    [
        pytest.param([ClosedDates(CHRISTMAS, CHRISTMAS)], ["12-24 on", "12-25 off"], id="one date"),
        pytest.param(
            [ClosedDates(CHRISTMAS, CHRISTMAS), ClosedDates(date(2026, 12, 25), NEW_YEAR)],
            ["12-24 on"],
            id="two that touch are one, which goes on into the next year",
        ),
        pytest.param([ClosedDates(date(2025, 12, 31), date(2026, 1, 1))], ["01-02 off"],
            id="one from the year before"),
        pytest.param([ClosedDates(date(2026, 12, 31), date(2026, 12, 31))],
            ["12-31 on", "01-01 off"], id="the last day of the year"),
        pytest.param([ClosedDates(date(2025, 1, 1), date(2025, 1, 2))], [], id="another year"),
    ],
)  # fmt: skip
def test_the_edges_of_a_year_are_those_of_runs_of_closed_dates(
    closed: list[ClosedOn], edges: list[str]
) -> None:
    shown = [f"{e.day:%m-%d} {'on' if e.begins else 'off'}" for e in closed_edges(closed, 2026)]
    assert shown == edges


def test_a_thread_gets_a_complete_year_while_another_computes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a calendar that two threads ask about at the same time."""
    iceland, periods = PublicHolidays("IS"), list[ClosedPeriod | None]()
    real: Any = Iceland._populate_public_holidays  # noqa: SLF001
    first = threading.Event()

    def find(calendar: Any) -> None:
        if not first.is_set():
            first.set()
            other = threading.Thread(
                target=lambda: periods.append(iceland.period_on(ICELANDS_YEAR))
            )
            other.start()
            other.join(PATIENT_S)
        real(calendar)

    monkeypatch.setattr(Iceland, "_populate_public_holidays", find)
    period = iceland.period_on(ICELANDS_YEAR)
    assert period is not None
    assert periods == [period]
