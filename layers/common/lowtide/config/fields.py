"""The words and numbers in the file: how each is written, for the parser and for editors."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from lowtide.config.dates import parse_date, parse_moment
from lowtide.config.timezones import known_zones, parse_zone
from lowtide.domain.duration import parse_duration
from lowtide.domain.endpoint import LONGEST_NAME, valid_name
from lowtide.domain.schedule import Cron as ParsedCron
from lowtide.domain.schedule import parse_cron

_INSTANCE_TYPE = re.compile(r"ml\.[a-z0-9-]+\.[a-z0-9-]+", re.ASCII)


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def _given(value: object) -> object:
    if value is None:
        msg = "blank; give a value or leave the key out"
        raise ValueError(msg)
    return value


def _cron(value: object) -> ParsedCron:
    if not isinstance(value, str):
        msg = "not text; write a cron expression in quotes, for example '0 8 * * MON-FRI'"
        raise ValueError(msg)
    return parse_cron(value)


def _instance_type(value: str) -> str:
    """Its form only: AWS adds types, and the list of all is slow to load."""
    if not _INSTANCE_TYPE.fullmatch(value):
        lower = value.strip().lower()
        guess = lower if lower.startswith("ml.") else f"ml.{lower}"
        meant = f"; did you mean {guess!r}?" if _INSTANCE_TYPE.fullmatch(guess) else ""
        msg = f"not an instance type of SageMaker, which look like ml.g6.2xlarge{meant}"
        raise ValueError(msg)
    return value


def text_schema(*, pattern: str, examples: list[str], **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": examples, **more})


GIVEN = BeforeValidator(_given)  # a key that may be left out may not be left blank
type Timezone = Annotated[
    ZoneInfo | None,
    BeforeValidator(parse_zone),
    WithJsonSchema({"type": "string", "enum": sorted(known_zones())}),
]
type Cron = Annotated[
    ParsedCron,
    BeforeValidator(_cron),
    text_schema(
        pattern=r"^(([^\s?()]+\s+){4}[^\s?()]+|cron\(\s*([^\s()]+\s+){5}[^\s()]+\s*\))$",
        examples=["0 8 * * MON-FRI", "cron(0 8 ? * MON-FRI *)"],
    ),
]
type LocalDate = Annotated[
    date,
    BeforeValidator(parse_date),
    text_schema(pattern=r"^(20\d\d|2100)-\d\d-\d\d$", examples=["2026-12-24"]),
]
type Moment = Annotated[
    datetime,
    BeforeValidator(parse_moment),
    text_schema(
        pattern=r"^(20\d\d|2100)-\d\d?-\d\d?[T ]\d?\d:\d\d(:00)?(Z|[+-]\d\d:\d\d)?$",
        examples=["2026-12-29T10:00", "2026-12-29T24:00", "2026-12-29T10:00-05:00"],
    ),
]
type Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    text_schema(
        pattern=r"^(\d{1,3}d)?(\d{1,4}h)?(\d{1,5}m)?(\d{1,6}s)?$",
        minLength=2,
        examples=["35m", "1h30m", "3d"],
    ),
]
type Name = Annotated[
    str,
    AfterValidator(valid_name),
    text_schema(
        pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9])*$",
        maxLength=LONGEST_NAME,
        examples=["my-deepgram-endpoint"],
    ),
]
type InstanceType = Annotated[
    str,
    AfterValidator(_instance_type),
    text_schema(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$", examples=["ml.g6.2xlarge"]),
]
Count = Annotated[int, Field(ge=1, strict=True)]
Share = Annotated[float, Field(ge=0.01, le=1, allow_inf_nan=False, strict=True)]
Streams = Annotated[float, Field(ge=0.1, le=1_000_000, allow_inf_nan=False, strict=True)]
UsdPerHour = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
