"""The door for people and workloads: wishes in, what is going on out. It changes no endpoint."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from lowtide.adapters.autoscaling.views import ScalingViews
from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.errors import RequestError
from lowtide.domain.schedule import override as overrides
from lowtide.domain.schedule.override import Override
from lowtide.workflows.control.requests import (
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
from lowtide.workflows.control.schedule_queries import see
from lowtide.workflows.control.status import status, status_of_all, status_with_scaling
from lowtide.workflows.services import Services

_LONGEST_OVERRIDE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Door:
    """What the file manages, the world it is in, and how its scaling is looked at."""

    managed: tuple[ManagedEndpoint, ...]
    services: Services
    views: ScalingViews
    errors: tuple[str, ...] = ()  # of the file: what they concern is not managed

    def find(self, name: str) -> ManagedEndpoint:
        for entry in self.managed:
            if entry.name == name:
                return entry
        known = ", ".join(entry.name for entry in self.managed) or "nothing"
        msg = f"endpoint: {name!r} is not managed here; the file lists {known}{self._and_faults()}"
        raise RequestError(msg)

    def _and_faults(self) -> str:
        return f"; left out for a fault: {'; '.join(self.errors)}" if self.errors else ""


def control(event: object, door: Door, now: datetime) -> dict[str, Any]:
    """Carries one request out; raises RequestError with everything that is wrong with it."""
    match parse(event):
        case Status() as request:
            if request.endpoint:
                managed = door.find(request.endpoint)
                return status_with_scaling(managed, door.services, door.views, now)
            return status_of_all(door.managed, door.errors, door.services, now)
        case Preview() | Explain() as request:
            return see(request, door.find(request.endpoint), door.services, now)
        case Wake() | Sleep() as request:
            managed = door.find(request.endpoint)
            override = _override(request, now)
            before = door.services.store.load(managed.name).override
            _save(managed.name, override, door.services.store, now)
            return status(managed, door.services, now) | _replaced(before, managed, now)
        case Auto() | Pause() | Resume() as request:
            managed = door.find(request.endpoint)
            _note(request, door.services.store, now)
            return status(managed, door.services, now)


def _save(endpoint: str, override: Override, store: Store, now: datetime) -> None:
    store.save_override(endpoint, override)
    if override.awake:
        store.save_asked(endpoint, now)


def _note(request: Auto | Pause | Resume, store: Store, now: datetime) -> None:
    match request:
        case Auto():
            _end_override(request.endpoint, store, now)
        case Pause():
            pause = overrides.Pause(now, request.reason, request.by)
            store.save_pause(request.endpoint, pause)
        case Resume():
            store.save_asked(request.endpoint, now)
            store.end_pause(request.endpoint, now)


def _end_override(endpoint: str, store: Store, now: datetime) -> None:
    """It stays in the table with its new end: after a wish to sleep, that tells when the endpoint
    is due. A wish that somebody saves meanwhile is the newer one, and stands."""
    override = store.load(endpoint).override
    if override is not None and now < override.until:
        store.replace_override(endpoint, override, replace(override, until=now))


def _replaced(before: Override | None, managed: ManagedEndpoint, now: datetime) -> dict[str, Any]:
    """Somebody else's wish that ended with this one: they would want to know."""
    if before is None or before.until <= now:
        return {}
    return {"replaced": before.describe(managed.schedule.timezone)}


def _override(request: Wake | Sleep, now: datetime) -> Override:
    if (request.until is None) == (request.for_ is None):
        msg = "until, for: give exactly one, for example for: 2h or until: 2026-12-24T20:00-05:00"
        raise RequestError(msg)
    until = request.until or now + (request.for_ or timedelta())
    if not now < until <= now + _LONGEST_OVERRIDE:
        msg = f"until: {until.isoformat()} is not within {_LONGEST_OVERRIDE.days} days from now"
        raise RequestError(msg)
    return Override(isinstance(request, Wake), until, request.reason, request.by)
