"""Creations that failed since the endpoint was last in service, and when the next may be tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class FailureKind(StrEnum):
    CAPACITY = "capacity"
    MISSING = "missing"  # the configuration, or a model of it
    QUOTA = "quota"
    OTHER = "other"


_ANOTHER_CONFIG_MAY_HELP = {FailureKind.CAPACITY, FailureKind.MISSING}
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))


@dataclass(frozen=True, slots=True)
class Failure:
    """`attempt_id` tells one attempt from the next. It is the CreationTime of the endpoint that
    failed, or when AWS refused to create one."""

    at: datetime
    attempt_id: datetime
    kind: FailureKind
    why: str


@dataclass(frozen=True, slots=True)
class Failures:
    """`configs` are the configurations to try in turn. Where the list changes, these failures do
    not count any more."""

    newest: Failure
    count: int
    completed_rounds: int  # how often all were tried, or a try failed whatever the configuration
    next_index: int  # in `configs`
    configs: tuple[str, ...]

    @property
    def next_config(self) -> str:
        return self.configs[self.next_index]

    @property
    def next_try(self) -> datetime:
        """At once within a round. Looking for what is missing again costs nothing."""
        if self.next_index > 0 or self.newest.kind == FailureKind.MISSING:
            return self.newest.at
        return self.newest.at + _PAUSES[min(self.completed_rounds, len(_PAUSES)) - 1]


def kind_of(failure_reason: str) -> FailureKind:
    """By what SageMaker writes in FailureReason."""
    if "InsufficientInstanceCapacity" in failure_reason:
        return FailureKind.CAPACITY
    if "ResourceLimitExceeded" in failure_reason or "service limit" in failure_reason:
        return FailureKind.QUOTA
    return FailureKind.OTHER


def with_another(before: Failures | None, failure: Failure, configs: tuple[str, ...]) -> Failures:
    """`before` and this failure. An attempt that is met again, because its clean-up was not
    completed, counts once."""
    if before is None:
        before = Failures(failure, 0, 0, 0, configs)
    elif before.newest.attempt_id == failure.attempt_id:
        return before
    moves_on = failure.kind in _ANOTHER_CONFIG_MAY_HELP
    next_index = (before.next_index + 1) % len(configs) if moves_on else 0
    rounds = before.completed_rounds + (next_index == 0)
    return Failures(failure, before.count + 1, rounds, next_index, configs)
