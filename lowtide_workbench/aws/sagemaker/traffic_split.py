"""Splits the traffic of an endpoint by weight, a session at a time."""

import random
from collections.abc import Sequence

from lowtide_workbench.aws.sagemaker.variant import Generation
from lowtide_workbench.fleet.fleet import Fleet, Session

type Share = tuple[Fleet, float]


def shares(generations: Sequence[Generation]) -> list[Share]:
    """The share of each fleet: the first generation serves, a new one and shadows get none."""
    serving = [(variant.fleet, variant.weight) for variant in generations[0].variants.values()]
    own = {id(fleet) for fleet, _ in serving}
    others = [fleet for generation in generations for fleet in generation.fleets]
    return serving + [(fleet, 0.0) for fleet in others if id(fleet) not in own]


def split(
    arrivals: Sequence[Session], shares: Sequence[Share], rng: random.Random
) -> Sequence[tuple[Fleet, Sequence[Session]]]:
    """Each fleet with its sessions; equal shares where all are 0, for which AWS names no rule."""
    if len(shares) == 1 or not arrivals:
        return [(fleet, arrivals) for fleet, _ in shares]
    weights = [weight for _, weight in shares]
    if not any(weights):
        weights = [1.0] * len(shares)
    drawn = rng.choices(range(len(shares)), weights, k=len(arrivals))
    return [
        (fleet, [arrival for arrival, to in zip(arrivals, drawn, strict=True) if to == index])
        for index, (fleet, _) in enumerate(shares)
    ]
