"""The time between a delete of Lowtide's and the creation that follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sleep:
    """Begun by a delete; `keeps` are the instances by type that would have stayed at least."""

    since: datetime
    keeps: Mapping[str, int]
