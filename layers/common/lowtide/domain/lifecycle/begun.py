"""The last step that was begun; whether it was done may not be known."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Begun:
    step: str  # its name
    reason: str
    at: datetime
