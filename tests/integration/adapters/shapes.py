"""The members of botocore's input shapes, and a value for each: those of today and of tomorrow."""

import copy
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

type Path = tuple[str, ...]

_LATER = datetime(2027, 3, 1, tzinfo=UTC)


def leaves(shape: Shape, path: Path = ()) -> Iterator[Path]:
    """The paths of all members that have no members; a list is its item."""
    while isinstance(shape, ListShape):
        shape = shape.member
    if not isinstance(shape, StructureShape) or not shape.members:
        yield path
        return
    for name, member in shape.members.items():
        yield from leaves(member, (*path, name))


def with_leaf(document: Mapping[str, Any], shape: StructureShape, path: Path) -> dict[str, Any]:
    """`document` with a value at `path`, if it has none; what that requires is added."""
    whole = copy.deepcopy(dict(document))
    here: Any = whole
    at: Shape = shape
    for name in path:
        assert isinstance(at, StructureShape)
        at = at.members[name]
        if name not in here:
            here[name] = [{}] if _of_structures(at) else {} if _is_deep(at) else sample(at, name)
        here = here[name]
        while isinstance(at, ListShape):
            at, here = at.member, here[0]
        if isinstance(at, StructureShape):
            for required in at.required_members:
                here.setdefault(required, sample(at.members[required], required))
    return whole


def value_at(document: Any, path: Path) -> Any:
    """The values at a path, of all items of lists on the way; [] where nothing has it."""
    if isinstance(document, list):
        return [value for item in document for value in value_at(item, path)]
    if not path:
        return [document]
    if not isinstance(document, Mapping) or path[0] not in document:
        return []
    return value_at(document[path[0]], path[1:])


def depth(document: Any, path: Path) -> int:
    """How much of a path the document has; of a list, its first item."""
    if isinstance(document, list):
        return depth(document[0], path)
    if not path or not isinstance(document, Mapping) or path[0] not in document:
        return 0
    return 1 + depth(document[path[0]], path[1:])


def sample(shape: Shape, name: str) -> Any:
    match shape:
        case StructureShape():
            required = shape.required_members
            return {each: sample(shape.members[each], each) for each in required}
        case ListShape():
            return [sample(shape.member, name)]
        case MapShape():
            return {"key": "value"}
    least = shape.metadata.get("min")
    values: Mapping[str, Any] = {
        "string": (getattr(shape, "enum", None) or ["text"])[0],
        "boolean": True,
        "timestamp": _LATER,
        "double": 1.5,
        "float": 1.5,
    }
    return values.get(shape.type_name, least or 60)


def _of_structures(shape: Shape) -> bool:
    return isinstance(shape, ListShape) and isinstance(shape.member, StructureShape)


def _is_deep(shape: Shape) -> bool:
    return isinstance(shape, StructureShape)
