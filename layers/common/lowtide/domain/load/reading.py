"""A reading is a value, or the reason why there is none; it is never a guessed zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lowtide.domain.errors import BusyError, DeniedError, UnreachableError

type Series = Mapping[datetime, float]
"""Concurrency by the start of its period, in the statistic that was asked for."""

NOT_IN_SERVICE = "not-in-service"
SETTLING = "settling"
NOT_PUBLISHED = "not-published"
_EXPECTED = {NOT_IN_SERVICE, SETTLING}
_CODES = (
    (DeniedError, "denied"),
    (UnreachableError, "unreachable"),
    (BusyError, "throttled"),
)


@dataclass(frozen=True, slots=True)
class MissingReading:
    """Why there is no value. `code` is stable and counted; `reason` is for people."""

    code: str
    reason: str

    @property
    def is_expected(self) -> bool:
        """Whether this is normal, so that it is neither logged nor part of an alarm."""
        return self.code in _EXPECTED


def missing_because_of(error: Exception) -> MissingReading:
    """The missing reading that `error` means."""
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "unreadable")
    return MissingReading(code, f"{type(error).__name__}: {error}")
