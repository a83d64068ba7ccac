"""What happens in each step of a simulation, the same for all policies."""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np

from lowtide.domain.curve import BIN, Day, bin_at, instants_of
from lowtide.domain.schedule import Schedule
from lowtide_workbench.simulate.model.traffic import STEP_S, Ints, Traffic

STEPS_PER_BIN = int(BIN.total_seconds()) // STEP_S


class PlayedBin(NamedTuple):
    """Five minutes that are played: of which day, which bin of it, and whether it is open."""

    day: date
    of_day: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """Seats by step; those of step s are values[edges[s]:edges[s + 1]]."""

    edges: Sequence[int]
    values: Sequence[int]

    def of(self, step: int) -> Sequence[int]:
        return self.values[self.edges[step] : self.edges[step + 1]]


@dataclass(frozen=True, slots=True)
class Script:
    """A call takes a seat while it lasts: two calls at a time have two seats."""

    first_step: int  # since the start of the traffic
    bins: Sequence[PlayedBin]
    arrivals: Steps
    ends: Steps
    seats: int
    calls: Mapping[date, int]


def script(
    traffic: Traffic, schedule: Schedule, days: Mapping[date, Day], scored: Sequence[date]
) -> Script:
    """Plays the calls that arrive in open bins of the days scored."""
    bins, first_step = _bins(traffic.start, schedule, days, scored)
    steps = len(bins) * STEPS_PER_BIN
    is_open = np.array([played.is_open for played in bins])
    arrivals, ends = traffic.arrivals - first_step, traffic.ends - first_step
    inside = np.flatnonzero((arrivals >= 0) & (arrivals < steps))
    inside = inside[is_open[arrivals[inside] // STEPS_PER_BIN]]
    arrivals, ends = arrivals[inside], np.minimum(ends[inside], steps)
    seats = _seats(arrivals, ends)
    by_end = np.argsort(ends, kind="stable")
    counts = np.bincount(arrivals // STEPS_PER_BIN, minlength=len(bins))
    calls = dict.fromkeys(scored, 0)
    for played, count in zip(bins, counts, strict=True):
        calls[played.day] += int(count)
    return Script(
        first_step,
        bins,
        _steps(arrivals, seats, steps),
        _steps(ends[by_end], seats[by_end], steps),
        int(seats.max(initial=0)) + 1,
        calls,
    )


def creations(bins: Sequence[PlayedBin], lead: int) -> Mapping[int, int]:
    """The opening bins, by the bin in which creation begins: no sooner than it has closed."""
    begun_for, closed_at = {}, 0
    for at, played in enumerate(bins):
        was_open = at > 0 and bins[at - 1].is_open
        if was_open and not played.is_open:
            closed_at = at
        if played.is_open and not was_open:
            begun_for[max(at - lead, closed_at)] = at
    return begun_for


def _bins(
    start: datetime, schedule: Schedule, days: Mapping[date, Day], scored: Sequence[date]
) -> tuple[list[PlayedBin], int]:
    zone = schedule.timezone
    instants = [(on, at) for on in scored for at in instants_of(on, zone)]
    first_step = (instants[0][1] - start) // timedelta(seconds=STEP_S)
    bins = [(on, bin_at(at, zone)) for on, at in instants]
    return [PlayedBin(on, b, days[on].is_open[b]) for on, b in bins], first_step


def _seats(arrivals: Ints, ends: Ints) -> Ints:
    """The lowest seat that is free when a call arrives; one that ends in that step is free."""
    taken: list[tuple[int, int]] = []
    free: list[int] = []
    seats = np.zeros(len(arrivals), dtype=np.int64)
    most = 0
    for index, (arrival, end) in enumerate(zip(arrivals.tolist(), ends.tolist(), strict=True)):
        while taken and taken[0][0] <= arrival:
            heapq.heappush(free, heapq.heappop(taken)[1])
        if not free:
            heapq.heappush(free, most)
            most += 1
        seats[index] = heapq.heappop(free)
        heapq.heappush(taken, (end, int(seats[index])))
    return seats


def _steps(at: Ints, seats: Ints, steps: int) -> Steps:
    return Steps(np.searchsorted(at, np.arange(steps + 2)).tolist(), seats.tolist())
