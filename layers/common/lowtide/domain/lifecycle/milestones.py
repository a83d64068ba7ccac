"""When an endpoint is due, came into service and was gone: AWS tells none of these."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Milestones:
    """To the minute, since Lowtide looks once a minute."""

    due: datetime | None = None  # when it should be in service; None: not wanted, or paused
    in_service: datetime | None = None  # when this very endpoint was first seen in service
    absent: datetime | None = None  # when it was first seen gone, since it was last in service


NOTHING_SEEN = Milestones()
