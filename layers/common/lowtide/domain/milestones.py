"""Instants that only looking each minute tells: AWS keeps none of them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Milestones:
    """`due`: by when it should be in service, while it is wanted. The others: since when it has
    been seen to be in service, or gone."""

    due: datetime | None = None
    in_service: datetime | None = None
    absent: datetime | None = None


NOTHING_SEEN = Milestones()
