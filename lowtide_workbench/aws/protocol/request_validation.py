"""Validates requests against botocore's model of the service, with AWS's messages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from botocore.loaders import create_loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from lowtide_workbench.aws.protocol.refusal import Refusal, invalid

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
}
_TOO_LARGE = {"integer": 2**31, "long": 2**63}


@cache
def service_model(service: str) -> ServiceModel:
    return ServiceModel(create_loader().load_service_model(service, "service-2"), service)


def check(service: str, operation: str, request: Mapping[str, Any]) -> None:
    model = service_model(service)
    if operation not in model.operation_names:  # newer than the installed botocore
        return
    shape = model.operation_model(operation).input_shape
    errors = list(problems(shape, request)) if shape is not None else []
    if errors:
        count = f"{len(errors)} validation error{'s' * (len(errors) > 1)} detected"
        raise invalid(f"{count}: {'; '.join(errors)}")


def problems(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    expected = _TYPES.get(shape.type_name)
    unexpected_boolean = isinstance(value, bool) and shape.type_name != "boolean"
    if expected and (not isinstance(value, expected) or unexpected_boolean):
        raise Refusal("SerializationException", _unreadable(shape, value))
    too_large = _TOO_LARGE.get(shape.type_name)
    if too_large is not None and not -too_large <= value < too_large:
        raise Refusal("SerializationException", _unreadable(shape, value))
    if failed := list(_constraints(shape, value)):
        where = f"Value '{_shown(value)}' at '{path}' failed to satisfy constraint"
        yield from (f"{where}: Member must {constraint}" for constraint in failed)
    for child, inner, place in _children(shape, value, path):
        if inner is None:
            failure = "failed to satisfy constraint: Member must not be null"
            yield f"Value null at '{place}' {failure}"
        else:
            yield from problems(child, inner, place)


def _unreadable(shape: Shape, value: Any) -> str:
    """The message of AWS's JSON reader."""
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if isinstance(value, list):
        return "Start of list found where not expected"
    kinds = {bool: f"{value}_VALUE".upper(), str: "STRING_VALUE"}
    article = "an" if shape.type_name == "integer" else "a"
    kind = kinds.get(type(value), "NUMBER_VALUE")
    return f"{kind} can not be converted to {article} {shape.type_name.capitalize()}"


def _children(shape: Shape, value: Any, path: str) -> Iterator[tuple[Shape, Any, str]]:
    """Shape, value and path of the given members; required ones that are missing have None."""
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if value.get(name) is not None or name in shape.required_members:
                yield member, value.get(name), f"{path}.{name[0].lower()}{name[1:]}".lstrip(".")
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value, start=1):
            yield shape.member, item, f"{path}.{number}.member"
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield shape.value, item, f"{path}.{key}.member"


def _constraints(shape: Shape, value: Any) -> Iterator[str]:
    limits = shape.metadata
    what = "have value" if shape.type_name in ("integer", "long", "float", "double") else None
    size = value if what else len(value) if isinstance(value, str | Sequence) else None
    what = what or "have length"
    if size is not None and size < limits.get("min", size):
        yield f"{what} greater than or equal to {limits['min']}"
    if size is not None and size > limits.get("max", size):
        yield f"{what} less than or equal to {limits['max']}"
    if shape.type_name == "string":
        yield from _text_constraints(limits, value)


def _text_constraints(limits: Mapping[str, Any], value: str) -> Iterator[str]:
    pattern = _compiled(limits.get("pattern", "(?s).*"))
    if pattern is not None and not pattern.fullmatch(value):
        yield f"satisfy regular expression pattern: {pattern.pattern}"
    if "enum" in limits and value not in limits["enum"]:
        yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """None for what only Java has: classes such as \\p{L}, ranges of surrogates."""
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _shown(value: Any) -> str:
    if isinstance(value, list):
        plain = all(isinstance(item, str | int | float) for item in value)
        return f"[{', '.join(map(str, value))}]" if plain else "[...]"
    return str(value)
