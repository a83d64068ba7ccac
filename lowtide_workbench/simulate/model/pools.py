"""Instance pools, and the spells in which a pool has no capacity."""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

type Shortage = NDArray[np.bool_]  # of [pool, minute]: whether the pool has no capacity

ERRORS = {  # the share of the time in which the first, the second... pool has no capacity
    "none": (),
    "light": (0.05, 0.02),
    "mild": (0.10, 0.05),
    "heavy": (0.30, 0.20),
}
_SPELL_MIN = (60, 360)


class Pool(NamedTuple):
    """One instance type; pools are tried in the order in which they are given."""

    instance_type: str
    capacity: int
    usd_per_hour: float


@dataclass(frozen=True, slots=True)
class FleetRules:
    """What AWS does not publish, as the simulator assumes it."""

    provisioning_s: tuple[int, int] = (300, 600)  # of a batch, from capacity found to in service
    capacity_error_s: int = 120  # until a pool without capacity fails
    scale_in_min: int = 2  # for which a scale-in keeps the endpoint Updating

    @property
    def mean_provisioning_s(self) -> int:
        return sum(self.provisioning_s) // 2


def shortages(errors: str, pools: int, minutes: int, seed: int) -> Shortage:
    """Spells of one to six hours, in each pool by chance of its own."""
    table = np.zeros((pools, minutes), dtype=np.bool_)
    for pool, share in enumerate(ERRORS[errors][:pools]):
        _add_spells(table[pool], share, Random(f"{seed}/{pool}"))
    return table


def _add_spells(row: NDArray[np.bool_], share: float, chance: Random) -> None:
    mean_gap = sum(_SPELL_MIN) / 2 * (1 - share) / share
    at = 0.0 if chance.random() < share else chance.expovariate(1 / mean_gap)
    while at < len(row):
        end = at + chance.uniform(*_SPELL_MIN)
        row[int(at) : int(end)] = True
        at = end + chance.expovariate(1 / mean_gap)
