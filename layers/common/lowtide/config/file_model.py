"""The shape of the file people write. The descriptions are what an editor shows."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    Discriminator,
    Field,
    Tag,
    field_validator,
)

from lowtide.config.fields import (
    GIVEN,
    Duration,
    Entry,
    InstanceType,
    Name,
    Timezone,
    UsdPerHour,
)
from lowtide.config.floors_model import FLOOR_FORMS, FloorsEntry
from lowtide.config.scaling_model import CooldownEntry, MetricsEntry, ScalingEntry
from lowtide.config.schedule_model import (
    CLOSED_FORMS,
    DatesEntry,
    HolidaysEntry,
    Rules,
    ScheduleEntry,
    SpanEntry,
    WindowEntry,
)
from lowtide.domain.endpoint import Mode

ALWAYS = "always"
MOST_ENTRIES = 1_000  # endpoints, and schedules: an alias of YAML makes one of four characters
_LONGEST_WARM_UP = timedelta(hours=4)  # the longest lead time that the template allows, too
_NAME, _INLINE, _LIST = _FORMS = ("<name>", "<inline>", "<list>")


class DrainEntry(Entry):
    """How long open streams hold a delete off, and what follows."""

    deadline: Duration = Field(
        default=timedelta(minutes=35), description="At most this long; 35m by default."
    )
    then: Literal["delete", "stay"] = Field(
        default="delete",
        description="At the deadline: delete it, or stay until the last stream has ended.",
    )


def _schedule_form(value: Any) -> str:
    return _INLINE if isinstance(value, dict | BaseModel) else _NAME


def _config_form(value: Any) -> str:
    return _LIST if isinstance(value, list) else _NAME


class EndpointEntry(Rules):
    """An endpoint and when it is awake."""

    name: Name = Field(description="As in SageMaker.")
    mode: Mode | None = Field(
        default=None, description="observe: decide and report, change nothing. Default: the top's."
    )
    schedule: Annotated[
        Annotated[str, Tag(_NAME)] | Annotated[ScheduleEntry, Tag(_INLINE)],
        Discriminator(_schedule_form),
    ] = Field(description="The name of a schedule, `always`, or a schedule written here.")
    config: Annotated[
        Annotated[Name, Tag(_NAME)]
        | Annotated[
            list[Name], Field(min_length=1, json_schema_extra={"uniqueItems": True}), Tag(_LIST)
        ],
        Discriminator(_config_form),
    ] = Field(
        default_factory=list,
        description="The endpoint configuration to create, or several, tried in turn where "
        "capacity is short. Without it, the one that was in use.",
    )
    warm_up: Duration = Field(
        default=timedelta(0),
        description="How long its containers need after InService, at most 4h. Creation begins "
        "earlier by as much, where `ready` is at-start.",
    )
    delete_cloudformation_owned: bool = Field(
        default=False, strict=True, description="Delete it although a CloudFormation stack owns it."
    )
    drain: DrainEntry = DrainEntry()
    scaling: Annotated[ScalingEntry | None, GIVEN] = None

    @field_validator("warm_up")
    @classmethod
    def _not_too_long(cls, value: timedelta) -> timedelta:
        if value > _LONGEST_WARM_UP:
            msg = "is longer than 4h; measure how long its containers need after InService"
            raise ValueError(msg)
        return value

    @field_validator("config")
    @classmethod
    def _once_each(cls, value: str | list[str]) -> str | list[str]:
        names = Counter(name.lower() for name in value) if isinstance(value, list) else Counter()
        if twice := next((name for name, count in names.items() if count > 1), None):
            msg = f"{twice} is named twice; name each configuration once"
            raise ValueError(msg)
        return value


class FileTop(Entry):
    """The entries themselves are validated one by one, so that one error hides no other."""

    timezone: Timezone = Field(
        default=None, description="IANA name; for every schedule that names none itself."
    )
    mode: Mode = Field(
        default="manage", description="For every endpoint that has none itself; see there."
    )
    schedules: dict[str, Any] = Field(default={}, max_length=MOST_ENTRIES)
    endpoints: list[Any] = Field(default=[], max_length=MOST_ENTRIES)
    metrics: MetricsEntry = MetricsEntry()
    prices: dict[InstanceType, UsdPerHour] = Field(
        default={},
        description="USD an hour by instance type, for the savings that `status` reports.",
    )


class File(FileTop, defer_build=True):  # it is for the JSON Schema only
    """What Lowtide manages, and when it is awake."""

    schedules: dict[str, ScheduleEntry] = Field(
        default={},
        max_length=MOST_ENTRIES,
        description="Named schedules, which several endpoints may share.",
    )
    endpoints: list[EndpointEntry] = Field(
        default=[], max_length=MOST_ENTRIES, description="What is managed."
    )


def _keys(*models: type[BaseModel]) -> tuple[str, ...]:
    fields = [(name, field) for model in models for name, field in model.model_fields.items()]
    return tuple(dict.fromkeys(field.alias or name for name, field in fields))


TAGS = (*CLOSED_FORMS, *FLOOR_FORMS, *_FORMS)
KEYS: Mapping[str, tuple[str, ...]] = {
    "windows": _keys(WindowEntry),
    "closed": _keys(DatesEntry, HolidaysEntry),
    "open": _keys(SpanEntry),
    "schedule": _keys(ScheduleEntry),
    "drain": _keys(DrainEntry),
    "scaling": _keys(ScalingEntry),
    "metrics": _keys(MetricsEntry),
    "cooldown": _keys(CooldownEntry),
    "floors": _keys(FloorsEntry),
}
SCHEDULE_KEYS = {**KEYS, "": _keys(ScheduleEntry)}
ENDPOINT_KEYS = {**KEYS, "": _keys(EndpointEntry)}
TOP_KEYS = {**KEYS, "": _keys(FileTop)}
