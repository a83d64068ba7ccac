"""Many fleets at once: one lane for each policy and seed, all under the same calls.

Each lane has slots for instances. What is done to all lanes is done by NumPy in one call; what
happens in a single lane, a launch or a removal, is done for that lane.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lowtide_workbench.simulate.model.pools import Pool
from lowtide_workbench.simulate.model.traffic import Ints

# Added to the streams of a slot, so that the smallest sum is where the next call goes.
NOWHERE, CLOSED = 8192, 16384  # where no instance is live; on a slot that takes no calls
_FREE, _LIVE, _DRAINING = 0, 1, 2
_SLOTS = 16  # to begin with, and more at a time

type Counts = NDArray[np.int16]


class Lanes:
    """The instances of all lanes. Slot 0 takes the calls for which no instance is live."""

    def __init__(self, pools: Sequence[Sequence[Pool]], seats: int) -> None:
        self.lanes = len(pools)
        self.capacities = np.array([[pool.capacity for pool in lane] for lane in pools])
        self.live = np.zeros_like(self.capacities)  # instances by lane and pool
        self.draining = np.zeros_like(self.capacities)
        self.failed = np.zeros(self.lanes, dtype=np.int64)  # calls above capacity
        self._born = 0
        self._seats = np.zeros((seats, self.lanes), dtype=np.int64)
        self._load: Counts = np.full((self.lanes, 0), CLOSED, dtype=np.int16)
        self._state = np.zeros((self.lanes, 0), dtype=np.int8)
        self._capacity = np.zeros((self.lanes, 0), dtype=np.int16)
        self._pool = np.zeros((self.lanes, 0), dtype=np.int8)
        self._birth = np.zeros((self.lanes, 0), dtype=np.int64)
        self._seen = np.zeros((self.lanes, 0), dtype=np.int64)
        self._grow()
        self._load[:, 0] = NOWHERE
        self._state[:, 0] = _DRAINING  # never free, never live

    @property
    def count(self) -> Ints:
        """Returns the live instances of each lane."""
        return self.live.sum(axis=1)

    def arrive(self, seat: int) -> None:
        """A call comes to the live instance with the fewest, in every lane."""
        slots = self._load.argmin(axis=1)
        slots += self._row
        load = self._flat_load[slots]
        self.failed += load >= self._flat_capacity[slots]
        self._flat_load[slots] = load + 1
        self._seats[seat] = slots

    def end(self, seat: int) -> None:
        self._flat_load[self._seats[seat]] -= 1

    def sample(self) -> None:
        self._seen += self._load

    def streams_seen(self, samples: int) -> NDArray[np.float64]:
        """Returns the mean streams of each slot since the last time, 0 where none is live."""
        seen = np.where(self._state == _LIVE, self._seen, 0) / samples
        self._seen[:] = 0
        return seen

    def by_pool(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """Returns the streams of `seen` by lane and pool."""
        pools = range(self.capacities.shape[1])
        return np.stack([(seen * (self._pool == pool)).sum(axis=1) for pool in pools], axis=1)

    def add(self, lane: int, pool: int, count: int) -> None:
        while np.count_nonzero(self._state[lane] == _FREE) < count:
            self._grow()
        slots = np.flatnonzero(self._state[lane] == _FREE)[:count]
        self._state[lane, slots] = _LIVE
        self._load[lane, slots] = 0
        self._seen[lane, slots] = 0
        self._capacity[lane, slots] = self.capacities[lane, pool]
        self._pool[lane, slots] = pool
        self._birth[lane, slots] = self._born
        self._born += 1
        self.live[lane, pool] += count

    def remove(self, lane: int, count: int) -> None:
        """Drains instances of the last pool that has any, the youngest first."""
        live = np.flatnonzero(self._state[lane] == _LIVE)
        order = np.lexsort((live, self._birth[lane, live], self._pool[lane, live]))
        for slot in live[order[len(order) - count :]]:
            self._drain(lane, int(slot))

    def close(self) -> None:
        """Drains all instances of all lanes."""
        for lane, slot in zip(*np.nonzero(self._state == _LIVE), strict=True):
            self._drain(int(lane), int(slot))

    def retire(self) -> None:
        """Frees the slots of drained instances whose last call has ended."""
        gone = (self._state == _DRAINING) & (self._load == CLOSED)
        if gone.any():
            np.subtract.at(self.draining, (np.nonzero(gone)[0], self._pool[gone]), 1)
            self._state[gone] = _FREE

    def _drain(self, lane: int, slot: int) -> None:
        pool = self._pool[lane, slot]
        self.live[lane, pool] -= 1
        self.draining[lane, pool] += 1
        self._state[lane, slot] = _DRAINING
        self._load[lane, slot] += CLOSED
        self._capacity[lane, slot] = 0

    def _grow(self) -> None:
        """Adds slots; calls keep their slot, whose place in the flat arrays moves."""
        old = self._load.shape[1]
        wider = old + _SLOTS
        if old:
            lanes, slots = np.divmod(self._seats, old)
            self._seats = lanes * wider + slots
        self._load = _widened(self._load, wider, CLOSED)
        self._state = _widened(self._state, wider, _FREE)
        self._capacity = _widened(self._capacity, wider, 0)
        self._pool = _widened(self._pool, wider, 0)
        self._birth = _widened(self._birth, wider, 0)
        self._seen = _widened(self._seen, wider, 0)
        self._flat_load = self._load.reshape(-1)
        self._flat_capacity = self._capacity.reshape(-1)
        self._row = np.arange(self.lanes) * wider


def _widened[T: np.generic](array: NDArray[T], width: int, value: int) -> NDArray[T]:
    wider = np.full((array.shape[0], width), value, dtype=array.dtype)
    wider[:, : array.shape[1]] = array
    return wider
