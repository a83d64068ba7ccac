"""What was done to an endpoint: what, why, when, what it ended, what that had cost or saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from lowtide.domain.endpoint.observed import SERVING, Endpoint, Status
from lowtide.domain.lifecycle.actions import Create, Delete, EndDrain, Refuse, Restore, Step
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.lateness import milestones
from lowtide.domain.lifecycle.predicates import draining_since
from lowtide.domain.lifecycle.stored_state import Sleep

type Stretch = Literal["awake", "asleep"]

GONE = "Absent"  # entries of one minute are read by name: this sorts before the Create that follows
_AGAIN = timedelta(hours=1)  # until the same is told once more
_MOST = 5  # failures of one step that are told in that time, where each minute has other words


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


def is_news(entry: Entry, newest: Sequence[Entry]) -> bool:
    """Of what does not succeed: what lasts is told once, what comes and goes once an hour."""
    told = [each for each in newest if each.step == entry.step and not each.ok]
    lately = [each for each in told if entry.at - each.at < _AGAIN]
    lasts = [each for each in newest[-1:] if each in told]
    again = any(_what(each) == _what(entry) for each in (*lately, *lasts))
    return not again and len(lately) < _MOST


def _what(entry: Entry) -> str:
    """By this two of the same step are the same."""
    return entry.reason if entry.step == Refuse.name else entry.outcome


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
    begun, failed = endpoint.created_at, endpoint.modified_at
    if endpoint.status != Status.FAILED or begun is None or failed is None:
        return None
    return failed - begun


def found_gone(context: Context) -> Entry | None:
    """One that somebody else deleted: before a delete of Lowtide's a restore is pending."""
    now, served = context.now, context.milestones.in_service
    if context.endpoint.status != Status.ABSENT or context.record.restore_pending:
        return None
    if served is None:
        return None
    since = f"in service since {served:%Y-%m-%d %H:%M}Z"
    return Entry(now, GONE, "it was deleted, and not by Lowtide", since)


def awake_since(context: Context) -> datetime | None:
    """First seen in service: a creation's minutes, in which instances come, do not count."""
    status = context.endpoint.status
    there = status in SERVING or status == Status.OUT_OF_SERVICE
    return milestones(context).in_service if there else None


def asleep_since(context: Context, sleep: Sleep | None) -> datetime | None:
    """First seen gone: a deletion's minutes, in which instances go, do not count."""
    gone = milestones(context).absent
    if sleep is None or gone is None or context.endpoint.status != Status.ABSENT:
        return None
    return max(gone, sleep.since)


def known_sleep(context: Context) -> Sleep | None:
    """The sleep that lasts; one that began before the endpoint was last whole is long over."""
    sleep, whole = context.sleep, context.record.whole
    if sleep is None or (whole is not None and sleep.since <= whole):
        return None
    return sleep
