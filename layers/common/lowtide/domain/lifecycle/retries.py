"""Creations that failed since the endpoint was wished awake, and when the next may be tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    CAPACITY = "capacity"
    MISSING = "missing"  # the configuration, or a model of it
    QUOTA = "quota"
    OTHER = "other"


_ANOTHER_CONFIG_MAY_HELP = {Kind.CAPACITY, Kind.MISSING}
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))


@dataclass(frozen=True, slots=True)
class Failure:
    """`of` tells it from the next: the CreationTime of what failed, or when AWS refused."""

    at: datetime
    of: datetime
    kind: Kind
    why: str


@dataclass(frozen=True, slots=True)
class Failures:
    """`configs` is what could be tried: where that changes, these failures say nothing more."""

    newest: Failure
    count: int
    rounds: int  # how often all configurations had been tried, or a try ended in another way
    place: int  # of the configuration to try next
    configs: tuple[str, ...]

    @property
    def next_config(self) -> str:
        return self.configs[self.place]

    @property
    def next_try(self) -> datetime:
        """At once within a round. Looking for what is missing again costs nothing."""
        if self.place > 0 or self.newest.kind == Kind.MISSING:
            return self.newest.at
        return self.newest.at + _PAUSES[min(self.rounds, len(_PAUSES)) - 1]


def kind_of(failure_reason: str) -> Kind:
    """By what SageMaker writes in FailureReason."""
    if "InsufficientInstanceCapacity" in failure_reason:
        return Kind.CAPACITY
    if "ResourceLimitExceeded" in failure_reason or "service limit" in failure_reason:
        return Kind.QUOTA
    return Kind.OTHER


def with_another(before: Failures | None, failure: Failure, configs: tuple[str, ...]) -> Failures:
    """The same failure, met again because its clean-up did not end, counts once."""
    if before is not None and before.newest.of == failure.of:
        return before
    count, rounds, place = (before.count, before.rounds, before.place) if before else (0, 0, 0)
    moves_on = failure.kind in _ANOTHER_CONFIG_MAY_HELP
    place = (place + 1) % len(configs) if moves_on else 0
    return Failures(failure, count + 1, rounds + (place == 0), place, configs)
