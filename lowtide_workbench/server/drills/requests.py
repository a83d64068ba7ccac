"""What a drill may be, validated against botocore's model of AWS."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Annotated, Literal

from botocore.loaders import create_loader
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from lowtide.domain.duration import parse_duration
from lowtide.validation import closest, describe
from lowtide_workbench.aws.protocol.request_validation import service_model

ALL = "*"
_SHORTEST, _LONGEST = timedelta(seconds=10), timedelta(days=31)
_MOST_INSTANCES = 10_000


def _known(word: str, valid: Collection[str], what: str) -> str:
    if word in valid:
        return word
    guess = closest(word, valid)
    hint = f"did you mean {guess!r}?" if guess else "none is like it"
    raise ValueError(f"botocore knows no such {what}; {hint}")


def _instance_type(word: str) -> str:
    types = service_model("sagemaker").shape_for("ProductionVariantInstanceType")
    return _known(word, types.metadata["enum"], "instance type of SageMaker")


@cache
def _services() -> frozenset[str]:
    return frozenset(create_loader().list_available_services("service-2"))


def _service(word: str) -> str:
    return _known(word, _services(), "service")


def _duration(value: object) -> timedelta:
    duration = parse_duration(value)
    if not _SHORTEST <= duration <= _LONGEST:
        raise ValueError("must be at least 10s and at most 31d")
    return duration


type _Function = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class _Drill(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    lasts: Annotated[timedelta, BeforeValidator(_duration)] | None = Field(None, alias="for")


class Ice(_Drill):
    """No capacity of an instance type (InsufficientInstanceCapacity, ICE)."""

    kind: Literal["ice"]
    type: Annotated[str, AfterValidator(_instance_type)]

    @property
    def text(self) -> str:
        return f"no capacity for {self.type}"


class Quota(_Drill):
    """Another limit of the account for an instance type."""

    kind: Literal["quota"]
    type: Annotated[str, AfterValidator(_instance_type)]
    limit: Annotated[int, Field(ge=0, le=_MOST_INSTANCES)]

    @property
    def text(self) -> str:
        return f"the quota of {self.type} is {self.limit}"


class Calls(_Drill):
    """Calls of a service that are throttled or denied; of every caller without `function`."""

    kind: Literal["throttle", "deny"]
    service: Annotated[str, AfterValidator(_service)]
    operation: str = ALL
    function: _Function | None = None

    @field_validator("operation")
    @classmethod
    def _operation_exists(cls, word: str, info: ValidationInfo) -> str:
        service = info.data.get("service")
        if service is None or word == ALL:  # a wrong service has an error of its own
            return word
        return _known(word, service_model(service).operation_names, f"operation of {service}")

    @property
    def text(self) -> str:
        what = "all calls" if self.operation == ALL else self.operation
        done = {"throttle": "throttled", "deny": "denied"}[self.kind]
        by = f" for {self.function}" if self.function else ""
        return f"{self.service} {what} {done}{by}"


class Crash(_Drill):
    """A function ends at its first call of AWS, as if it had run out of memory."""

    kind: Literal["crash"]
    function: _Function

    @property
    def text(self) -> str:
        return f"{self.function} crashes"


type Request = Ice | Quota | Calls | Crash

_KINDS: Mapping[str, type[_Drill]] = {
    "ice": Ice,
    "quota": Quota,
    "throttle": Calls,
    "deny": Calls,
    "crash": Crash,
}
_ANY: TypeAdapter[Request] = TypeAdapter(
    Annotated[Ice | Quota | Calls | Crash, Field(discriminator="kind")]
)


def read(body: bytes) -> Request:
    """The drill that a body in JSON asks for; raises ValueError with every error in it."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError('the body is not JSON; expected for example {"kind": "ice"}') from None
    try:
        return _ANY.validate_python(document)
    except ValidationError as error:
        errors = describe(error, tags=_KINDS, keys={"": _keys(document)})
        raise ValueError("; ".join(map(str, errors))) from None


def _keys(document: object) -> Sequence[str]:
    """The valid keys of a drill of this kind."""
    kind = _KINDS.get(str(document.get("kind"))) if isinstance(document, dict) else None
    return [field.alias or name for name, field in kind.model_fields.items()] if kind else []
