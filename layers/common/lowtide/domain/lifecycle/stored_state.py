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
class Timestamps:
    """To the minute, since Lowtide looks once a minute."""

    due: datetime | None = None  # when it should be in service; None: not wanted, or paused
    in_service: datetime | None = None  # when this very endpoint was first seen in service
    absent: datetime | None = None  # when it was first seen absent, since it was last in service


NO_TIMESTAMPS = Timestamps()


@dataclass(frozen=True, slots=True)
class Intent:
    """A step that was written down before it was begun. `step` is the name of its action."""

    step: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredState:
    record: Record
    override: Override | None
    paused: Pause | None = None
    asked: datetime | None = None  # when a person last asked for the endpoint
    blocked: str = ""  # why the last step was blocked; "" where none is
    sleep: Sleep | None = None
    timestamps: Timestamps = NO_TIMESTAMPS
    resumed: datetime | None = None  # when the last pause ended
    intent: Intent | None = None  # of a step that is not known to be completed
