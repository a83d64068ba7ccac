"""Splits the traffic of an endpoint by weight, a session at a time."""

import random
from collections.abc import Sequence

from lowtide_workbench.aws.sagemaker.variant import Generation
from lowtide_workbench.fleet.fleet import Fleet, Session

type Share = tuple[Fleet, float]


def shares(generations: Sequence[Generation], new: float) -> list[Share]:
    """The share of each fleet; `new` is that of the last of two generations, shadows get none."""
    parts = [1 - new, new] if len(generations) > 1 else [1.0]
    serving = [
        (variant.fleet, variant.weight * part)
        for generation, part in zip(generations, parts, strict=True)
        for variant in generation.variants.values()
    ]
    shadows = [
        (variant.fleet, 0.0)
        for generation in generations
        for variant in generation.shadows.values()
    ]
    return serving + shadows


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
