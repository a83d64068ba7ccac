"""Answers what the schedule of one endpoint is going to do, and why."""

from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.endpoints import Managed
from lowtide.domain.errors import RequestError
from lowtide.domain.explanation import explain
from lowtide.domain.forecast import lead_of
from lowtide.domain.instants import parse_instant
from lowtide.workflows.explain import as_answer
from lowtide.workflows.preview import LONGEST, preview
from lowtide.workflows.requests import Explain, Preview
from lowtide.workflows.world import World

_SHOWN = timedelta(days=7)
_NO_OVERRIDE = "nobody asked for anything else"
_NOT_KEPT = "what was asked for in the past is not looked up; the ledger tells what was done"


def see(
    request: Preview | Explain, managed: Managed, world: World, now: datetime
) -> dict[str, Any]:
    match request:
        case Preview():
            return _preview(request, managed, world, now)
        case Explain():
            return _explain(request, managed, world, now)


def _preview(request: Preview, managed: Managed, world: World, now: datetime) -> dict[str, Any]:
    start = _instant("from", request.from_, managed) or now
    end = _instant("to", request.to, managed) or start + _SHOWN
    if start >= end:
        msg = f"to: {request.to!r} is not after from, {start.isoformat()}"
        raise RequestError(msg)
    if end - start > LONGEST:
        msg = f"to: more than {LONGEST.days} days after from; `lowtide preview` shows years"
        raise RequestError(msg)
    return preview(managed, start, end, world.lead)


def _explain(request: Explain, managed: Managed, world: World, now: datetime) -> dict[str, Any]:
    """An override is known as it is now, so it is told of now and later only."""
    at = _instant("at", request.at, managed) or now
    past = at < now
    override = None if past else world.store.recall(managed.name).override
    found = explain(managed.schedule, at, lead_of(managed, world.lead), override)
    return as_answer(managed.name, found, _NOT_KEPT if past else _NO_OVERRIDE)


def _instant(key: str, text: str | None, managed: Managed) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text, managed.schedule.timezone)
    except ValueError as error:
        msg = f"{key}: {error}"
        raise RequestError(msg) from error
