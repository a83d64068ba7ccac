"""A floor is made from earlier data only, by the functions that run in Lambda."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from lowtide.domain.curve.day import BINS, Day
from lowtide.domain.curve.settings import CurveSettings
from lowtide_workbench.simulate.hours import schedule_of
from lowtide_workbench.simulate.model.floors import learn
from lowtide_workbench.simulate.model.script import PlayedBin
from lowtide_workbench.simulate.model.traffic import days_of
from lowtide_workbench.simulate.sources import of_sessions
from lowtide_workbench.traces.profile import Profile, generate

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
PROFILE = Profile(
    dict.fromkeys(WEEKDAYS, [0.0] * 16 + [20.0] * 4 + [90.0] * 6 + [20.0] * 10 + [0.0] * 12),
    [(0.0, 10.0), (0.5, 120.0), (1.0, 1200.0)],
)
TRACE = generate(PROFILE, days=[day for day in range(19) if day % 7 < 5], seed=1)


@pytest.mark.parametrize("cut", [14 * BINS + 120, 17 * BINS + 150])
def test_what_comes_later_changes_no_earlier_floor(cut: int) -> None:
    schedule = schedule_of(TRACE)
    days = days_of(of_sessions(TRACE), schedule)
    bins = [PlayedBin(on, b, days[on].is_open[b]) for on in sorted(days)[14:] for b in range(BINS)]
    later = {on: _changed(day, cut - n * BINS) for n, (on, day) in enumerate(sorted(days.items()))}
    before, after = (learn(each, bins, CurveSettings(), [1, 10]) for each in (days, later))
    known = cut - 14 * BINS + 1  # the floor of bin `cut` is made before that bin is read
    for capacity in (1, 10):
        one, other = before.by_capacity[capacity], after.by_capacity[capacity]
        assert one[:known].tolist() == other[:known].tolist()
        assert one.tolist() != other.tolist()
    assert np.array_equal(before.targets[:known], after.targets[:known], equal_nan=True)


def _changed(day: Day, first: int) -> Day:
    """The readings of the bins from `first` on are noise."""
    noise = Random(3)  # noqa: S311
    streams = [
        x if b < first or x is None else noise.uniform(0, 90) for b, x in enumerate(day.streams)
    ]
    return replace(day, streams=tuple(streams))
