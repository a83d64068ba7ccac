"""Entries of the file whose keys must fit each other, which is checked beside other errors too."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Self, cast

from pydantic import (
    ModelWrapValidatorHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import InitErrorDetails

from lowtide.config.fields import Entry


class CrossChecked(Entry):
    @classmethod
    def conflicts(cls, valid: Mapping[str, Any], context: Any) -> Iterator[str]:
        """Yields what is wrong between fields. `valid` lacks the fields that have an error."""
        raise NotImplementedError

    @model_validator(mode="wrap")
    @classmethod
    def _check(
        cls, raw: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        try:
            entry = handler(raw)
        except ValidationError as error:
            details = [cast("InitErrorDetails", each) for each in error.errors(include_url=False)]
            valid = _valid_fields(
                cls, raw, {each["loc"][0] for each in details if each["loc"]}, info
            )
            raise _with_conflicts(cls, raw, details, valid, info) from None
        if any(cls.conflicts(dict(entry), info.context)):
            raise _with_conflicts(cls, raw, [], dict(entry), info)
        return entry


def _with_conflicts(
    model: type[CrossChecked],
    raw: Any,
    details: list[InitErrorDetails],
    valid: Mapping[str, Any],
    info: ValidationInfo,
) -> ValidationError:
    conflicts = [
        InitErrorDetails(type="value_error", loc=(), input=raw, ctx={"error": ValueError(message)})
        for message in model.conflicts(valid, info.context)
    ]
    return ValidationError.from_exception_data(model.__name__, details + conflicts)


def _valid_fields(
    model: type[CrossChecked], raw: Any, with_errors: set[Any], info: ValidationInfo
) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        return {}
    valid: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in raw and key not in with_errors:
            valid[name] = _adapter(model, name).validate_python(raw[key], context=info.context)
        elif key not in raw and not field.is_required():
            valid[name] = field.get_default()
    return valid


@cache
def _adapter(model: type[CrossChecked], name: str) -> TypeAdapter[Any]:
    """Returns what validates one field of the model by itself."""
    return TypeAdapter(model.model_fields[name].rebuild_annotation())
