"""How long before a window opens is creation begun?

As long as nearly all of this endpoint's own past creations took, from the first try until
everything was back, and a margin; what is usual until there are some.
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
class LeadBounds:
    """`usual` holds until enough is learned; what is learned is kept in [shortest, longest]."""

    usual: timedelta
    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Lead:
    time: timedelta
    because: str


NO_LEAD = Lead(timedelta(0), "`ready` is after-start: creation begins when the window opens")


def lead(
    ready: Literal["at-start", "after-start"], creations: Sequence[timedelta], bounds: LeadBounds
) -> Lead:
    if ready == "after-start":
        return NO_LEAD
    if len(creations) < _FEWEST:
        known = f"{len(creations)} of {_FEWEST} creations known"
        return Lead(bounds.usual, f"the default: {known}")
    slow = _nearest_rank(creations)
    learned = min(max(slow + _MARGIN, bounds.shortest), bounds.longest)
    return Lead(learned, _because(slow, learned, len(creations)))


def _because(slow: timedelta, learned: timedelta, known: int) -> str:
    share = f"{_PERCENTILE} % of the last {known} creations took {in_words(slow)} or less"
    bounded = "" if learned == slow + _MARGIN else f", bounded to {in_words(learned)}"
    return f"{share}; with a margin of {in_words(_MARGIN)}{bounded}"


def _nearest_rank(creations: Sequence[timedelta]) -> timedelta:
    return sorted(creations)[ceil(len(creations) * _PERCENTILE / 100) - 1]
