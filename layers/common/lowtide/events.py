"""What the scheduler and the publisher read from their events."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)

from lowtide.domain.endpoint import valid_name
from lowtide.domain.errors import RequestError
from lowtide.domain.sharding import Shard
from lowtide.validation import describe

_OLDEST = timedelta(minutes=5)


def _instant(value: object) -> datetime:
    with suppress(TypeError, ValueError):
        instant = datetime.fromisoformat(cast("str", value))
        if instant.tzinfo is not None:
            return instant
    raise ValueError("not an instant such as 2026-11-23T12:00:00Z")


class _Detail(BaseModel):
    name: Annotated[str, AfterValidator(valid_name)] = Field("", alias="EndpointName")


class Event(BaseModel):
    """EventBridge's, of a minute or of a change of an endpoint. What else it has is ignored."""

    model_config = ConfigDict(frozen=True)

    time: Annotated[datetime | None, PlainValidator(_instant)] = None
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{0,100}$")] = ""
    detail: _Detail = _Detail.model_construct()
    shard: Annotated[int, Field(strict=True, ge=0)] = 0
    shards: Annotated[int, Field(strict=True, ge=1)] = 1

    @model_validator(mode="after")
    def _counts_from_0(self) -> Self:
        if self.shard >= self.shards:
            raise ValueError(f"shard {self.shard} of {self.shards}: they are counted from 0")
        return self

    @property
    def endpoint(self) -> str | None:
        """The endpoint of a change of state; None in the event of a minute."""
        return self.detail.name or None

    @property
    def part(self) -> Shard:
        """The shard of endpoints that the event is about; all endpoints if it names none."""
        return Shard(self.shard, self.shards)

    def now(self, clock: datetime) -> datetime:
        """The event's `time`, so that a retry decides like the first try. `clock` where there is
        none, or where it is minutes off: acting on an old minute could delete an endpoint that is
        needed now."""
        return self.time if self.time and abs(clock - self.time) <= _OLDEST else clock

    def cause(self, now: datetime) -> str:
        """The event's id, so that a second delivery of the event does not queue a second step."""
        return self.id or f"{now:%Y%m%dT%H%M%S}"


def parse(event: object) -> Event:
    """Raises RequestError with everything that is wrong with it."""
    try:
        return Event.model_validate(event)
    except ValidationError as error:
        raise RequestError("; ".join(map(str, describe(error)))) from error
