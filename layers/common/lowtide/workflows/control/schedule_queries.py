"""Answers what the schedule of one endpoint is going to do, and why."""

from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.errors import RequestError
from lowtide.domain.schedule import explain, lead_time, parse_instant
from lowtide.workflows.control.explain import as_answer
from lowtide.workflows.control.preview import LONGEST, lead_time_as_json, preview
from lowtide.workflows.control.requests import ExplainRequest, PreviewRequest
from lowtide.workflows.services import Services

_DEFAULT_SPAN = timedelta(days=7)
_NO_OVERRIDE = "none"
_OF_THE_PAST = "not known for the past; `status` has the history"


def preview_now(
    request: PreviewRequest, managed: ManagedEndpoint, services: Services, now: datetime
) -> dict[str, Any]:
    start = _instant("from", request.from_, managed) or now
    end = _instant("to", request.to, managed) or start + _DEFAULT_SPAN
    if start >= end:
        msg = f"to: {request.to!r} is not after from, {start.isoformat()}"
        raise RequestError(msg)
    if end - start > LONGEST:
        msg = f"to: more than {LONGEST.days} days after from; `lowtide preview` shows years"
        raise RequestError(msg)
    creations = services.store.load(managed.name).record.creations
    lead = lead_time(managed.ready, creations, services.lead, managed.warm_up)
    return preview(managed, start, end, lead.length) | {"lead_time": lead_time_as_json(lead)}


def explain_now(
    request: ExplainRequest, managed: ManagedEndpoint, services: Services, now: datetime
) -> dict[str, Any]:
    """The table holds the present override only, so an instant in the past is explained without."""
    at = _instant("at", request.at, managed) or now
    stored = services.store.load(managed.name)
    lead = lead_time(managed.ready, stored.record.creations, services.lead, managed.warm_up)
    override, without = (None, _OF_THE_PAST) if at < now else (stored.override, _NO_OVERRIDE)
    explanation = explain(managed.schedule, at, lead.length, override)
    paused = stored.paused_at(now)
    return as_answer(managed.name, explanation, without) | {
        "lead_time": lead_time_as_json(lead),
        "paused": paused.describe(managed.schedule.timezone) if paused else None,
    }


def _instant(key: str, text: str | None, managed: ManagedEndpoint) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text, managed.schedule.timezone)
    except ValueError as error:
        msg = f"{key}: {error}"
        raise RequestError(msg) from error
