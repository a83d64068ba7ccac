"""What people and workloads may ask of the control function."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic import ValidationError as PydanticError

from lowtide.domain.duration import parse_duration
from lowtide.domain.errors import RequestError
from lowtide.validation import describe

_ACTIONS = ("wake", "sleep", "auto", "pause", "resume", "status", "preview", "explain")


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _OverrideRequest(_Request):
    endpoint: str
    until: AwareDatetime | None = None
    for_: Annotated[timedelta | None, BeforeValidator(parse_duration), Field(alias="for")] = None
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


class WakeRequest(_OverrideRequest):
    action: Literal["wake"]


class SleepRequest(_OverrideRequest):
    action: Literal["sleep"]


class AutoRequest(_Request):
    action: Literal["auto"]
    endpoint: str


class PauseRequest(_Request):
    action: Literal["pause"]
    endpoint: str
    reason: str = Field(min_length=1)
    by: str = Field(min_length=1)


class ResumeRequest(_Request):
    action: Literal["resume"]
    endpoint: str


class StatusRequest(_Request):
    action: Literal["status"]
    endpoint: str | None = None


class PreviewRequest(_Request):
    """Without an offset, instants are on the clock of the endpoint's schedule."""

    action: Literal["preview"]
    endpoint: str
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None


class ExplainRequest(_Request):
    action: Literal["explain"]
    endpoint: str
    at: str | None = None


type Request = Annotated[
    WakeRequest
    | SleepRequest
    | AutoRequest
    | PauseRequest
    | ResumeRequest
    | StatusRequest
    | PreviewRequest
    | ExplainRequest,
    Field(discriminator="action"),
]
_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


def parse(event: object) -> Request:
    """Raises RequestError with everything that is wrong with it."""
    try:
        return _REQUEST.validate_python(event)
    except PydanticError as error:
        raise RequestError(
            "; ".join(str(field_error) for field_error in describe(error, tags=_ACTIONS))
        ) from error
