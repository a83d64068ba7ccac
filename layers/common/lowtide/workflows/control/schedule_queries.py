"""Answers what the schedule of one endpoint is going to do, and why."""

from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import RequestError
from lowtide.domain.lifecycle.stored_state import StoredState
from lowtide.domain.schedule.explanation import explain
from lowtide.domain.schedule.instants import parse_instant
from lowtide.domain.schedule.lead_time import LeadTime, lead_time
from lowtide.workflows.control.explain import as_answer
from lowtide.workflows.control.preview import LONGEST, preview
from lowtide.workflows.control.requests import Explain, Preview
from lowtide.workflows.services import Services

_SHOWN = timedelta(days=7)
_NO_OVERRIDE = "nobody asked for anything else"
_NOT_KEPT = "what was asked for in the past is not looked up; the ledger tells what was done"


def see(
    request: Preview | Explain, managed: ManagedEndpoint, services: Services, now: datetime
) -> dict[str, Any]:
    match request:
        case Preview():
            return _preview(request, managed, services, now)
        case Explain():
            return _explain(request, managed, services, now)


def _preview(
    request: Preview, managed: ManagedEndpoint, services: Services, now: datetime
) -> dict[str, Any]:
    start = _instant("from", request.from_, managed) or now
    end = _instant("to", request.to, managed) or start + _SHOWN
    if start >= end:
        msg = f"to: {request.to!r} is not after from, {start.isoformat()}"
        raise RequestError(msg)
    if end - start > LONGEST:
        msg = f"to: more than {LONGEST.days} days after from; `lowtide preview` shows years"
        raise RequestError(msg)
    expected = _lead(managed, services.store.load(managed.name), services)
    return preview(managed, start, end, expected.length) | _told(expected)


def _explain(
    request: Explain, managed: ManagedEndpoint, services: Services, now: datetime
) -> dict[str, Any]:
    """An override is known as it is now, so it is told of now and later only."""
    at = _instant("at", request.at, managed) or now
    past = at < now
    memory = services.store.load(managed.name)
    expected = _lead(managed, memory, services)
    override = None if past else memory.override
    found = explain(managed.schedule, at, expected.length, override)
    answer = as_answer(managed.name, found, _NOT_KEPT if past else _NO_OVERRIDE)
    paused = memory.paused.describe(managed.schedule.timezone) if memory.paused else None
    return answer | _told(expected) | {"paused": paused}


def _lead(managed: ManagedEndpoint, memory: StoredState, services: Services) -> LeadTime:
    return lead_time(managed.ready, memory.record.creations, services.lead)


def _told(expected: LeadTime) -> dict[str, Any]:
    minutes = round(expected.length / timedelta(minutes=1), 1)
    return {"lead": {"minutes": minutes, "because": expected.because}}


def _instant(key: str, text: str | None, managed: ManagedEndpoint) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text, managed.schedule.timezone)
    except ValueError as error:
        msg = f"{key}: {error}"
        raise RequestError(msg) from error
