"""What was done to an endpoint, when and why, and what it cost or saved.

May import lifecycle, endpoint, snapshot and wording.
"""

from lowtide.domain.history.costs import Cost, cost, cost_within, kept_at_least
from lowtide.domain.history.entry import (
    BEGUN,
    ENTERED_AGAIN_AFTER,
    FAR_FROM_FORECAST,
    FLOORS_PLANNED,
    Entry,
    Stretch,
    asleep_since,
    awake_since,
    done,
    ended_by,
    failed_lately,
    is_news,
    known_sleep,
    not_done,
)
from lowtide.domain.history.evidence import deleted_by_hand, was_done

__all__ = [
    "BEGUN",
    "ENTERED_AGAIN_AFTER",
    "FAR_FROM_FORECAST",
    "FLOORS_PLANNED",
    "Cost",
    "Entry",
    "Stretch",
    "asleep_since",
    "awake_since",
    "cost",
    "cost_within",
    "deleted_by_hand",
    "done",
    "ended_by",
    "failed_lately",
    "is_news",
    "kept_at_least",
    "known_sleep",
    "not_done",
    "was_done",
]
