"""Everything that is always known of one endpoint when its next step is planned."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.curve import Floors
from lowtide.domain.endpoint import Endpoint, ManagedEndpoint
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, Timestamps
from lowtide.domain.schedule import DesiredState, LeadTime, LeftFile, Observed, Override, Pause


@dataclass(frozen=True, slots=True)
class Context:
    managed: ManagedEndpoint
    desired: DesiredState
    endpoint: Endpoint
    record: Record
    stack: str
    now: datetime
    paused: Pause | Observed | LeftFile | None
    resumed: datetime | None  # when the last pause ended
    override: Override | None  # the last one, also where it has ended
    asked: datetime | None  # when a person last asked for the endpoint
    lead: LeadTime
    longest_creation: timedelta
    deletion_grace: timedelta  # how long one that someone else deleted is not created
    usual_creation: timedelta  # how long one takes before it counts as late
    blocked: str  # the reason in the table why the last step was blocked; "" for none
    sleep: Sleep | None  # the last one that Lowtide began
    timestamps: Timestamps  # as they were stored before this minute
    intent: Intent | None  # the last step, where its run did not live to complete it
    floors: Floors
