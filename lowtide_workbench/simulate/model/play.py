"""Plays the calls under many policies and seeds at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

import numpy as np
from numpy.typing import NDArray

from lowtide.domain.curve import CHANGE_BACK_EVERY, Day, is_raised_to_change_back
from lowtide_workbench.simulate.model.floors import Floors, learn
from lowtide_workbench.simulate.model.lanes import Lanes
from lowtide_workbench.simulate.model.policies import Policy
from lowtide_workbench.simulate.model.pools import FleetRules, Pool, shortages
from lowtide_workbench.simulate.model.script import Script, creations
from lowtide_workbench.simulate.model.tracking import Floats, Tracking
from lowtide_workbench.simulate.model.traffic import STEPS_PER_MINUTE, Ints

MINUTES_PER_BIN = 5

type Table = NDArray[np.float64]  # of [day, policy, seed]
type Progress = Callable[[int, int], None]  # the bins that are done, and how many there are


@dataclass(frozen=True, slots=True)
class Question:
    """What is played: every policy with every seed. Errors follow the order of `pools`."""

    pools: tuple[Pool, ...]
    script: Script
    days: Mapping[date, Day]
    policies: Sequence[Policy]
    seeds: Sequence[int]
    errors: str = "none"
    rules: FleetRules = field(default_factory=FleetRules)
    most: int = 1000  # instances


@dataclass(frozen=True, slots=True)
class Played:
    """By day, policy and seed; `capacity` and `floor` by bin and policy, of the first seed."""

    usd: Table
    failed_calls: Table
    launches: Table
    capacity: Table
    floor: Table


def play(question: Question, progress: Progress = lambda _done, _all: None) -> Played:
    return _Game(question).play(progress)


class _Game:
    def __init__(self, question: Question) -> None:
        self._q = question
        self._lanes_of = [(p, seed) for p in question.policies for seed in question.seeds]
        policies = [policy for policy, _ in self._lanes_of]
        self._lanes = Lanes([policy.pools for policy in policies], question.script.seats)
        self._tracking = Tracking([policy.metric for policy in policies])
        self._chance = [Random(seed) for _, seed in self._lanes_of]
        self._prices = np.array([[pool.usd_per_hour for pool in p.pools] for p in policies])
        self._least = np.array([policy.least for policy in policies])
        self._targets = np.array([policy.target for policy in policies])
        self._floors = _floors(question)
        self._shortages = _shortages(question)
        lanes = len(policies)
        self._pending = np.zeros((lanes, self._prices.shape[1]), dtype=np.int64)
        self._ready_at = np.full(lanes, -1, dtype=np.int64)  # minute
        self._busy_until = np.zeros(lanes, dtype=np.int64)
        self._usd, self._launches = np.zeros(lanes), np.zeros(lanes)
        self._floor = self._least.copy()
        self._target = self._targets.copy()
        self._changes_back = [p.floors is not None and p.floors.change_back for p in policies]
        self._raised_at = np.full(lanes, -1000, dtype=np.int64)  # bin

    def play(self, progress: Progress) -> Played:
        bins, seeds = self._q.script.bins, len(self._q.seeds)
        shape = (len(self._q.policies), seeds)
        totals: dict[date, list[NDArray[np.float64]]] = {}
        capacity, floor = [], []
        lead = -(-self._q.rules.mean_provisioning_s // (60 * MINUTES_PER_BIN))
        begun_for = creations(bins, lead)
        for at, played in enumerate(bins):
            if not played.is_open and at and bins[at - 1].is_open:
                self._close()
            if at in begun_for:
                self._create(at, begun_for[at])
            self._play_bin(at, is_open=played.is_open)
            progress(at + 1, len(bins))
            capacity.append((self._lanes.live * self._lanes.capacities).sum(axis=1)[::seeds])
            floor.append(self._floor[::seeds].copy())
            day = totals.setdefault(played.day, [np.zeros(shape) for _ in range(3)])
            for total, counter in zip(day, self._counters(), strict=True):
                total += counter.reshape(shape)
        tables = [np.array([day[n] for day in totals.values()]) for n in range(3)]
        usd, failed, launches = tables
        return Played(usd, failed, launches, np.array(capacity), np.array(floor))

    def _counters(self) -> Sequence[NDArray[np.float64]]:
        """What was counted since the last time."""
        counters = (self._usd.copy(), self._lanes.failed.astype(float), self._launches.copy())
        for counter in (self._usd, self._lanes.failed, self._launches):
            counter[:] = 0
        return counters

    def _play_bin(self, at: int, *, is_open: bool) -> None:
        if is_open:
            self._set_floors(at)
        for minute in range(at * MINUTES_PER_BIN, (at + 1) * MINUTES_PER_BIN):
            self._arrive_instances(minute)
            self._lanes.retire()
            if is_open:
                self._scale(minute)
            self._pay()
            if is_open or self._lanes.draining.any():
                self._play_minute(minute)
            if is_open:
                self._tracking.observe(self._lanes, self._target)

    def _play_minute(self, minute: int) -> None:
        script, lanes = self._q.script, self._lanes
        for step in range(minute * STEPS_PER_MINUTE, (minute + 1) * STEPS_PER_MINUTE):
            for seat in script.ends.of(step):
                lanes.end(seat)
            for seat in script.arrivals.of(step):
                lanes.arrive(seat)
            lanes.sample()

    def _set_floors(self, at: int) -> None:
        """Floors count with the smallest capacity in service; the target belongs to them."""
        live = (self._lanes.live > 0) @ (1 << np.arange(self._prices.shape[1]))
        for rows, floors, targets in self._floors:
            self._floor[rows] = np.maximum(floors[at, live[rows]], self._least[rows])
            without_floors = np.isnan(targets[at])
            self._target[rows] = self._targets[rows] if without_floors else targets[at]
        for lane in np.flatnonzero(self._changes_back).tolist():
            self._change_back(lane, at)

    def _change_back(self, lane: int, at: int) -> None:
        fallback = bool(self._lanes.live[lane, 1:].any())
        since = at - int(self._raised_at[lane])
        if is_raised_to_change_back(since, fallback_serves=fallback):
            self._floor[lane] += 1
            self._raised_at[lane] = at if since >= CHANGE_BACK_EVERY else self._raised_at[lane]

    def _scale(self, minute: int) -> None:
        count = self._lanes.count
        wanted = self._tracking.wanted(count, self._target, minute)
        wanted = np.clip(wanted, self._floor, self._q.most)
        for lane in np.flatnonzero((wanted != count) & (minute >= self._busy_until)).tolist():
            change = int(wanted[lane] - count[lane])
            if change > 0:
                self._launch(lane, change, minute)
                self._tracking.scaled_out(lane, int(count[lane]), int(self._busy_until[lane]))
            else:
                self._lanes.remove(lane, -change)
                self._busy_until[lane] = minute + self._q.rules.scale_in_min
                self._tracking.scaled_in(lane, int(self._busy_until[lane]))

    def _launch(self, lane: int, count: int, minute: int) -> None:
        """One batch in the first pool that has capacity; the endpoint is Updating until then."""
        rules = self._q.rules
        pool, waited_s = self._pool_with_capacity(lane, minute)
        ready_s = waited_s + self._chance[lane].uniform(*rules.provisioning_s)
        self._busy_until[lane] = minute + round(ready_s / 60)
        if pool is None:
            self._busy_until[lane] = minute + round(waited_s / 60)
            return
        self._pending[lane, pool] = count
        self._ready_at[lane] = self._busy_until[lane]
        self._launches[lane] += count
        # Waiting for a pool that fails is not paid for.
        self._usd[lane] -= count * self._prices[lane, pool] * waited_s / 3600

    def _pool_with_capacity(self, lane: int, minute: int) -> tuple[int | None, int]:
        for pool in range(self._prices.shape[1]):
            waited_s = pool * self._q.rules.capacity_error_s
            if not self._shortages[lane][pool, minute + waited_s // 60]:
                return pool, waited_s
        return None, self._prices.shape[1] * self._q.rules.capacity_error_s

    def _arrive_instances(self, minute: int) -> None:
        for lane in np.flatnonzero(self._ready_at == minute).tolist():
            pool = int(self._pending[lane].argmax())
            self._lanes.add(lane, pool, int(self._pending[lane, pool]))
            self._pending[lane] = 0
            self._ready_at[lane] = -1

    def _create(self, at: int, opens: int) -> None:
        """The endpoint is created with its first floor, and is in service when it opens."""
        self._tracking.forget()
        self._floor = self._least.copy()
        self._set_floors(opens)
        for lane in range(len(self._lanes_of)):
            self._launch(lane, int(self._floor[lane]), at * MINUTES_PER_BIN)
            self._ready_at[lane] = self._busy_until[lane] = opens * MINUTES_PER_BIN

    def _close(self) -> None:
        self._lanes.close()
        self._pending[:] = 0
        self._ready_at[:] = -1
        self._busy_until[:] = 0

    def _pay(self) -> None:
        paid = self._lanes.live + self._lanes.draining + self._pending
        self._usd += (paid * self._prices).sum(axis=1) / 60


def _floors(question: Question) -> list[tuple[slice, Ints, Floats]]:
    """The lanes of each policy with floors, its floors by bin and live pools, and its targets."""
    seeds, learned = len(question.seeds), dict[tuple[object, ...], Floors]()
    rows = []
    for n, policy in enumerate(question.policies):
        if policy.floors is None:
            continue
        capacities = [pool.capacity for pool in policy.pools]
        key = (policy.floors, frozenset(capacities), policy.knows_rate)
        if key not in learned:
            learned[key] = learn(
                question.days,
                question.script.bins,
                policy.floors,
                capacities,
                knows_rate=policy.knows_rate,
            )
        own = learned[key].targets
        targets = own if policy.floors_target is None else own * 0 + policy.floors_target
        lanes = slice(n * seeds, (n + 1) * seeds)
        rows.append((lanes, learned[key].by_pools(capacities), targets))
    return rows


def _shortages(question: Question) -> list[NDArray[np.bool_]]:
    """By lane, in the order of its pools; the same spells for a type, whatever the order."""
    minutes = (len(question.script.bins) + 12) * MINUTES_PER_BIN
    order, errors = question.pools, question.errors
    by_seed = {seed: shortages(errors, len(order), minutes, seed) for seed in question.seeds}
    return [
        by_seed[seed][[order.index(pool) for pool in policy.pools]]
        for policy in question.policies
        for seed in question.seeds
    ]
