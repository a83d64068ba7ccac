"""Where a minute is too short for all endpoints, which of them come first?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

_MINUTE_S = timedelta(minutes=1).total_seconds()
# Points on a circle, each this share of it after the last, lie evenly however many there are.
_GOLDEN_SECTION = (5**0.5 - 1) / 2


def in_turn[A](row: Sequence[A], now: datetime) -> Sequence[A]:
    """The same row, rotated: each minute another one comes first. Where a minute reaches K of N,
    nobody waits for more than 3 N / K minutes."""
    minute = now.timestamp() // _MINUTE_S
    first = int(minute * _GOLDEN_SECTION % 1 * len(row))
    return [*row[first:], *row[:first]]
