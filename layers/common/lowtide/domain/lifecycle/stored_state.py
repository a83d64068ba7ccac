"""What the table holds of one endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lowtide.domain.lifecycle.record import Record
from lowtide.domain.schedule.override import Override, Pause


@dataclass(frozen=True, slots=True)
class Sleep:
    """Begun by a delete; `keeps` are the instances by type that would have stayed at least."""

    since: datetime
    keeps: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Milestones:
    """To the minute, since Lowtide looks once a minute."""

    due: datetime | None = None  # when it should be in service; None: not wanted, or paused
    in_service: datetime | None = None  # when this very endpoint was first seen in service
    absent: datetime | None = None  # when it was first seen gone, since it was last in service


NOTHING_SEEN = Milestones()


@dataclass(frozen=True, slots=True)
class Intent:
    step: str  # its name
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredState:
    """All that is remembered of one endpoint."""

    record: Record
    override: Override | None
    paused: Pause | None = None
    asked: datetime | None = None  # when a person last asked for the endpoint
    refusal: str = ""
    sleep: Sleep | None = None
    milestones: Milestones = NOTHING_SEEN
    resumed: datetime | None = None  # when the last pause ended
    begun: Intent | None = None  # the last step, until AWS refused it
