"""What the table holds of one endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lowtide.domain.curve import Floors
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.schedule import Override, Pause


@dataclass(frozen=True, slots=True)
class Sleep:
    """Begun by a delete; `instances`, by type, would have stayed in service at least."""

    since: datetime
    instances: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Timestamps:
    """To the minute, since Lowtide looks once a minute."""

    due: datetime | None = None  # when it should be in service; None: not wanted, or paused
    in_service: datetime | None = None  # when this very endpoint was first seen in service
    absent: datetime | None = None  # when it was first seen absent, since it was last in service
    by_others: bool = False  # whether it is absent because someone else deleted it


NO_TIMESTAMPS = Timestamps()
NO_FLOORS = Floors()


@dataclass(frozen=True, slots=True)
class Intent:
    """A step that was written down before it was begun, with what its entry in the history needs
    and what AWS does not show afterwards. `step` is the name of its action.

    `ended` is what the step puts an end to, and how long that lasted. `kept_hours` are
    instance-hours by type, at least; `kept_usd` is None without a price.
    """

    step: str
    reason: str
    at: datetime
    ended: Mapping[str, timedelta] = field(default_factory=dict)
    kept_hours: Mapping[str, float] = field(default_factory=dict)
    kept_usd: float | None = None


@dataclass(frozen=True, slots=True)
class StoredState:
    record: Record
    override: Override | None
    paused: Pause | None = None  # it may be over by now
    asked: datetime | None = None  # when a person last asked for the endpoint
    blocked: str = ""  # why the last step was blocked; "" where none is
    sleep: Sleep | None = None
    timestamps: Timestamps = NO_TIMESTAMPS
    resumed: datetime | None = None  # when a person ended the last pause
    intent: Intent | None = None  # of a step that is not known to be completed
    floors: Floors = NO_FLOORS

    def paused_at(self, now: datetime) -> Pause | None:
        """Returns the pause that holds at `now`."""
        return None if self.paused is None or self.paused.is_over(now) else self.paused

    def resumed_at(self, now: datetime) -> datetime | None:
        """Returns when the last pause ended, by a person or by its own end."""
        return self.paused.ends if self.paused and self.paused.is_over(now) else self.resumed
