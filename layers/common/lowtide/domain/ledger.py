"""What was done to an endpoint: what, why, when, what it ended, and what that had saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lowtide.domain.actions import Create, Delete, EndDrain, Restore, Step
from lowtide.domain.endpoints import Status
from lowtide.domain.situation import Situation
from lowtide.domain.sleep import Sleep


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `ended` is what the step put an end to, and how long that lasted.

    What was saved is "at least", in instance-hours by type; `saved_usd` is None without a price.
    """

    at: datetime
    step: str
    reason: str
    outcome: str
    ok: bool = True
    ended: Mapping[str, timedelta] = field(default_factory=dict)
    saved_hours: Mapping[str, float] = field(default_factory=dict)
    saved_usd: float | None = None


def ended_by(step: Step, situation: Situation, sleep: Sleep | None) -> Mapping[str, timedelta]:
    """What is over with this step, and how long it lasted."""
    now, endpoint, record = situation.now, situation.endpoint, situation.record
    drain = {"drain": now - record.draining_since} if record.draining_since else {}
    match step:
        case Create() if sleep is not None:
            return {"asleep": now - sleep.since}
        case Restore(took=took) if took is not None:
            return {"creation": took}
        case EndDrain():
            return drain
        case Delete() if endpoint.created_at is not None and endpoint.status != Status.FAILED:
            return {"awake": now - endpoint.created_at} | drain
        case _:
            return {}


def known_sleep(situation: Situation) -> Sleep | None:
    """The sleep that lasts; one that began before the endpoint was last whole is long over."""
    sleep, whole = situation.sleep, situation.record.whole
    if sleep is None or (whole is not None and sleep.since <= whole):
        return None
    return sleep
