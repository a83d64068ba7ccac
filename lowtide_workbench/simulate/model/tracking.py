"""Target tracking of all lanes: alarms, formula and cooldowns as Application Auto Scaling has them.

The rules are those of `fleet.tracking`, for arrays.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lowtide_workbench.fleet.tracking import LOW_SHARE, STANDARD
from lowtide_workbench.simulate.model.lanes import Lanes
from lowtide_workbench.simulate.model.policies import Metric
from lowtide_workbench.simulate.model.traffic import STEPS_PER_MINUTE, Ints

# The default cooldowns of 60 and 300 s. After the first, the metric's last minute is still from
# before the change, and would be acted on twice: that minute is waited for as well.
OUT_COOLDOWN_MIN, IN_COOLDOWN_MIN = 1 + 1, 5
_ROUNDING = 1e-9

type Floats = NDArray[np.float64]


class Tracking:
    """Which count each lane's policy wants; the metric is a minute old when an alarm reads it."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        lanes = len(metrics)
        self._lanes_of = {m: np.array([m is each for each in metrics]) for m in set(metrics)}
        self._published = {m for m in self._lanes_of if m.name.startswith("PUBLISHED")}
        self._metric = np.full(lanes, np.nan)  # of the minute before the last
        self._next = np.full(lanes, np.nan)
        self._high = np.zeros(lanes, dtype=np.int64)
        self._low = np.zeros(lanes, dtype=np.int64)
        self._count_before = np.zeros(lanes, dtype=np.int64)
        self._out_until = np.zeros(lanes, dtype=np.int64)
        self._in_until = np.zeros(lanes, dtype=np.int64)

    def observe(self, lanes: Lanes, target: Floats) -> None:
        """Reads the minute that has ended; the alarms see the one before."""
        self._metric, self._next = self._next, self._utilization(lanes)
        self._high = np.where(self._metric > target, self._high + 1, 0)
        self._low = np.where(self._metric < LOW_SHARE * target, self._low + 1, 0)

    def wanted(self, count: Ints, target: Floats, minute: int) -> Ints:
        base = np.where(minute < self._out_until, self._count_before, count)
        out = self._high >= STANDARD.high.periods
        into = (self._low >= STANDARD.low.periods) & (minute >= self._in_until)
        metric = np.where(out | into, self._metric, 0.0)
        share = np.ceil(np.where(out, base, count) * metric / target - _ROUNDING)
        proportional = share.astype(np.int64)
        wanted = np.where(out, np.maximum(count, proportional), count)
        return np.where(into, np.minimum(count, proportional), wanted)

    def scaled_out(self, lane: int, before: int, ended: int) -> None:
        self._count_before[lane] = before
        self._out_until[lane] = ended + OUT_COOLDOWN_MIN
        self._in_until[lane] = 0

    def scaled_in(self, lane: int, ended: int) -> None:
        self._out_until[lane] = 0
        self._in_until[lane] = ended + IN_COOLDOWN_MIN

    def forget(self) -> None:
        """The endpoint is new: no point of its metric is older than it."""
        for array in (self._metric, self._next):
            array[:] = np.nan
        for counter in (self._high, self._low, self._out_until, self._in_until):
            counter[:] = 0

    def _utilization(self, lanes: Lanes) -> Floats:
        seen = lanes.streams_seen(STEPS_PER_MINUTE)
        streams = seen.sum(axis=1)
        share = np.full(len(streams), np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            of_fleet = streams / (lanes.live * lanes.capacities).sum(axis=1)
            of_first = streams / (lanes.count * lanes.capacities[:, 0])
        for metric, values in ((Metric.LOWTIDE, of_fleet), (Metric.PREDEFINED, of_first)):
            share = np.where(self._lanes_of.get(metric, False), values, share)
        if self._published:
            share = self._with_published(share, lanes, lanes.by_pool(seen))
        return share

    def _with_published(self, share: Floats, lanes: Lanes, streams: Floats) -> Floats:
        """AWS's formula: the mean over the types of each type's mean utilization."""
        live = lanes.live > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            of_type = np.where(live, streams / (lanes.live * lanes.capacities), 0.0)
        as_zero = of_type.mean(axis=1)
        as_missing = np.where(live.all(axis=1), as_zero, np.nan)
        share = np.where(self._lanes_of.get(Metric.PUBLISHED_AS_ZERO, False), as_zero, share)
        missing = self._lanes_of.get(Metric.PUBLISHED_AS_MISSING, False)
        return np.where(missing, as_missing, share)
