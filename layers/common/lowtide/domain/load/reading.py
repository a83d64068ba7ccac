"""A reading is a value, or the reason why there is none; it is never a guessed zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lowtide.domain.errors import BusyError, DeniedError, UnreachableError

type Series = Mapping[datetime, float]
"""Concurrency by the start of its period, in the statistic that was asked for."""

NOT_IN_SERVICE = "not-in-service"
NOT_PUBLISHED = "not-published"
_CODES = (
    (DeniedError, "denied"),
    (UnreachableError, "unreachable"),
    (BusyError, "throttled"),
)  # the first that fits


@dataclass(frozen=True, slots=True)
class MissingReading:
    """`code` is stable and counted; `reason` is for people."""

    code: str
    reason: str

    @property
    def is_fault(self) -> bool:
        """Nobody expects load figures of an endpoint that is not in service."""
        return self.code != NOT_IN_SERVICE


def missing_because_of(error: Exception) -> MissingReading:
    """What an error means for whoever asked."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "unreadable")
    return MissingReading(code, f"{type(error).__name__}: {error}")
