"""The schemas of the resource types, as CloudFormation publishes them and cfn-lint ships them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lowtide_workbench.aws.account import REGION

type Document = Mapping[str, Any]

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class ResourceSchema:
    def __init__(self, document: Document) -> None:
        self._document = document

    @property
    def properties(self) -> Set[str]:
        """The names of all properties that the type has."""
        names: Set[str] = self._document["properties"].keys()
        return names

    @cached_property
    def create_only(self) -> Sequence[Sequence[str]]:
        """The paths of the properties whose change replaces the resource."""
        return self._paths("createOnlyProperties")

    @cached_property
    def maybe_create_only(self) -> Sequence[Sequence[str]]:
        """The paths of the properties of which some changes replace the resource."""
        return self._paths("conditionalCreateOnlyProperties")

    @cached_property
    def tags(self) -> str | None:
        """The property that holds tags; None for a type without."""
        tagging = self._document.get("tagging", {})
        path = tagging.get("tagProperty", "/properties/Tags")
        return path.rpartition("/")[2] if tagging.get("taggable") else None

    def with_tags(self, properties: Document, tags: Mapping[str, str]) -> dict[str, Any]:
        """The properties with a stack's tags below the resource's own."""
        own = properties.get("Tags", [])
        keys = {tag["Key"] for tag in own}
        added = [{"Key": key, "Value": tags[key]} for key in tags if key not in keys]
        return {**properties, "Tags": [*own, *added]} if added else dict(properties)

    def coerced(self, properties: Document) -> dict[str, Any]:
        """The properties with numbers and booleans that are written as text, a parameter's."""
        return dict(self._coerce(self._document, properties))

    def problems(self, properties: Document) -> Iterator[str]:
        """What CloudFormation refuses before it makes the resource: required and unknown names."""
        yield from self._problems(self._document, properties, "#")

    def _paths(self, name: str) -> Sequence[Sequence[str]]:
        return [path.split("/")[2:] for path in self._document.get(name, ())]

    def _shape(self, shape: Document) -> Document:
        while "$ref" in shape:
            shape = self._document["definitions"][shape["$ref"].rpartition("/")[2]]
        return shape

    def _coerce(self, shape: Document, value: Any) -> Any:
        shape = self._shape(shape)
        if isinstance(value, dict):
            return {key: self._coerce(_member(shape, key), item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._coerce(shape.get("items", {}), item) for item in value]
        return _scalar(shape.get("type"), value)

    def _problems(self, shape: Document, value: Any, path: str) -> Iterator[str]:
        shape = self._shape(shape)
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._problems(shape.get("items", {}), item, f"{path}/{number}")
        if not isinstance(value, dict) or "properties" not in shape:
            return
        missing = [name for name in shape.get("required", ()) if name not in value]
        yield from (f"{path}: required key [{name}] not found" for name in missing)
        for name, item in value.items():
            if name in shape["properties"]:
                yield from self._problems(shape["properties"][name], item, f"{path}/{name}")
            elif shape.get("additionalProperties") is False:
                yield f"{path}: extraneous key [{name}] is not permitted"


@cache
def schema(kind: str) -> ResourceSchema | None:
    """The schema of a resource type; None for a type that CloudFormation does not have."""
    name = _names().get(kind)
    if name is None:
        return None
    return ResourceSchema(json.loads((_folder() / f"resources/{name}.json").read_text()))


@cache
def _names() -> Mapping[str, str]:
    """The names of the files, by resource type."""
    names: Mapping[str, str] = json.loads((_folder() / f"providers/{REGION}.json").read_text())
    return names


@cache
def _folder() -> Path:
    """Found without importing cfn-lint, which takes a second."""
    package = find_spec("cfnlint")
    if package is None or not package.submodule_search_locations:
        raise ImportError("CloudFormation's schemas come with cfn-lint, which is not installed")
    return Path(package.submodule_search_locations[0], "data/schemas")


def _member(shape: Document, name: str) -> Document:
    """The shape of a member, which may be known by a pattern only, as environment variables are."""
    known: Mapping[str, Document] = shape.get("properties", {})
    patterns: Iterable[Document] = shape.get("patternProperties", {}).values()
    return known.get(name) or next(iter(patterns), {})


def _scalar(kind: object, value: Any) -> Any:
    if isinstance(kind, list) and "string" in kind:
        kind = "string"  # the value of an environment variable may be written as a number
    if kind == "boolean" and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    if kind in ("integer", "number") and isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value) if kind == "integer" or "." not in value else float(value)
    if kind == "string" and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return value
