"""Instance pools, and in which of them an instance is placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class InstancePool:
    """One instance type of a fleet; priority 1 is tried first."""

    instance_type: str
    priority: int
    capacity: int  # most streams an instance holds at acceptable latency


class Drought(NamedTuple):
    """A span without capacity of a type, [start, end) in epoch seconds."""

    start: float
    end: float


type Droughts = Mapping[str, Sequence[Drought]]


class Window(Enum):
    """The span of the provisioning time-out: AWS's documentation and its blog disagree."""

    TOTAL = "all pools together; a pool answers with a capacity error"
    PER_POOL = "each pool in turn; a pool is waited for until the time-out"


@dataclass(frozen=True, slots=True)
class Procurement:
    timeout_s: float = 1800.0
    window: Window = Window.TOTAL
    capacity_error_s: float = 120.0  # until a pool in a drought fails, with Window.TOTAL


class Placement(NamedTuple):
    """`pool` is None when every pool has refused by `at`."""

    at: float
    pool: InstancePool | None


def place(
    pools: Sequence[InstancePool], droughts: Droughts, requested_at: float, procurement: Procurement
) -> Placement:
    """Where and when capacity is found that is requested at `requested_at`."""
    clock = requested_at
    for pool in sorted(pools, key=lambda pool: pool.priority):
        free_at = _free_at(droughts.get(pool.instance_type, ()), clock)
        patience = _patience(requested_at, clock, procurement)
        if free_at == clock or (procurement.window is Window.PER_POOL and free_at <= patience):
            return Placement(free_at, pool)
        clock = patience
        if procurement.window is Window.TOTAL and clock >= requested_at + procurement.timeout_s:
            break
    return Placement(clock, None)


def _patience(requested_at: float, clock: float, procurement: Procurement) -> float:
    if procurement.window is Window.PER_POOL:
        return clock + procurement.timeout_s
    return min(clock + procurement.capacity_error_s, requested_at + procurement.timeout_s)


def _free_at(droughts: Sequence[Drought], at: float) -> float:
    for drought in sorted(droughts):
        if drought.start <= at < drought.end:
            at = drought.end
    return at
