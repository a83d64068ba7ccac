"""The shape of the file people write. The descriptions are what an editor shows."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from lowtide.config_schedules import (
    CLOSED_FORMS,
    DatesEntry,
    HolidaysEntry,
    Rules,
    ScheduleEntry,
    SpanEntry,
    WindowEntry,
)
from lowtide.config_values import (
    GIVEN,
    Count,
    Duration,
    Entry,
    Name,
    Share,
    Streams,
    Timezone,
    UsdPerHour,
)

ALWAYS = "always"
_UNAPPLIED = {"min", "max", "target", "cooldown"}
MOST_ENTRIES = 1_000  # endpoints, and schedules: an alias of YAML makes one of four characters
_NAME, _INLINE, _LIST = _FORMS = ("<name>", "<inline>", "<list>")


class DrainEntry(Entry):
    """How open streams hold a delete off."""

    deadline: Duration = Field(
        default=timedelta(minutes=35), description="At most so long; 35m unless said."
    )
    then: Literal["delete", "stay"] = Field(
        default="delete",
        description="At the deadline: delete it, or stay until the last stream has ended.",
    )


class CooldownEntry(Entry):
    """How long scaling rests after a change in each direction."""

    out: Duration = Field(default=timedelta(seconds=60), description="60s unless said.")
    in_: Duration = Field(
        default=timedelta(seconds=300), alias="in", description="300s unless said."
    )


class ScalingEntry(Entry):
    """What the publisher needs to weigh a mixed fleet, and what scaling is meant to be."""

    capacity: dict[str, Streams] = Field(
        min_length=1,
        description="Most streams one instance of each type holds at acceptable latency.",
    )
    reference: Annotated[str | None, GIVEN] = Field(
        default=None,
        description="The type whose streams are the unit; otherwise the first of capacity.",
    )

    min: Annotated[Count | None, GIVEN] = Field(
        default=None, description="Fewest instances; not applied yet."
    )
    max: Annotated[Count | None, GIVEN] = Field(
        default=None, description="Most instances; not applied yet."
    )
    target: Annotated[Share | None, GIVEN] = Field(
        default=None,
        description="Share of the capacity to aim at, for example 0.75; not applied yet.",
    )
    cooldown: Annotated[CooldownEntry | None, GIVEN] = Field(
        default=None, description="Rests between changes; not applied yet."
    )

    @property
    def unapplied(self) -> tuple[str, ...]:
        """Keys that are checked, and acted on by nothing yet."""
        return tuple(sorted(self.model_fields_set & _UNAPPLIED))

    @model_validator(mode="after")
    def _range_in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            msg = f"min {self.min} is more than max {self.max}"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _reference_has_a_capacity(self) -> Self:
        if self.reference is not None and self.reference not in self.capacity:
            valid = ", ".join(self.capacity)
            msg = f"reference {self.reference!r} has no capacity; valid are {valid}"
            raise ValueError(msg)
        return self


def _schedule_form(value: Any) -> str:
    return _INLINE if isinstance(value, dict | BaseModel) else _NAME


def _config_form(value: Any) -> str:
    return _LIST if isinstance(value, list) else _NAME


class EndpointEntry(Rules):
    """An endpoint and when it is awake."""

    name: Name = Field(description="As in SageMaker.")
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
    delete_cloudformation_owned: bool = Field(
        default=False, strict=True, description="Delete it although a CloudFormation stack owns it."
    )
    drain: DrainEntry = DrainEntry()
    scaling: Annotated[ScalingEntry | None, GIVEN] = None

    @field_validator("config")
    @classmethod
    def _once_each(cls, value: str | list[str]) -> str | list[str]:
        names = Counter(name.lower() for name in value) if isinstance(value, list) else Counter()
        if twice := next((name for name, count in names.items() if count > 1), None):
            msg = f"{twice} stands twice; name each configuration once"
            raise ValueError(msg)
        return value


class FileTop(Entry):
    """The entries themselves are validated one by one, so that one fault hides no other."""

    timezone: Timezone = Field(
        default=None, description="IANA name; for every schedule that names none itself."
    )
    schedules: dict[str, Any] = Field(default={}, max_length=MOST_ENTRIES)
    endpoints: list[Any] = Field(default=[], max_length=MOST_ENTRIES)
    prices: dict[str, UsdPerHour] = Field(
        default={},
        description="USD an hour by instance type: what `status` says was saved by sleeping.",
    )


class File(FileTop):
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


TAGS = (*CLOSED_FORMS, *_FORMS)
KEYS: Mapping[str, tuple[str, ...]] = {
    "windows": _keys(WindowEntry),
    "closed": _keys(DatesEntry, HolidaysEntry),
    "open": _keys(SpanEntry),
    "schedule": _keys(ScheduleEntry),
    "drain": _keys(DrainEntry),
    "scaling": _keys(ScalingEntry),
    "cooldown": _keys(CooldownEntry),
}
SCHEDULE_KEYS = {**KEYS, "": _keys(ScheduleEntry)}
ENDPOINT_KEYS = {**KEYS, "": _keys(EndpointEntry)}
TOP_KEYS = {"": _keys(FileTop)}
