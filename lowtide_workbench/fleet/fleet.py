"""A fleet of instances under traffic, scaled by count. Sessions stick to their instance."""

import heapq
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from operator import attrgetter

from lowtide_workbench.fleet.instance import Instance
from lowtide_workbench.fleet.pools import Droughts, InstancePool, Procurement, place
from lowtide_workbench.fleet.tally import Tally

type Session = tuple[float, float]  # arrival in epoch seconds, duration in seconds


class Routing(Enum):
    LEAST_OUTSTANDING_REQUESTS = "fewest streams first; evens out counts, not utilization"
    RANDOM = "any instance, evenly"


class Removal(Enum):
    """The sessions on an instance that is removed: unknown of AWS (facts 2 and 5)."""

    DRAIN = "they finish; no new ones come"
    CUT = "they end at once"


@dataclass(frozen=True, slots=True)
class Rules:
    routing: Routing = Routing.LEAST_OUTSTANDING_REQUESTS
    removal: Removal = Removal.DRAIN
    provisioning_s: tuple[float, float] = (300.0, 600.0)  # from capacity found to in service
    procurement: Procurement = field(default_factory=Procurement)
    droughts: Droughts = field(default_factory=dict)


class Fleet:
    """The instances of a variant; time only moves forward, by `advance`.

    An instance is billed from the moment it is in service until it is removed and drained.
    """

    def __init__(
        self,
        pools: Sequence[InstancePool],
        rules: Rules,
        rng: random.Random,
        tally: Tally | None = None,
    ) -> None:
        self.pools = tuple(sorted(pools, key=lambda pool: pool.priority))
        self.rules = rules
        self.tally = Tally() if tally is None else tally
        self.desired = 0
        self.failed = False  # whether the last scale_to found no capacity
        self._rng = rng
        self._live: list[Instance] = []  # by pool priority, then age: the order of ties in routing
        self._draining: list[Instance] = []
        self._pending: list[tuple[float, int, Instance]] = []  # a heap, by readiness
        self._gives_up_at: float | None = None
        self._ends: list[tuple[float, int, Instance]] = []  # a heap, by the session's end
        self._order = count()

    @property
    def live(self) -> Sequence[Instance]:
        return self._live

    @property
    def draining(self) -> Sequence[Instance]:
        return self._draining

    @property
    def settled(self) -> bool:
        """Whether no instance is pending and no placement is being tried."""
        return not self._pending and self._gives_up_at is None

    @property
    def counts(self) -> Mapping[str, int]:
        """Live instances by type, in pool order, types without any included."""
        live = Counter(instance.pool.instance_type for instance in self._live)
        return {pool.instance_type: live[pool.instance_type] for pool in self.pools}

    @property
    def claimed(self) -> Mapping[str, int]:
        """Live and pending instances by type: what a quota counts."""
        instances = [*self._live, *(entry[2] for entry in self._pending)]
        return Counter(instance.pool.instance_type for instance in instances)

    @property
    def streams(self) -> int:
        """Sessions on live instances; those on draining ones are not among them."""
        return sum(instance.streams for instance in self._live)

    @property
    def capacity(self) -> int:
        return sum(instance.pool.capacity for instance in self._live)

    @property
    def utilization(self) -> float | None:
        return self.streams / self.capacity if self.capacity else None

    def scale_to(self, desired: int, at: float, removal: Removal | None = None) -> None:
        """Launches or removes instances up to `desired`; `removal` overrides the rules' own."""
        self.failed = False
        self._gives_up_at = None
        self.desired = desired
        missing = desired - len(self._live) - len(self._pending)
        if missing > 0:
            self._launch(missing, at)
        for _ in range(-missing):
            self._remove_one(at, removal or self.rules.removal)

    def close(self, at: float) -> None:
        """Removes all instances at once; their sessions are cut."""
        self.desired = 0
        self._pending.clear()
        self._gives_up_at = None
        for instance in [*self._live, *self._draining]:
            self._cut(instance, at)
        self._live.clear()
        self._draining.clear()

    def advance(self, until: float, arrivals: Iterable[Session] = ()) -> None:
        """Moves time to `until`; `arrivals` are the sessions of that span, in order."""
        for arrival, duration in arrivals:
            self._settle(arrival)
            self._admit(arrival + duration)
        self._settle(until)
        for instance in self._live:
            self._bill(instance, until)
        for instance in self._draining:
            self._bill(instance, until)

    def serve(self, instance: Instance, end: float) -> None:
        """Begins a session on a live instance."""
        self.tally.served += 1
        self.tally.on_full_instance += instance.full
        instance.streams += 1
        instance.sessions += 1
        heapq.heappush(self._ends, (end, next(self._order), instance))

    def _launch(self, missing: int, at: float) -> None:
        placement = place(self.pools, self.rules.droughts, at, self.rules.procurement)
        if placement.pool is None:
            self._gives_up_at = placement.at
            return
        for _ in range(missing):
            ready_at = placement.at + self._rng.uniform(*self.rules.provisioning_s)
            number = next(self._order)
            instance = Instance(placement.pool, ready_at, billed_until=ready_at, number=number)
            heapq.heappush(self._pending, (ready_at, number, instance))

    def _remove_one(self, at: float, removal: Removal) -> None:
        """Removes of the lowest priority, pending before live, young before old."""
        pending = [instance for _, _, instance in self._pending]
        candidates = [*self._live, *sorted(pending, key=attrgetter("ready_at"))]
        chosen = max(reversed(candidates), key=lambda instance: instance.pool.priority)
        if chosen not in self._live:
            self._pending = [entry for entry in self._pending if entry[2] is not chosen]
            heapq.heapify(self._pending)
            return
        self._live.remove(chosen)
        if removal is Removal.CUT:
            self._cut(chosen, at)
        elif chosen.streams:
            chosen.draining = True
            self._draining.append(chosen)
        else:
            self._retire(chosen, at)

    def _cut(self, instance: Instance, at: float) -> None:
        self.tally.cut += instance.streams
        instance.streams = 0
        self._retire(instance, at)

    def _retire(self, instance: Instance, at: float) -> None:
        instance.gone = True
        self._bill(instance, at)

    def _bill(self, instance: Instance, until: float) -> None:
        self.tally.instance_seconds[instance.pool.instance_type] += until - instance.billed_until
        instance.billed_until = until

    def _settle(self, at: float) -> None:
        while self._pending and self._pending[0][0] <= at:
            self._live.append(heapq.heappop(self._pending)[2])
            self._live.sort(key=lambda live: live.pool.priority)  # stable: age stays second
        while self._ends and self._ends[0][0] <= at:
            end, _, instance = heapq.heappop(self._ends)
            if not instance.gone:
                self._end_session(instance, end)
        if self._gives_up_at is not None and self._gives_up_at <= at:
            self._gives_up_at = None
            self.failed = True
            self.desired = len(self._live)

    def _end_session(self, instance: Instance, at: float) -> None:
        instance.streams -= 1
        if instance.draining and not instance.streams:
            self._draining.remove(instance)
            self._retire(instance, at)

    def _admit(self, end: float) -> None:
        if not self._live:
            self.tally.unserved += 1
            return
        self.serve(self._route(), end)

    def _route(self) -> Instance:
        if self.rules.routing is Routing.RANDOM:
            return self._rng.choice(self._live)
        return min(self._live, key=attrgetter("streams"))
