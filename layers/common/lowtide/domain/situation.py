"""Everything a decision about one endpoint rests on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lowtide.domain.endpoints import Endpoint, Managed
from lowtide.domain.lead import NO_LEAD, Lead
from lowtide.domain.managed_scaling import Types
from lowtide.domain.milestones import NOTHING_SEEN, Milestones
from lowtide.domain.overrides import LeftFile, Pause
from lowtide.domain.readings import NoReading
from lowtide.domain.record import Record
from lowtide.domain.rights import NOTHING_DENIED, Rights
from lowtide.domain.sleep import Sleep
from lowtide.domain.wishes import Wish


@dataclass(frozen=True, slots=True)
class Situation:
    """`streams` counts open streams; `missing` names what AWS would need to create the endpoint
    again and does not have; `rights` are those to do so. All three matter for a deletion only and
    are gathered only then. `asked` is when a person last asked for the endpoint, `noted` the
    refusal that the ledger tells already, `sleep` the last one that Lowtide began. `types` are
    the instance types by variant in the configuration in use, None where it is gone; they, too, are
    gathered only where they matter, for the scaling of the file. `slept_until` is the end of a wish
    to sleep that is over, `usual_creation` how long a creation may take before it is late.
    """

    managed: Managed
    wish: Wish
    endpoint: Endpoint
    record: Record
    stack: str
    now: datetime
    streams: float | NoReading
    missing: tuple[str, ...] = ()
    paused: Pause | LeftFile | None = None
    asked: datetime | None = None
    lead: Lead = NO_LEAD
    longest_creation: timedelta = timedelta(hours=1)
    rights: Rights = NOTHING_DENIED
    noted: str = ""
    sleep: Sleep | None = None
    types: Types | None = None
    milestones: Milestones = NOTHING_SEEN
    slept_until: datetime | None = None
    usual_creation: timedelta = timedelta(0)
