"""Carries out the requests of people and workloads: writes overrides and pauses, reads state.

It changes no endpoint. The reconciler does, and reads what is written here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.errors import RequestError, StoredDataError
from lowtide.domain.schedule import Override, Pause
from lowtide.domain.wording import clock
from lowtide.workflows.control.floors_week import floors_week
from lowtide.workflows.control.requests import (
    AutoRequest,
    ExplainRequest,
    FloorsRequest,
    PauseRequest,
    PreviewRequest,
    Request,
    ResumeRequest,
    SavingsRequest,
    SleepRequest,
    StatusRequest,
    TimedRequest,
    WakeRequest,
)
from lowtide.workflows.control.savings import savings
from lowtide.workflows.control.schedule_queries import explain_now, preview_now
from lowtide.workflows.control.status import status, status_of_all, status_with_scaling
from lowtide.workflows.services import Services

_LONGEST_OVERRIDE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ControlContext:
    """The endpoints that the file manages, and the adapters that a request is carried out with."""

    managed: tuple[ManagedEndpoint, ...]
    services: Services
    views: ScalingViews
    errors: tuple[str, ...] = ()  # of the file; an entry that has one is not managed

    def find(self, name: str) -> ManagedEndpoint:
        """Raises RequestError where the file does not list `name`."""
        for entry in self.managed:
            if entry.name == name:
                return entry
        listed = ", ".join(entry.name for entry in self.managed) or "nothing"
        left_out = f"; left out for an error: {'; '.join(self.errors)}" if self.errors else ""
        msg = f"endpoint: {name!r} is not managed here; the file lists {listed}{left_out}"
        raise RequestError(msg)


def control(request: Request, context: ControlContext, now: datetime) -> dict[str, Any]:
    """Carries out one request and returns its answer; raises RequestError if it cannot be."""
    services = context.services
    if isinstance(request, SavingsRequest) or not request.endpoint:
        return _of_all(request, context, now)
    managed = context.find(request.endpoint)
    match request:
        case StatusRequest():
            return status_with_scaling(managed, services, context.views, now)
        case PreviewRequest():
            return preview_now(request, managed, services, now)
        case ExplainRequest():
            return explain_now(request, managed, services, now)
        case FloorsRequest():
            return floors_week(managed, services, now)
        case WakeRequest() | SleepRequest():
            return _save_override(request, managed, services, now)
        case AutoRequest() | PauseRequest() | ResumeRequest():
            replaced = _write(request, managed, services.store, now)
            return status(managed, services, now) | ({"replaced": replaced} if replaced else {})


def _of_all(request: Request, context: ControlContext, now: datetime) -> dict[str, Any]:
    if isinstance(request, SavingsRequest):
        month = request.month or f"{now:%Y-%m}"
        answer = savings(context.managed, month, context.services, now)
        return answer | {"errors": list(context.errors)}
    return status_of_all(context.managed, context.errors, context.services, now)


def _save_override(
    request: WakeRequest | SleepRequest, managed: ManagedEndpoint, services: Services, now: datetime
) -> dict[str, Any]:
    """Returns the status, with the override that was `replaced`: another person may count on it."""
    override, store = _override(request, managed, now), services.store
    replaced = _in_force(managed, store, now)
    if override.awake:
        store.save_asked(managed.name, now)
    store.save_override(managed.name, override)  # last: if a write fails, it is not in force
    return status(managed, services, now) | ({"replaced": replaced} if replaced else {})


def _in_force(managed: ManagedEndpoint, store: Store, now: datetime) -> str:
    """Returns the override in words, "" without one. A damaged one can still be
    replaced."""
    try:
        override = store.override(managed.name)
    except StoredDataError as error:
        return str(error)
    if override is None or override.until <= now:
        return ""
    return override.describe(managed.schedule.timezone)


def _write(
    request: AutoRequest | PauseRequest | ResumeRequest,
    managed: ManagedEndpoint,
    store: Store,
    now: datetime,
) -> str:
    """Returns the pause that was replaced, in words: it may have had a later end."""
    match request:
        case AutoRequest():
            _end_override(request.endpoint, store, now)
        case PauseRequest():
            ends = _end(request, managed, now) if request.until or request.for_ else None
            replaced = _pause_in_force(managed, store, now)
            store.save_pause(request.endpoint, Pause(now, request.reason, request.by, ends))
            return replaced
        case ResumeRequest():
            store.save_asked(request.endpoint, now)
            store.end_pause(request.endpoint, now)
    return ""


def _pause_in_force(managed: ManagedEndpoint, store: Store, now: datetime) -> str:
    """Returns the pause in words, "" without one. A damaged one can still be replaced."""
    try:
        paused = store.load(managed.name).paused_at(now)
    except StoredDataError as error:
        return str(error)
    return paused.describe(managed.schedule.timezone) if paused else ""


def _end_override(endpoint: str, store: Store, now: datetime) -> None:
    """Gives the override `now` as its end. It stays in the table, because after a `sleep` its end
    is when the endpoint is due; one that is saved meanwhile is newer, and stays as it is. A damaged
    one is replaced by one that is over.
    """
    try:
        override = store.override(endpoint)
    except StoredDataError as error:
        store.save_override(endpoint, Override(True, now, f"replaced by auto: {error}", "Lowtide"))
        return
    if override is not None and now < override.until:
        store.replace_override(endpoint, override, replace(override, until=now))


def _override(
    request: WakeRequest | SleepRequest, managed: ManagedEndpoint, now: datetime
) -> Override:
    until = _end(request, managed, now)
    return Override(isinstance(request, WakeRequest), until, request.reason, request.by)


def _end(request: TimedRequest, managed: ManagedEndpoint, now: datetime) -> datetime:
    if (request.until is None) == (request.for_ is None):
        msg = "until, for: give exactly one, for example for: 2h or until: 2026-12-24T20:00-05:00"
        raise RequestError(msg)
    until = request.until or now + (request.for_ or timedelta())
    if until <= now:
        at = clock(now, managed.schedule.timezone)
        raise RequestError(f"until: {until.isoformat()} is in the past: it is {at}")
    if until > now + _LONGEST_OVERRIDE:
        msg = f"until: {until.isoformat()} is more than {_LONGEST_OVERRIDE.days} days from now"
        raise RequestError(msg)
    return until
