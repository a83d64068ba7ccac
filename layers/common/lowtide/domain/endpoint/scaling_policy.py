"""The scaling that the file asks for."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from lowtide.domain.curve import CurveSettings

type Range = tuple[int, int]  # fewest and most instances


@dataclass(frozen=True, slots=True)
class ScalingPolicy:
    """The scaling policy that Lowtide keeps. `target` is a share of the capacity."""

    target: float
    metric: Literal["weighted", "exact"]  # what a mixed fleet follows
    out: timedelta
    in_: timedelta
    fast_lane: bool


@dataclass(frozen=True, slots=True)
class ManagedScaling:
    """Of each variant: its scalable target's range, and the policy if there is to be one.

    `floors` are learned ones; None for none.
    """

    minimum: int
    maximum: int
    policy: ScalingPolicy | None
    floors: CurveSettings | None = None

    @property
    def range(self) -> Range:
        return self.minimum, self.maximum
