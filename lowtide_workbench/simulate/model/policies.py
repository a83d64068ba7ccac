"""The scaling policies that are compared."""

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from lowtide.domain.curve import CurveSettings
from lowtide_workbench.simulate.model.pools import Pool


class Metric(StrEnum):
    """What target tracking follows, each as a share of the capacity.

    AWS's published formula is the mean of the types. A type without instances has no data:
    a gap, which metric math takes as 0, and others leave as it is.
    """

    NONE = "nothing"
    PREDEFINED = "AWS's predefined metric"
    PUBLISHED_AS_ZERO = "AWS's formula, gaps as 0"
    PUBLISHED_AS_MISSING = "AWS's formula with gaps"
    LOWTIDE = "Lowtide's metric"


@dataclass(frozen=True, slots=True)
class Policy:
    """`floors_target` counts while floors hold the reserve; None takes the curve's own rule.

    `knows_rate`: the forecast is the day's own mean over 35 minutes, a bound for any forecast.
    """

    pools: tuple[Pool, ...]
    metric: Metric = Metric.NONE
    target: float = inf
    least: int = 1
    floors: CurveSettings | None = None
    floors_target: float | None = None
    knows_rate: bool = False
