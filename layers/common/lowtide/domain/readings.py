"""A reading is a value, or the reason why there is none; it is never a guessed zero."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NoReading:
    """`code` is stable and counted; `reason` is for people."""

    code: str
    reason: str
