"""What was done to an endpoint: what, why, when, what it ended, what that had cost or saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from lowtide.domain.endpoint import SERVING, Endpoint, Status
from lowtide.domain.lifecycle import (
    ApplyScaling,
    Blocked,
    Context,
    Create,
    Delete,
    EndDrain,
    Intent,
    Restore,
    Sleep,
    Step,
    draining_since,
    timestamps,
)

type Stretch = Literal["awake", "asleep"]

# What the planner enters is no step of the lifecycle.
FLOORS_PLANNED, FAR_FROM_FORECAST = "FloorsPlanned", "FarFromForecast"
BEGUN = "begun"  # the outcome of a step whose end is not written down yet
ENTERED_AGAIN_AFTER = timedelta(days=1)  # a failure that still lasts


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


def not_done(intent: Intent, outcome: str = BEGUN) -> Entry:
    """The entry of a step before it is taken, or after it was interrupted: it ended nothing."""
    return Entry(intent.at, intent.step, intent.reason, outcome, ok=False)


def done(intent: Intent, outcome: str) -> Entry:
    """The entry of a step that was completed, with the figures that were stored before it."""
    return Entry(
        at=intent.at,
        step=intent.step,
        reason=intent.reason,
        outcome=outcome,
        ended=intent.ended,
        kept_hours=intent.kept_hours,
        kept_usd=intent.kept_usd,
    )


def failed_lately(step: Step, history: Sequence[Entry]) -> bool:
    """Whether `step` is another try of one that has an entry. `history` is sorted, oldest first."""
    return step.name in {entry.step for entry in _failing_since(step.name, history)}


def is_news(failure: Entry, history: Sequence[Entry]) -> bool:
    """Whether no entry of the same trouble says the same: a failure that lasts has one entry, as
    one for each minute would bury the others. `history` is sorted, oldest first."""
    return _what_failed(failure) not in map(_what_failed, _failing_since(failure.step, history))


def _failing_since(step: str, history: Sequence[Entry]) -> list[Entry]:
    """The entries since a step last succeeded. The file's scaling does not count, unless `step` is
    that: it takes turns with a restore that is refused. Nor does what the planner enters."""
    others = {ApplyScaling.name, FLOORS_PLANNED, FAR_FROM_FORECAST} - {step}
    return list(takewhile(lambda entry: not entry.ok or entry.step in others, reversed(history)))


def _what_failed(entry: Entry) -> tuple[str, str]:
    """A blocked step fails by its reason; its outcome has the codes only."""
    return entry.step, entry.reason if entry.step == Blocked.name else entry.outcome


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
