"""Attributes of the table's items, each checked as it is read.

The table may hold anything: what is not as Lowtide writes it is an error of that item. A model's
fields have the names of the domain; aliases are those of the table.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StrictStr,
    ValidationError,
)

from lowtide.domain.errors import StoredDataError
from lowtide.domain.wording import shortened
from lowtide.validation import describe

_YEARS = range(2000, 2200)  # so that no sum with a duration leaves the calendar
_LONGEST_S = 10**9
_MOST_SHOWN = 3
LONGEST_WORDS = 500


class Attributes(BaseModel):
    """Those of one item, or of a mapping in it. Attributes that it does not name are ignored: a
    later release may have written them."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, validate_by_alias=True)

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> Self:
        """Raises StoredDataError, which names the item and all that is wrong with it."""
        try:
            return cls.model_validate(item)
        except ValidationError as error:
            raise damaged(item, error) from error

    @classmethod
    def of(cls, known: object) -> dict[str, Any]:
        """Returns the attributes that `known`, of the domain, is stored as."""
        fields = {name: getattr(known, name) for name in cls.model_fields}
        return cls.model_construct(**fields).model_dump(by_alias=True)


def damaged(item: Mapping[str, Any], error: ValidationError | str) -> StoredDataError:
    """Returns the error about an item; of the errors in it, the first few."""
    why = error if isinstance(error, str) else "; ".join(map(str, describe(error)[:_MOST_SHOWN]))
    return StoredDataError(f"{item['item']} of {item['endpoint']} in the table is damaged: {why}")


def _instant(value: object) -> datetime:
    with suppress(TypeError, ValueError):
        instant = datetime.fromisoformat(cast("str", value))
        if instant.tzinfo is not None and instant.year in _YEARS:
            return instant
    raise ValueError("not an instant such as 2026-11-23T12:00:00+00:00")


def _number(value: object) -> object:
    """DynamoDB has one type of number: boto3 reads it as Decimal, and a bool is none."""
    if not isinstance(value, Decimal):
        raise ValueError("not a number")
    return value


def _duration(value: object) -> timedelta:
    seconds = float(str(_number(value)))
    if abs(seconds) > _LONGEST_S:
        raise ValueError("not a duration in seconds")
    return timedelta(seconds=seconds)


def _bounded(words: str) -> str:
    """A request has at most that many characters; an item that was written by hand could have
    400,000, which every entry, log and answer would repeat."""
    return shortened(words, LONGEST_WORDS)


def to_decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))


type Instant = Annotated[
    datetime, PlainValidator(_instant), PlainSerializer(datetime.isoformat, return_type=str)
]
type Duration = Annotated[
    timedelta,
    PlainValidator(_duration),
    PlainSerializer(lambda lasted: to_decimal(lasted.total_seconds())),
]
type Amount = Annotated[
    float,
    BeforeValidator(_number),
    Field(allow_inf_nan=False, ge=-1e12, le=1e12),
    PlainSerializer(to_decimal),
]
type Whole = Annotated[int, BeforeValidator(_number), Field(ge=0, le=10**6)]
type Text = StrictStr
type Words = Annotated[StrictStr, AfterValidator(_bounded)]
