"""Endpoints that the table knows and the file does not: left as they are, and told of."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint.observed import Status
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.reasons import still_suspended
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.workflows.gather import gather_unlisted
from lowtide.workflows.services import Services

_UTC = ZoneInfo("UTC")  # the file, which knew their clock, does not name them any more


def unlisted(name: str, why: str, services: Services, now: datetime) -> dict[str, Any]:
    """`why` it is not listed, in words."""
    memory = services.store.load(name)
    context = gather_unlisted(name, memory, services, now)
    note = _note(f"{why}: left as it is", memory, context)
    return {"endpoint": name, "status": context.endpoint.status, "note": note} | _wish(memory, now)


def _note(left: str, memory: StoredState, context: Context) -> str:
    status = context.endpoint.status
    if status != Status.ABSENT:
        return f"{left}; it is {status}{still_suspended(context)}"
    since = f" since {_minute(memory.sleep.since)}" if memory.sleep else ""
    snapshot = memory.record.snapshot
    if snapshot is None:
        return f"{left}; asleep{since}, and nothing was saved of it"
    return (
        f"{left}; asleep{since}, saved with configuration {snapshot.config_name}: put it back on "
        f"the list to wake it, or create it by hand from {snapshot.config_name}"
    )


def _minute(at: datetime) -> str:
    """As the ledger writes it."""
    return f"{at.astimezone(_UTC):%Y-%m-%d %H:%M}Z"


def _wish(memory: StoredState, now: datetime) -> dict[str, str]:
    """A wish that nobody carries out while it is not listed."""
    told = {"paused": memory.paused.told(_UTC)} if memory.paused else {}
    override = memory.override
    if override is None or override.until <= now:
        return told
    state = "awake" if override.awake else "asleep"
    return told | {
        "override": f"{override.by} wants it {state} until {_minute(override.until)}: "
        f"{override.reason}; nobody carries it out while the file does not list it"
    }
