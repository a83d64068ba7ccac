"""Which endpoints one invocation takes, and in which order, where one cannot take all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Shard:
    """The part `number`, counted from 0, of `of` parts of all endpoints. Each endpoint is in
    exactly one, in every process."""

    number: int = 0
    of: int = 1

    def holds(self, endpoint: str) -> bool:
        return _hashed(endpoint) % self.of == self.number


def rotated[A](row: Sequence[A], now: datetime) -> Sequence[A]:
    """`row` from another place on in each minute, so that none comes last for long. A retry within
    the minute has the same order."""
    first = _hashed(f"{now:%Y-%m-%dT%H:%M}") % len(row) if row else 0
    return [*row[first:], *row[:first]]


def _hashed(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:8])
