"""What a fleet would cost that knows every call in advance."""

import numpy as np

from lowtide_workbench.simulate.model.pools import FleetRules, Pool
from lowtide_workbench.simulate.model.script import STEPS_PER_BIN, Script
from lowtide_workbench.simulate.model.traffic import STEP_S, Ints


def clairvoyant_usd(script: Script, pool: Pool, rules: FleetRules, least: int = 0) -> float:
    """The k-th instance runs while the first k - 1 are full, and is paid from its request on.

    Gaps shorter than the mean provisioning time are bridged. `least` run while the endpoint is
    awake, whether calls come or not.
    """
    streams, open_steps = _streams(script), _open(script)
    lead = rules.mean_provisioning_s // STEP_S
    most = max(least, -(-int(streams.max(initial=0)) // pool.capacity))
    paid = 0
    for k in range(1, most + 1):
        runs = streams > (k - 1) * pool.capacity
        paid += _paid_steps(runs | open_steps if k <= least else runs, lead)
    return paid * STEP_S / 3600 * pool.usd_per_hour


def _paid_steps(runs: np.ndarray, lead: int) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([False], runs, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    gaps = starts[1:] - ends[:-1]
    bridged = gaps[gaps <= lead].sum()
    return int((ends - starts).sum() + bridged + lead * (len(starts) - (gaps <= lead).sum()))


def _streams(script: Script) -> Ints:
    steps = len(script.bins) * STEPS_PER_BIN
    changes = np.diff(script.arrivals.edges)[:steps] - np.diff(script.ends.edges)[:steps]
    return np.cumsum(changes)


def _open(script: Script) -> np.ndarray:
    return np.repeat([played.is_open for played in script.bins], STEPS_PER_BIN)
