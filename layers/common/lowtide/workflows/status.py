"""What is wished of an endpoint, what is there, and what happens next."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lowtide.domain.endpoints import Managed
from lowtide.domain.errors import LowtideError
from lowtide.domain.lifecycle import plan
from lowtide.domain.schedules import Transition, next_change
from lowtide.workflows.gather import gather
from lowtide.workflows.world import World

_LEDGER_SHOWN = 5


def status_of_all(managed: Iterable[Managed], world: World, now: datetime) -> dict[str, Any]:
    """One that cannot be read says so in its place."""
    return {"endpoints": [_status_or_failure(entry, world, now) for entry in managed]}


def status(managed: Managed, world: World, now: datetime) -> dict[str, Any]:
    """What is wished, what is there, what happens next and why; the last steps done."""
    situation = gather(managed, world, now)
    action = plan(situation)
    change = next_change(managed.schedule, now)
    snapshot = situation.record.snapshot
    return {
        "endpoint": managed.name,
        "wish": "awake" if situation.wish.awake else "asleep",
        "because": situation.wish.reason,
        "status": situation.endpoint.status,
        "next": {"action": type(action).__name__, "reason": action.reason},
        "instances": {
            pool.instance_type: pool.live for v in situation.endpoint.variants for pool in v.pools
        },
        "schedule_changes": _change(change),
        "saved_at": snapshot.taken_at.isoformat() if snapshot else None,
        "last_steps": _last_steps(managed.name, world),
    }


def _change(change: Transition | None) -> dict[str, str] | None:
    if change is None:
        return None
    to = "awake" if change.awake else "asleep"
    return {"at": change.at.isoformat(), "to": to, "because": change.because}


def _status_or_failure(managed: Managed, world: World, now: datetime) -> dict[str, Any]:
    try:
        return status(managed, world, now)
    except LowtideError as error:
        return {"endpoint": managed.name, "error": str(error)}


def _last_steps(name: str, world: World) -> list[str]:
    entries: Iterable[Any] = world.store.ledger(name, _LEDGER_SHOWN)
    return [f"{e.at:%Y-%m-%d %H:%M}Z {e.step}: {e.reason} ({e.outcome})" for e in entries]
