"""How long before a window opens creation begins.

As long as nearly all of this endpoint's own past creations took, from the first try until
everything was restored, and a margin; a default until enough of them are known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Literal

from lowtide.domain.duration import in_words

CREATIONS_KEPT = 20
_FEWEST = 3
_PERCENTILE = 90
_MARGIN = timedelta(minutes=5)  # for a decision that comes a minute late, and a slower morning


@dataclass(frozen=True, slots=True)
class LeadTimeBounds:
    """`usual` until enough creations are known; what is learned is kept in [shortest, longest]."""

    usual: timedelta
    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class LeadTime:
    length: timedelta
    because: str


NO_LEAD_TIME = LeadTime(
    timedelta(0), "`ready` is after-start: creation begins when the window opens"
)


def lead_time(
    ready: Literal["at-start", "after-start"],
    creations: Sequence[timedelta],
    bounds: LeadTimeBounds,
    warm_up: timedelta = timedelta(0),
    first_floor: timedelta = timedelta(0),
) -> LeadTime:
    """`warm_up` is added: containers may load models long after SageMaker reports InService. So is
    `first_floor`, in which the instances start that the configuration does not begin with."""
    if ready == "after-start":
        return NO_LEAD_TIME
    lead = _of_creations(creations, bounds)
    for added, what in ((warm_up, "warm_up"), (first_floor, "the first floor")):
        if added:
            because = f"{lead.because}; and {what}, {in_words(added)}"
            lead = LeadTime(lead.length + added, because)
    return lead


def _of_creations(creations: Sequence[timedelta], bounds: LeadTimeBounds) -> LeadTime:
    if len(creations) < _FEWEST:
        known = f"{len(creations)} of {_FEWEST} creations known"
        return LeadTime(bounds.usual, f"the default: {known}")
    rank = ceil(len(creations) * _PERCENTILE / 100)  # the nearest
    slow = sorted(creations)[rank - 1]
    learned = min(max(slow + _MARGIN, bounds.shortest), bounds.longest)
    bounded = "" if learned == slow + _MARGIN else f", bounded to {in_words(learned)}"
    return LeadTime(
        learned,
        f"{_PERCENTILE} % of the last {len(creations)} creations took {in_words(slow)} or less; "
        f"with a margin of {in_words(_MARGIN)}{bounded}",
    )
