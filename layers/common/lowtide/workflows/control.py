"""The door for people and workloads: wishes in, what is going on out. It changes no endpoint."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lowtide.domain import overrides
from lowtide.domain.endpoints import Managed
from lowtide.domain.errors import LowtideError, RequestError
from lowtide.domain.lifecycle import plan
from lowtide.domain.overrides import Override
from lowtide.domain.reasons import not_as_pinned, why_paused
from lowtide.domain.schedules import Transition, next_change
from lowtide.workflows.gather import gather
from lowtide.workflows.requests import (
    Auto,
    Explain,
    Pause,
    Preview,
    Resume,
    Sleep,
    Status,
    Wake,
    parse,
)
from lowtide.workflows.seeing import see
from lowtide.workflows.world import World

_LONGEST_OVERRIDE = timedelta(days=30)
_LEDGER_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Door:
    """What the file manages, and the world it is in."""

    managed: tuple[Managed, ...]
    world: World

    def find(self, name: str) -> Managed:
        for entry in self.managed:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.managed) or "nothing"
        msg = f"endpoint: {name!r} is not managed here; the file lists {known}"
        raise RequestError(msg)


def control(event: object, door: Door, now: datetime) -> dict[str, Any]:
    """Carries one request out; raises RequestError with everything that is wrong with it."""
    match parse(event):
        case Wake() | Sleep() as request:
            managed = door.find(request.endpoint)
            override = _override(request, now)
            before = door.world.store.recall(managed.name).override
            door.world.store.save_override(managed.name, override)
            if override.awake:
                door.world.store.save_asked(managed.name, now)
            return status(managed, door.world, now) | _replaced(before, managed, now)
        case Auto() as request:
            managed = door.find(request.endpoint)
            door.world.store.drop_override(managed.name)
            return status(managed, door.world, now)
        case Pause() as request:
            managed = door.find(request.endpoint)
            pause = overrides.Pause(now, request.reason, request.by)
            door.world.store.save_pause(managed.name, pause)
            return status(managed, door.world, now)
        case Resume() as request:
            managed = door.find(request.endpoint)
            door.world.store.save_asked(managed.name, now)
            door.world.store.drop_pause(managed.name)
            return status(managed, door.world, now)
        case Status() as request:
            return _statuses(request, door, now)
        case Preview() | Explain() as request:
            return see(request, door.find(request.endpoint), door.world, now)


def _statuses(request: Status, door: Door, now: datetime) -> dict[str, Any]:
    if request.endpoint:
        return status(door.find(request.endpoint), door.world, now)
    return {"endpoints": [_status_or_failure(m, door.world, now) for m in door.managed]}


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
        "paused": why_paused(situation) or None,
        "config": {
            "in_use": situation.endpoint.config_name or None,
            "pinned": managed.config_name,
            "difference": not_as_pinned(situation),
        },
        "lead": {
            "minutes": round(situation.lead.time.total_seconds() / 60, 1),
            "because": situation.lead.because,
        },
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


def _replaced(before: Override | None, managed: Managed, now: datetime) -> dict[str, Any]:
    """Somebody else's wish that ended with this one: they would want to know."""
    if before is None or before.until <= now:
        return {}
    return {"replaced": before.reason_until(managed.schedule.timezone)}


def _last_steps(name: str, world: World) -> list[str]:
    entries: Iterable[Any] = world.store.ledger(name, _LEDGER_SHOWN)
    return [f"{e.at:%Y-%m-%d %H:%M}Z {e.step}: {e.reason} ({e.outcome})" for e in entries]


def _override(request: Wake | Sleep, now: datetime) -> Override:
    if (request.until is None) == (request.for_ is None):
        msg = "until, for: give exactly one, for example for: 2h or until: 2026-12-24T20:00-05:00"
        raise RequestError(msg)
    until = request.until or now + (request.for_ or timedelta())
    if not now < until <= now + _LONGEST_OVERRIDE:
        msg = f"until: {until.isoformat()} is not within {_LONGEST_OVERRIDE.days} days from now"
        raise RequestError(msg)
    return Override(isinstance(request, Wake), until, request.reason, request.by)
