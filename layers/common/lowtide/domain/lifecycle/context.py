"""Everything a decision about one endpoint rests on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint
from lowtide.domain.lifecycle.permissions import NOTHING_DENIED, Rights
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import NOTHING_SEEN, Intent, Milestones, Sleep
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.scaling.desired import Types
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.lead_time import NO_LEAD_TIME, LeadTime
from lowtide.domain.schedule.override import LeftFile, Override, Pause


@dataclass(frozen=True, slots=True)
class Context:
    """`streams`, `missing` and `rights` are gathered only for a deletion, `types` only for the
    scaling of the file."""

    managed: ManagedEndpoint
    desired: DesiredState
    endpoint: Endpoint
    record: Record
    stack: str
    now: datetime
    streams: float | MissingReading  # how many are open
    missing: tuple[str, ...] = ()  # what a creation would need and AWS does not have
    paused: Pause | LeftFile | None = None
    resumed: datetime | None = None  # when the last pause ended
    override: Override | None = None  # also one that is over
    asked: datetime | None = None  # when a person last asked for the endpoint
    lead: LeadTime = NO_LEAD_TIME
    longest_creation: timedelta = timedelta(hours=1)
    rights: Rights = NOTHING_DENIED  # to create it again and to restore it
    noted: str = ""  # the refusal that stands in the table; "" for none
    sleep: Sleep | None = None  # the last one that Lowtide began
    types: Types | None = None  # None where the configuration in use is gone
    milestones: Milestones = NOTHING_SEEN  # as they were noted before this minute
    usual_creation: timedelta = timedelta(0)  # how long one may take before it is late
    begun: Intent | None = None  # the step that was begun last

    @property
    def slept_until(self) -> datetime | None:
        """The end of a wish to sleep that is over."""
        desired = self.override
        over = desired is not None and not desired.awake and desired.until <= self.now
        return desired.until if desired and over else None
