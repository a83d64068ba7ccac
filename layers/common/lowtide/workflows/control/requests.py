"""What people and workloads may ask of the control function."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
)
from pydantic import ValidationError as PydanticError

from lowtide.domain.duration import parse_duration
from lowtide.domain.endpoint import valid_name
from lowtide.domain.errors import RequestError
from lowtide.domain.wording import printable
from lowtide.validation import describe

_ACTIONS = (
    "wake", "sleep", "auto", "pause", "resume",
    "status", "preview", "explain", "floors", "savings",
)  # fmt: skip


_MOST_ERRORS = 10


def _one_line(text: str) -> str:
    """Other people's terminals, logs and pages show it: without ESC, without a second line."""
    if "\n" in text or printable(text) != text:
        raise ValueError("not printable text on one line")
    return text


type Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500),
    AfterValidator(_one_line),
]
type Name = Annotated[str, AfterValidator(valid_name)]
type Instant = Annotated[str, StringConstraints(max_length=50)]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TimedRequest(_Request):
    """Asked for by a person or a workload, until an instant or for a time from now."""

    endpoint: Name
    until: AwareDatetime | None = None
    for_: Annotated[timedelta | None, BeforeValidator(parse_duration), Field(alias="for")] = None
    reason: Words
    by: Words


class WakeRequest(TimedRequest):
    action: Literal["wake"]


class SleepRequest(TimedRequest):
    action: Literal["sleep"]


class AutoRequest(_Request):
    action: Literal["auto"]
    endpoint: Name


class PauseRequest(TimedRequest):
    """Without an end it holds until `resume`."""

    action: Literal["pause"]


class ResumeRequest(_Request):
    action: Literal["resume"]
    endpoint: Name


class StatusRequest(_Request):
    action: Literal["status"]
    endpoint: Name | None = None


class PreviewRequest(_Request):
    """Without an offset, instants are on the clock of the endpoint's schedule."""

    action: Literal["preview"]
    endpoint: Name
    from_: Instant | None = Field(default=None, alias="from")
    to: Instant | None = None


class ExplainRequest(_Request):
    action: Literal["explain"]
    endpoint: Name
    at: Instant | None = None


class FloorsRequest(_Request):
    action: Literal["floors"]
    endpoint: Name


class SavingsRequest(_Request):
    """Of every endpoint of the file, in a month such as 2030-01; by default in this one."""

    action: Literal["savings"]
    month: Instant | None = None


type Request = Annotated[
    WakeRequest
    | SleepRequest
    | AutoRequest
    | PauseRequest
    | ResumeRequest
    | StatusRequest
    | PreviewRequest
    | ExplainRequest
    | FloorsRequest
    | SavingsRequest,
    Field(discriminator="action"),
]
_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


def parse(event: object) -> Request:
    """Raises RequestError with everything that is wrong with it."""
    try:
        return _REQUEST.validate_python(event)
    except PydanticError as error:
        errors = describe(error, tags=_ACTIONS)[:_MOST_ERRORS]
        raise RequestError("; ".join(map(str, errors))) from error
