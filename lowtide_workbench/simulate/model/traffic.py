"""The calls that are played, in steps of ten seconds, and their streams in bins of five minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from lowtide.domain.curve import BIN, Day, day_of
from lowtide.domain.schedule import Schedule

STEP_S = 10
STEPS_PER_MINUTE = 6
_STEPS_PER_BIN = int(BIN.total_seconds()) // STEP_S
_DAY = timedelta(days=1)

type Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Traffic:
    """`arrivals` and `ends` of the calls in steps since `start`, by arrival.

    `readings` are the means of five minutes that the calls were rebuilt from, if they were.
    """

    start: datetime
    arrivals: Ints
    ends: Ints
    readings: Mapping[datetime, float] | None = None

    @property
    def streams(self) -> Ints:
        """Returns the streams in flight at each step."""
        changes = np.zeros(int(self.ends.max()) + 2, dtype=np.int64)
        np.add.at(changes, self.arrivals, 1)
        np.add.at(changes, self.ends, -1)
        return np.cumsum(changes)


def from_seconds(start: datetime, arrivals_s: Ints, durations_s: Ints) -> Traffic:
    """`arrivals_s` are seconds since `start`; a call counts in each step that it touches."""
    order = np.argsort(arrivals_s, kind="stable")
    arrivals, durations = arrivals_s[order], durations_s[order]
    return Traffic(start, arrivals // STEP_S, (arrivals + durations) // STEP_S + 1)


def days_of(traffic: Traffic, schedule: Schedule) -> dict[date, Day]:
    """The days as Lowtide would read them of TotalStreams: five-minute means while awake."""
    readings = traffic.readings or _means(traffic)
    first, last = (at.astimezone(schedule.timezone).date() for at in (min(readings), max(readings)))
    dates = (first + n * _DAY for n in range((last - first).days + 1))
    return {on: _while_awake(day_of(on, schedule, readings)) for on in dates}


def _means(traffic: Traffic) -> Mapping[datetime, float]:
    streams = traffic.streams
    whole = np.zeros(-(-len(streams) // _STEPS_PER_BIN) * _STEPS_PER_BIN)
    whole[: len(streams)] = streams
    means = whole.reshape(-1, _STEPS_PER_BIN).mean(axis=1)
    return {traffic.start + n * BIN: float(mean) for n, mean in enumerate(means)}


def _while_awake(day: Day) -> Day:
    pairs = zip(day.streams, day.is_open, strict=True)
    return Day(day.on, tuple(x if o else None for x, o in pairs), day.is_open)
