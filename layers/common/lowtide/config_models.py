"""The shape of the file people write; every refusal says what would be valid."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from lowtide.domain import cron
from lowtide.domain.durations import parse_duration
from lowtide.validation import nearest


def _zone(value: object) -> ZoneInfo:
    zones = available_timezones()
    if not isinstance(value, str) or value not in zones:
        regions = {zone for zone in zones if "/" in zone}
        hint = nearest(value, regions)
        suggestion = hint if hint.startswith("did") else "write for example America/New_York or UTC"
        msg = f"not an IANA time zone; {suggestion}"
        raise ValueError(msg)
    return ZoneInfo(value)


def _cron(value: object) -> cron.Cron:
    if not isinstance(value, str):
        msg = "not text; write a cron expression in quotes, for example '0 8 * * MON-FRI'"
        raise ValueError(msg)
    return cron.parse(value)


Timezone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Cron = Annotated[cron.Cron, BeforeValidator(_cron)]
Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Streams = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]

UsdPerHour = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class WindowEntry(Entry):
    start: Cron
    stop: Cron

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.start == self.stop:
            msg = "start and stop are the same; for an endpoint that never sleeps use `always`"
            raise ValueError(msg)
        return self


class ScheduleEntry(Entry):
    windows: list[WindowEntry] = Field(min_length=1)
    timezone: Timezone | None = None


class DrainEntry(Entry):
    deadline: Duration = timedelta(minutes=35)
    then: Literal["delete", "stay"] = "delete"


class ScalingEntry(Entry):
    capacity: dict[str, Streams] = Field(min_length=1)
    reference: str | None = None

    @model_validator(mode="after")
    def _reference_has_a_capacity(self) -> Self:
        if self.reference is not None and self.reference not in self.capacity:
            valid = ", ".join(self.capacity)
            msg = f"reference {self.reference!r} has no capacity; valid are {valid}"
            raise ValueError(msg)
        return self


def _endpoint_name(value: str) -> str:
    if not re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", value):
        msg = "not an endpoint name: up to 63 letters, digits and hyphens between them"
        raise ValueError(msg)
    return value


def _form(value: Any) -> str:
    return "<name>" if isinstance(value, str) else "<inline>"


class EndpointEntry(Entry):
    name: Annotated[str, AfterValidator(_endpoint_name)]
    schedule: Annotated[
        Annotated[str, Tag("<name>")] | Annotated[ScheduleEntry, Tag("<inline>")],
        Discriminator(_form),
    ]
    config: str | None = None
    drain: DrainEntry = DrainEntry()
    scaling: ScalingEntry | None = None


class FileTop(Entry):
    """The entries themselves are validated one by one, so that one fault hides no other."""

    timezone: Timezone | None = None
    schedules: dict[str, Any] = {}
    endpoints: list[Any] = []
    prices: dict[str, UsdPerHour] = {}


TAGS = ("<name>", "<inline>")
KEYS = sorted(
    {
        key
        for model in (WindowEntry, ScheduleEntry, DrainEntry, ScalingEntry, EndpointEntry)
        for key in model.model_fields
    }
)
