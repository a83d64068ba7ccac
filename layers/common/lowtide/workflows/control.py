"""The door for people and workloads: wishes in, what is going on out. It changes no endpoint."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic import ValidationError as PydanticError

from lowtide.domain import overrides
from lowtide.domain.durations import parse_duration
from lowtide.domain.endpoints import Managed
from lowtide.domain.errors import RequestError
from lowtide.domain.overrides import Override
from lowtide.validation import describe
from lowtide.workflows.status import status, status_of_all
from lowtide.workflows.world import World

_LONGEST_OVERRIDE = timedelta(days=30)
_ACTIONS = ("wake", "sleep", "auto", "pause", "resume", "status")


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Override(_Request):
    endpoint: str
    until: AwareDatetime | None = None
    for_: Annotated[timedelta | None, BeforeValidator(parse_duration), Field(alias="for")] = None
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


class Wake(_Override):
    action: Literal["wake"]


class Sleep(_Override):
    action: Literal["sleep"]


class Auto(_Request):
    action: Literal["auto"]
    endpoint: str


class Pause(_Request):
    action: Literal["pause"]
    endpoint: str
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


class Resume(_Request):
    action: Literal["resume"]
    endpoint: str


class Status(_Request):
    action: Literal["status"]
    endpoint: str | None = None


type Request = Annotated[
    Wake | Sleep | Auto | Pause | Resume | Status, Field(discriminator="action")
]
_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


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
    match _parse(event):
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
            if request.endpoint:
                return status(door.find(request.endpoint), door.world, now)
            return status_of_all(door.managed, door.world, now)


def _replaced(before: Override | None, managed: Managed, now: datetime) -> dict[str, Any]:
    """Somebody else's wish that ended with this one: they would want to know."""
    if before is None or before.until <= now:
        return {}
    return {"replaced": before.reason_until(managed.schedule.timezone)}


def _parse(event: object) -> Request:
    try:
        return _REQUEST.validate_python(event)
    except PydanticError as error:
        raise RequestError(
            "; ".join(str(fault) for fault in describe(error, tags=_ACTIONS))
        ) from error


def _override(request: Wake | Sleep, now: datetime) -> Override:
    if (request.until is None) == (request.for_ is None):
        msg = "until, for: give exactly one, for example for: 2h or until: 2026-12-24T20:00-05:00"
        raise RequestError(msg)
    until = request.until or now + (request.for_ or timedelta())
    if not now < until <= now + _LONGEST_OVERRIDE:
        msg = f"until: {until.isoformat()} is not within {_LONGEST_OVERRIDE.days} days from now"
        raise RequestError(msg)
    return Override(isinstance(request, Wake), until, request.reason, request.by)
