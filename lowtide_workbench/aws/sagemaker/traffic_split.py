"""Traffic is dealt out by weight, a session at a time."""

import random
from collections.abc import Sequence

from lowtide_workbench.aws.sagemaker.variant import Generation
from lowtide_workbench.fleet.fleet import Fleet, Session

type Share = tuple[Fleet, float]


def shares(generations: Sequence[Generation], new: float) -> list[Share]:
    """`new` is the part of the last generation, where there are two; shadows get none."""
    parts = [1 - new, new] if len(generations) > 1 else [1.0]
    return [
        (variant.fleet, variant.weight * part)
        for generation, part in zip(generations, parts, strict=True)
        for variant in generation.variants.values()
    ] + [
        (variant.fleet, 0.0)
        for generation in generations
        for variant in generation.shadows.values()
    ]


def dealt(
    given: Sequence[Share], arrivals: Sequence[Session], chance: random.Random
) -> Sequence[tuple[Fleet, Sequence[Session]]]:
    if len(given) == 1 or not arrivals:
        return [(fleet, arrivals) for fleet, _ in given]
    weights = [weight for _, weight in given]
    if not any(weights):  # nobody is to get any: it is not said who does
        weights = [1.0] * len(given)
    drawn = chance.choices(range(len(given)), weights, k=len(arrivals))
    return [
        (fleet, [each for each, to in zip(arrivals, drawn, strict=True) if to == index])
        for index, (fleet, _) in enumerate(given)
    ]
