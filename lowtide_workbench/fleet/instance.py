"""One instance of a fleet."""

from dataclasses import dataclass

from lowtide_workbench.fleet.pools import InstancePool


@dataclass(slots=True, eq=False)
class Instance:
    pool: InstancePool
    ready_at: float
    billed_until: float
    number: int = 0  # in the order of their launch
    streams: int = 0
    sessions: int = 0  # ever begun here
    draining: bool = False
    gone: bool = False

    @property
    def full(self) -> bool:
        return self.streams >= self.pool.capacity
