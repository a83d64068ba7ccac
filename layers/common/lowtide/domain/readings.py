"""A reading is a value, or the reason why there is none; it is never a guessed zero."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

type Series = Mapping[datetime, float]
"""Concurrency by the start of its period, in the statistic that was asked for."""


@dataclass(frozen=True, slots=True)
class NoReading:
    """`code` is stable and counted; `reason` is for people."""

    code: str
    reason: str
