"""The policies that are compared, each with the settings over which it is swept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from math import ceil

from lowtide.domain.curve import CurveSettings
from lowtide_workbench.simulate.model.policies import Metric, Policy
from lowtide_workbench.simulate.model.pools import Pool

MARGINS = (1.0, 1.5, 2.0, 2.5, 3.0)
TARGETS = (0.3, 0.4, 0.5, 0.65, 0.8)
SHARES_OF_PEAK = (0.4, 0.55, 0.7, 0.85, 1.0)
TARGETS_ABOVE_FLOORS = (0.85, 0.9, 0.95)
_MOST_ORDERS = 6


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    policies: Sequence[Policy]


def families(
    pools: tuple[Pool, ...], least: int, target: float, peak: int, settings: CurveSettings
) -> list[Family]:
    """`target` is the file's, which holds on days without floors; `peak` in streams."""
    floors = _Floors(pools, target, settings)
    counts = [ceil(share * peak / pools[0].capacity) for share in SHARES_OF_PEAK]
    fixed = [Policy(pools, least=max(least, count)) for count in dict.fromkeys(counts)]
    metrics = [metric for metric in Metric if metric is not Metric.NONE]
    return [
        Family("Fixed number of instances", fixed),
        *(
            Family(
                _in_words(metric),
                [Policy(pools, metric, t, least) for t in _targets(metric, len(pools))],
            )
            for metric in metrics
            if len(pools) > 1 or metric in (Metric.PREDEFINED, Metric.LOWTIDE)
        ),
        Family("Lowtide with floors", [floors.policy(m, least) for m in MARGINS]),
        Family("Rate known, calls unknown", [floors.bound(m, least) for m in MARGINS]),
    ]


def alternatives(
    pools: tuple[Pool, ...], least: int, target: float, settings: CurveSettings
) -> list[Policy]:
    """Floors with every margin under other targets, minimums and orders of the pools."""
    floors = _Floors(pools, target, settings)
    orders = [order for order in permutations(pools) if order != pools][: _MOST_ORDERS - 1]
    varied = [
        *(floors.policy(m, least, above) for above in TARGETS_ABOVE_FLOORS for m in MARGINS),
        *(floors.policy(m, each) for each in {1, 2} - {least} for m in MARGINS),
    ]
    reordered = (_Floors(order, target, settings) for order in orders)
    return [*varied, *(each.policy(m, least) for each in reordered for m in MARGINS)]


@dataclass(frozen=True, slots=True)
class _Floors:
    pools: tuple[Pool, ...]
    target: float
    settings: CurveSettings

    def policy(self, margin: float, least: int, above: float | None = None) -> Policy:
        settings = replace(self.settings, margin=margin)
        return Policy(self.pools, Metric.LOWTIDE, self.target, least, settings, above)

    def bound(self, margin: float, least: int) -> Policy:
        settings = replace(self.settings, margin=margin)
        return Policy(self.pools, Metric.LOWTIDE, self.target, least, settings, knows_rate=True)


def _targets(metric: Metric, pools: int) -> Sequence[float]:
    """AWS's formula reads a fleet of one type as if it were spread over all of them."""
    diluted = pools if metric is Metric.PUBLISHED_AS_ZERO else 1
    return [target / diluted for target in TARGETS]


def _in_words(metric: Metric) -> str:
    return metric.value[0].upper() + metric.value[1:]
