"""What was done to an endpoint: what, why, when, what it ended, what that had cost or saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from lowtide.domain.endpoint.observed import SERVING, Endpoint, Status
from lowtide.domain.lifecycle.actions import Blocked, Create, Delete, EndDrain, Restore, Step
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.lateness import timestamps
from lowtide.domain.lifecycle.predicates import draining_since
from lowtide.domain.lifecycle.stored_state import Sleep

type Stretch = Literal["awake", "asleep"]

BEGUN = "begun"
RETOLD_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history. `ended` is what the step put an end to, and how long that lasted.

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

    @property
    def is_open(self) -> bool:
        """Whether it was written before its step, and never completed."""
        return not self.ok and self.outcome.startswith(BEGUN)

    def failed(self, outcome: str) -> "Entry":
        """It ended nothing."""
        return replace(self, outcome=outcome, ok=False, ended={}, kept_hours={}, kept_usd=None)


def failures_before(entry: Entry, lately: Sequence[Entry]) -> Sequence[Entry]:
    """Entries of the same step since it last succeeded, newest first. `lately` are those of the
    last hour, oldest first."""
    of_step = (e for e in reversed(lately) if e.step == entry.step and e.at < entry.at)
    return list(takewhile(lambda e: not e.ok, of_step))


def is_news(entry: Entry, before: Sequence[Entry]) -> bool:
    """Whether `entry`, of a step that failed or is blocked, says what none `before` says."""
    return _what_failed(entry) not in map(_what_failed, before)


def _what_failed(entry: Entry) -> str:
    return entry.reason if entry.step == Blocked.name else entry.outcome


def ended_by(step: Step, context: Context, sleep: Sleep | None) -> Mapping[str, timedelta]:
    """What is over with this step, and how long it lasted."""
    now, record = context.now, context.record
    drain = {"drain": now - since} if (since := draining_since(context)) else {}
    match step:
        case Create() if (since := asleep_since(context, sleep)) is not None:
            return {"asleep": now - since}
        case Restore() if record.creating_since is not None:
            return {"creation": now - record.creating_since}
        case EndDrain():
            return drain
        case Delete() if (since := awake_since(context)) is not None:
            return {"awake": now - since} | drain
        case Delete() if (lasted := _until_failed(context.endpoint)) is not None:
            return {"until_failed": lasted}
        case _:
            return {}


def _until_failed(endpoint: Endpoint) -> timedelta | None:
    created, failed = endpoint.created_at, endpoint.modified_at
    if endpoint.status != Status.FAILED or created is None or failed is None:
        return None
    return failed - created


def awake_since(context: Context) -> datetime | None:
    """First seen in service: a creation's minutes, in which instances come, do not count."""
    status = context.endpoint.status
    there = status in SERVING or status == Status.OUT_OF_SERVICE
    return timestamps(context).in_service if there else None


def asleep_since(context: Context, sleep: Sleep | None) -> datetime | None:
    """First seen absent: a deletion's minutes, in which instances go, do not count."""
    absent = timestamps(context).absent
    if sleep is None or absent is None or context.endpoint.status != Status.ABSENT:
        return None
    return max(absent, sleep.since)


def known_sleep(context: Context) -> Sleep | None:
    """The sleep that lasts; one that began before the endpoint was last verified is over."""
    sleep, verified = context.sleep, context.record.verified_created_at
    if sleep is None or (verified is not None and sleep.since <= verified):
        return None
    return sleep
