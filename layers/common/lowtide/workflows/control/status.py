"""What is wished of an endpoint, what is there, what happens next, what it cost and saved."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.domain.duration import in_words
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import LowtideError
from lowtide.domain.history.costs import Cost, cost, cost_within
from lowtide.domain.history.entry import Entry, Stretch, asleep_since, awake_since, known_sleep
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.plan import plan
from lowtide.domain.lifecycle.reasons import not_as_pinned, of_other_variants, why_paused
from lowtide.domain.schedule.schedule import Transition
from lowtide.domain.schedule.state import next_change
from lowtide.domain.snapshot.summary import contents
from lowtide.workflows.control.scaling_status import scaling
from lowtide.workflows.control.unlisted import unlisted
from lowtide.workflows.decision import approve
from lowtide.workflows.gather import gather, kept_now
from lowtide.workflows.services import Services

_STEPS_SHOWN = 5  # of each, where all are asked for
_STEPS_OF_ONE = 20  # a night with failures, and the one before
_TOLD = {
    "asleep": "it was asleep for",
    "awake": "it was awake for",
    "drain": "the drain took",
    "creation": "the creation took",
    "until_failed": "it failed after",
}
_DID = {"asleep": "saved", "awake": "cost"}
_MONTH = timedelta(days=30)
_SPANS = {"last 7 days": timedelta(days=7), "last 30 days": _MONTH}


def status_of_all(
    managed: Sequence[ManagedEndpoint], errors: Sequence[str], services: Services, now: datetime
) -> dict[str, Any]:
    """One that cannot be read says so in its place. Those that left the file come last: whether one
    was taken out, or its entry has a fault, cannot be told where there are faults."""
    by_name = {entry.name: entry for entry in managed}
    listed = _each(list(by_name), lambda name: status(by_name[name], services, now), services)
    left = sorted(services.store.endpoints() - set(by_name))
    why = "the file has no sound entry of it" if errors else "not in the file any more"
    return {
        "faults": list(errors),
        "endpoints": listed,
        "unlisted": _each(left, lambda name: unlisted(name, why, services, now), services),
    }


def _each(
    names: Sequence[str], tell: Callable[[str], dict[str, Any]], services: Services
) -> list[dict[str, Any]]:
    found = services.each(lambda name: _told_or_failure(name, tell), names)
    return [
        one if isinstance(one, dict) else _failure(name, one)
        for name, one in zip(names, found, strict=True)
    ]


def _told_or_failure(name: str, tell: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    try:
        return tell(name)
    except LowtideError as error:
        return _failure(name, error)


def _failure(name: str, error: LowtideError) -> dict[str, Any]:
    return {"endpoint": name, "error": str(error)}


def status(managed: ManagedEndpoint, services: Services, now: datetime) -> dict[str, Any]:
    return _status(gather(managed, services, now), services, _STEPS_SHOWN)


def status_with_scaling(
    managed: ManagedEndpoint, services: Services, views: ScalingViews, now: datetime
) -> dict[str, Any]:
    """Several calls more for each endpoint: for one that somebody asks about, not for all."""
    context = gather(managed, services, now)
    return _status(context, services, _STEPS_OF_ONE) | {"scaling": scaling(context, views)}


def _status(context: Context, services: Services, steps: int) -> dict[str, Any]:
    managed, now = context.managed, context.now
    action = approve(plan(context), context, services)
    entries = services.store.history_since(managed.name, now - _MONTH)
    stretches = (*entries, *_lasting(context, services))
    return {
        "endpoint": managed.name,
        "wish": "awake" if context.desired.awake else "asleep",
        "because": context.desired.reason,
        "status": context.endpoint.status,
        "next": {"action": action.name, "reason": action.reason},
        "refused": context.blocked or None,
        "instances": {
            pool.instance_type: pool.live for v in context.endpoint.variants for pool in v.pools
        },
        "paused": why_paused(context) or None,
        "config": {
            "in_use": context.endpoint.config_name or None,
            "pinned": managed.config_name,
            "difference": not_as_pinned(context),
        },
        "lead": {
            "minutes": round(context.lead.time / timedelta(minutes=1), 1),
            "because": context.lead.because,
        },
        "schedule_changes": _change(next_change(managed.schedule, now)),
        "saved": _saved(context),
        "last_steps": [line(entry) for entry in entries[-steps:]],
        "savings": _spans(stretches, "asleep", now),
        "costs": _spans(stretches, "awake", now),
    }


def line(entry: Entry) -> str:
    """One line of the ledger, as people read it."""
    ended = "".join(
        f"; {_TOLD[what]} {in_words(lasted)}{_figures(what, entry)}"
        for what, lasted in entry.ended.items()
    )
    return f"{entry.at:%Y-%m-%d %H:%M}Z {entry.step}: {entry.reason} ({entry.outcome}{ended})"


def _figures(what: str, entry: Entry) -> str:
    if what not in _DID or not entry.kept_hours:
        return ""
    hours = f"{sum(entry.kept_hours.values()):.2f} instance-hours"
    usd = "" if entry.kept_usd is None else f" ({entry.kept_usd:.2f} USD)"
    return f", which {_DID[what]} {hours}{usd} at least"


def _change(change: Transition | None) -> dict[str, str] | None:
    if change is None:
        return None
    to = "awake" if change.awake else "asleep"
    return {"at": change.at.isoformat(), "to": to, "because": change.because}


def _saved(context: Context) -> dict[str, str | None] | None:
    """What stands in the table to be put back."""
    snapshot = context.record.snapshot
    if snapshot is None:
        return None
    return {
        "at": snapshot.taken_at.isoformat(),
        "config": snapshot.config_name,
        "contents": contents(snapshot),
        "left_out": of_other_variants(context),
    }


def _lasting(context: Context, services: Services) -> Iterable[Entry]:
    """What the ledger would say if the sleep, or the time awake, ended now."""
    now, sleep = context.now, known_sleep(context)
    awake, gone = awake_since(context), asleep_since(context, sleep)
    if awake is not None:
        yield _so_far("awake", cost(now - awake, kept_now(context, services), services.prices), now)
    elif sleep is not None and gone is not None:
        yield _so_far("asleep", cost(now - gone, sleep.keeps, services.prices), now)


def _so_far(stretch: Stretch, spent: Cost, now: datetime) -> Entry:
    return Entry(
        at=now,
        step="",
        reason="it still lasts",
        outcome="",
        ended={str(stretch): spent.lasted},
        kept_hours=spent.instance_hours,
        kept_usd=spent.usd,
    )


def _spans(entries: Iterable[Entry], stretch: Stretch, now: datetime) -> dict[str, Any]:
    """ "At least": what was kept in service through these hours, or would have been."""
    return {
        span: _told(stretch, cost_within(entries, stretch, now - lasts, now))
        for span, lasts in _SPANS.items()
    }


def _told(stretch: Stretch, spent: Cost) -> dict[str, Any]:
    return {
        f"hours_{stretch}": round(spent.lasted / timedelta(hours=1), 2),
        "instance_hours_at_least": {
            instance_type: round(hours, 2) for instance_type, hours in spent.instance_hours.items()
        },
        "usd_at_least": None if spent.usd is None else round(spent.usd, 2),
    }
