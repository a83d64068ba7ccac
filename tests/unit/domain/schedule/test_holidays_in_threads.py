"""A calendar of public holidays that is asked for a year by two threads at the same time."""

import threading
from datetime import date
from typing import Any

import pytest
from holidays.countries.iceland import Iceland

from lowtide.domain.schedule.closed_dates import ClosedPeriod, PublicHolidays

PATIENT_S = 60
NEW_YEAR = date(2031, 1, 1)  # no one else here asks about Iceland


def test_a_thread_gets_a_complete_year_while_another_computes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    iceland, periods = PublicHolidays("IS"), list[ClosedPeriod | None]()
    real: Any = Iceland._populate_public_holidays  # noqa: SLF001
    first = threading.Event()

    def find(calendar: Any) -> None:
        if not first.is_set():
            first.set()
            other = threading.Thread(target=lambda: periods.append(iceland.period_on(NEW_YEAR)))
            other.start()
            other.join(PATIENT_S)
        real(calendar)

    monkeypatch.setattr(Iceland, "_populate_public_holidays", find)
    period = iceland.period_on(NEW_YEAR)
    assert period is not None
    assert periods == [period]
