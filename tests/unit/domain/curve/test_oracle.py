"""Floors equal those of an independent oracle on random histories."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.domain.curve.day import BINS, Day
from lowtide.domain.curve.floor import floor_at
from lowtide.domain.curve.forecast import Basis, forecast
from lowtide.domain.curve.level import level_today
from lowtide.domain.curve.settings import CurveSettings
from tests.unit.domain.curve import floors_reference as oracle

MONDAY = date(2001, 1, 1)
CAPACITY = 10
HOURS = [(0, 288), (84, 240), (90, 210), (0, 0)]  # always, 07:00-20:00, 07:30-17:30, closed


def _series(random: Random, days: int) -> tuple[list[float], list[bool]]:
    series, awake = [], []
    hours = [random.choice(HOURS) for _ in range(7)]
    peak = random.choice([3, 15, 120, 450])
    for day in range(days):
        start, stop = random.choice(HOURS) if random.random() < 0.1 else hours[day % 7]
        level = peak * random.choice([0.0, 0.3, 0.9, 1.0, 1.0, 1.1, 2.0])
        for b in range(BINS):
            is_open = start <= b < stop
            awake.append(is_open)
            series.append(random.uniform(0.5, 1.2) * level if is_open else 0.0)
    return series, awake


def _days(series: list[float], awake: list[bool]) -> dict[date, Day]:
    days = {}
    for index in range(len(series) // BINS):
        on, span = MONDAY + timedelta(days=index), slice(index * BINS, (index + 1) * BINS)
        days[on] = Day(on, tuple(series[span]), tuple(awake[span]))
    return days


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), days=st.integers(8, 70), now_bin=st.integers(0, BINS - 1))
def test_equals_the_oracle(seed: int, days: int, now_bin: int) -> None:
    series, awake = _series(Random(seed), days)  # noqa: S311
    today = _days(series, awake)[MONDAY + timedelta(days=days - 1)]
    expected = oracle.forecast(series, awake, days - 1)
    made = forecast(_days(series, awake), today, CurveSettings())
    if expected is None:
        assert made is None or made.basis is Basis.LAST_DAYS
        return
    assert made is not None
    assert made.means == pytest.approx(expected, abs=1e-9)
    now = (days - 1) * BINS + now_bin
    level = level_today(made, today.streams, now_bin)
    assert level == pytest.approx(oracle.level_today(now, series, awake, expected))
    assert floor_at(made, level, now_bin, CAPACITY, CurveSettings()) == oracle.floor_at(
        now, series, awake, CAPACITY
    )
