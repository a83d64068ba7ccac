"""What was done to an endpoint: what, why, when, what it ended, what that had cost or saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from lowtide.domain.actions import Create, Delete, EndDrain, Restore, Step
from lowtide.domain.endpoints import SERVING, Endpoint, Status
from lowtide.domain.situation import Situation
from lowtide.domain.sleep import Sleep

type Stretch = Literal["awake", "asleep"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger. `ended` is what the step put an end to, and how long that lasted.

    `kept_hours` are instance-hours by type, at least: what a time awake that it ended has cost,
    or a sleep saved. `kept_usd` is None without a price.
    """

    at: datetime
    step: str
    reason: str
    outcome: str
    ok: bool = True
    ended: Mapping[str, timedelta] = field(default_factory=dict)
    kept_hours: Mapping[str, float] = field(default_factory=dict)
    kept_usd: float | None = None


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
        case Delete() if (since := awake_since(endpoint)) is not None:
            return {"awake": now - since} | drain
        case _:
            return {}


def awake_since(endpoint: Endpoint) -> datetime | None:
    """One that failed, or is not in service yet, has not been awake."""
    there = endpoint.status in SERVING or endpoint.status == Status.OUT_OF_SERVICE
    return endpoint.created_at if there else None


def known_sleep(situation: Situation) -> Sleep | None:
    """The sleep that lasts; one that began before the endpoint was last whole is long over."""
    sleep, whole = situation.sleep, situation.record.whole
    if sleep is None or (whole is not None and sleep.since <= whole):
        return None
    return sleep
