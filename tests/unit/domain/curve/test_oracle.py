"""Floors equal those of an independent oracle on random histories."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lowtide.domain.curve.day import BINS, Day
from lowtide.domain.curve.floor import floor_at
from lowtide.domain.curve.forecast import Basis, forecast
from lowtide.domain.curve.level import level_today
from lowtide.domain.curve.settings import CurveSettings
from tests.unit.domain.curve import floors_reference as oracle

MONDAY = date(2001, 1, 1)
CAPACITY = 3
HOURS = [(0, 288), (84, 240), (90, 210), (0, 0)]  # always, 07:00-20:00, 07:30-17:30, closed


def _series(random: Random, days: int) -> tuple[list[float], list[bool]]:
    series, awake = [], []
    hours = [random.choice(HOURS) for _ in range(7)]
    peak = random.choice([3, 15, 120, 450])
    shape = [x for _ in range(BINS) for x in [random.uniform(0.1, 1.2)] * random.randrange(3, 24)]
    for day in range(days):
        start, stop = random.choice(HOURS) if random.random() < 0.1 else hours[day % 7]
        level = peak * random.choice([0.0, 0.3, 0.9, 1.0, 1.0, 1.1, 2.0])
        for b in range(BINS):
            is_open = start <= b < stop
            awake.append(is_open)
            series.append(random.uniform(0.8, 1.2) * shape[b] * level if is_open else 0.0)
    return series, awake


def _days(series: list[float], awake: list[bool]) -> dict[date, Day]:
    days = {}
    for index in range(len(series) // BINS):
        on, span = MONDAY + timedelta(days=index), slice(index * BINS, (index + 1) * BINS)
        days[on] = Day(on, tuple(series[span]), tuple(awake[span]))
    return days


def _is_decided_otherwise(series: list[float], awake: list[bool], day: int) -> bool:
    """No week is like the median of them, of which the oracle takes the mean of all; or most are
    dead, which it believes."""
    totals = sorted(sum(row) for row in oracle.same_weekdays(series, awake, day))
    n = len(totals)
    middle = (totals[(n - 1) // 2] + totals[n // 2]) / 2 if totals else 0.0
    alike = any(oracle.ODD * middle <= t <= middle / oracle.ODD for t in totals)
    return n > 0 and (not alike or middle < 0.1 * totals[-1])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), days=st.integers(8, 70))
def test_equals_the_oracle(seed: int, days: int) -> None:
    series, awake = _series(Random(seed), days)  # noqa: S311
    today = _days(series, awake)[MONDAY + timedelta(days=days - 1)]
    assume(not _is_decided_otherwise(series, awake, days - 1))
    expected = oracle.forecast(series, awake, days - 1)
    made = forecast(_days(series, awake), today, CurveSettings())
    if expected is None:
        assert made is None or made.basis is Basis.LAST_DAYS
        return
    assert made is not None
    assert made.means == pytest.approx(expected, abs=1e-9)
    for now_bin in range(2, BINS, 11):
        now = (days - 1) * BINS + now_bin
        level = level_today(made, today.streams, now_bin)
        assert level == pytest.approx(oracle.level_today(now, series, awake, expected))
        floor = floor_at(made, level, now_bin, CAPACITY, CurveSettings())
        slots = oracle.plan(expected, level, CAPACITY)
        ahead = slots[now_bin // oracle.SLOT : (now_bin + oracle.LEAD) // oracle.SLOT + 1]
        assert floor == max(1, *ahead)
