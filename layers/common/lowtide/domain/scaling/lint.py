"""Warnings about scaling that is valid and probably not what was meant."""

from collections.abc import Iterator

from lowtide.domain.endpoint import ManagedScaling


def scaling_warnings(scaling: ManagedScaling | None) -> Iterator[str]:
    if scaling is None or scaling.policy is None:
        return
    if scaling.minimum == scaling.maximum:
        yield (
            f"scaling.min and max are both {scaling.maximum}: its policy can never change the "
            "count; raise max, or leave target out"
        )
