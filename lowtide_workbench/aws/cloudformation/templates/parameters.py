"""The values of a template's parameters, held against their constraints."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from lowtide_workbench.aws.protocol.refusal import NotPlayed, invalid_request

type Document = Mapping[str, Any]

_LISTS = ("CommaDelimitedList", "List<")


def values(
    declared: Mapping[str, Document],
    given: Sequence[Document],
    previous: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The text of every parameter: given, of the previous deployment, or the default.

    `given` is the Parameters of a request, `previous` the values of the stack that is updated.
    Raises ValidationError with CloudFormation's texts.
    """
    chosen = {name: str(each["Default"]) for name, each in declared.items() if "Default" in each}
    for each in given:
        name = each["ParameterKey"]
        if not each.get("UsePreviousValue"):
            chosen[name] = each.get("ParameterValue", "")
        elif name in (previous or {}):
            chosen[name] = (previous or {})[name]
    if unknown := [each["ParameterKey"] for each in given if each["ParameterKey"] not in declared]:
        raise invalid_request(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    if missing := [name for name in declared if name not in chosen]:
        raise invalid_request(f"Parameters: [{', '.join(missing)}] must have values")
    for name, declaration in declared.items():
        if failed := next(_failures(declaration, chosen[name]), None):
            raise invalid_request(_message(name, declaration, failed))
    return chosen


def typed(declaration: Document, value: str) -> Any:
    """What Ref gives: a list for the list types, otherwise the text."""
    if declaration.get("Type", "").startswith(_LISTS):
        return [item.strip() for item in value.split(",")]
    return value


def _failures(declaration: Document, value: str) -> Iterator[str]:
    if "Type" not in declaration:
        message = "Every Parameters object must contain a Type member."
        raise invalid_request(f"Template format error: {message}")
    kind = declaration["Type"]
    if kind.startswith("AWS::SSM::"):
        raise NotPlayed(f"The embedded AWS does not play parameters of the type {kind}.")
    is_list = kind.startswith(_LISTS)
    for item in typed(declaration, value) if is_list else [value]:
        if kind in ("Number", "List<Number>"):
            yield from _number_failures(declaration, item)
        yield from _text_failures(declaration, item)


def _number_failures(declaration: Document, value: str) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        yield "must be a number"
        return
    if number < float(declaration.get("MinValue", number)):
        yield f"must be a number not less than {declaration['MinValue']}"
    if number > float(declaration.get("MaxValue", number)):
        yield f"must be a number not greater than {declaration['MaxValue']}"


def _text_failures(declaration: Document, value: str) -> Iterator[str]:
    allowed = declaration.get("AllowedValues")
    if allowed is not None and value not in map(str, allowed) and not _is_equal(value, allowed):
        yield "must be one of AllowedValues"
    if len(value) < int(declaration.get("MinLength", 0)):
        yield f"must contain at least {declaration['MinLength']} characters"
    if len(value) > int(declaration.get("MaxLength", len(value))):
        yield f"must contain at most {declaration['MaxLength']} characters"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, value):
        yield f"must match pattern {pattern}"


def _is_equal(value: str, allowed: Sequence[object]) -> bool:
    """Whether it is one of the numbers, in another notation such as 1.0."""
    with suppress(ValueError, TypeError):
        return float(value) in allowed
    return False


def _message(name: str, declaration: Document, failed: str) -> str:
    if "ConstraintDescription" in declaration:
        return (
            f"Parameter {name} failed to satisfy constraint: {declaration['ConstraintDescription']}"
        )
    return f"Parameter '{name}' {failed}"
