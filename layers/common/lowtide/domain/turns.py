"""Whose turn is first? Where a minute is too short for all, each still has its turn soon."""

from collections.abc import Sequence
from datetime import datetime, timedelta

_MINUTE_S = timedelta(minutes=1).total_seconds()
# Steps of the golden section fall evenly on a circle, however many of them there have been.
_GOLDEN = (5**0.5 - 1) / 2


def in_turn[A](row: Sequence[A], now: datetime) -> Sequence[A]:
    """The same row, begun somewhere else each minute. Where a minute reaches K of N, nobody is
    left out for more than 3 N / K minutes."""
    minute = now.timestamp() // _MINUTE_S
    first = int(minute * _GOLDEN % 1 * len(row))
    return [*row[first:], *row[:first]]
