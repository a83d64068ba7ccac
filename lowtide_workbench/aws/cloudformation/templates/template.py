"""A template: what its text declares, and what a deployment makes of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Any

import yaml
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

from lowtide_workbench.aws.cloudformation.resource_types import TYPES
from lowtide_workbench.aws.cloudformation.templates.schemas import schema
from lowtide_workbench.aws.cloudformation.templates.transform import SERVERLESS, transformed
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal, invalid_request

type Document = Mapping[str, Any]

_IAM_TYPES = ("Role", "Policy", "ManagedPolicy", "User", "Group", "InstanceProfile", "AccessKey")
_IAM_NAMES = frozenset({"RoleName", "UserName", "ManagedPolicyName", "GroupName"})


@dataclass(frozen=True, slots=True)
class Template:
    """`text` as it was given; sections are those of the text, before a transform."""

    text: str

    @property
    def document(self) -> Document:
        """Shared: not to be changed."""
        return _read(self.text)

    @property
    def parameters(self) -> Mapping[str, Document]:
        declared: Mapping[str, Document] = self.document.get("Parameters", {})
        return declared

    @property
    def transforms(self) -> Sequence[str]:
        named = self.document.get("Transform", [])
        return [named] if isinstance(named, str) else named

    def processed(self, values: Mapping[str, str]) -> Document:
        """The document after its transform; raises TransformError."""
        if unknown := set(self.transforms) - {SERVERLESS}:
            raise NotPlayed(f"The embedded AWS does not play the transforms {sorted(unknown)}.")
        return transformed(self.document, values) if self.transforms else self.document


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource whose condition is met; `symbolic` has markers for references to resources."""

    logical_id: str
    kind: str
    properties: Document
    symbolic: Document
    dependencies: frozenset[str]
    deletion_policy: str
    replace_policy: str
    metadata: Document


@lru_cache(maxsize=64)
def _read(text: str) -> Document:
    try:
        document = json.loads(text)
    except ValueError:
        document = _read_yaml(text)
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise format_error("At least one Resources member must be defined.")
    return document


def _read_yaml(text: str) -> Any:
    """Through JSON: CloudFormation has no dates, and YAML reads 2012-10-17 as one."""
    try:
        return json.loads(json.dumps(yaml_parse(text), default=str))
    except (yaml.YAMLError, ValueError) as error:
        raise format_error(f"YAML not well-formed. ({error})") from None


def check_types(document: Document) -> None:
    """Refuses resource types that AWS does not have, and those that are not played, by name."""
    kinds = {resource.get("Type", "") for resource in document["Resources"].values()}
    if unknown := sorted(kind for kind in kinds if schema(kind) is None):
        raise format_error(f"Unrecognized resource types: [{', '.join(unknown)}]")
    if others := sorted(kinds - TYPES.keys()):
        raise NotPlayed(f"The embedded AWS does not play the resource types [{', '.join(others)}].")


def tag_property(kind: str) -> str | None:
    """The property that takes the tags of the stack; None where none does."""
    known = schema(kind)
    tags = known.tags if known else None
    return tags if tags in TYPES[kind].played else None


def check_properties(resource: Declared) -> None:
    """Refuses properties that AWS has and that are not played, rather than leave them out."""
    known, played = schema(resource.kind), TYPES[resource.kind].played
    names = resource.symbolic.keys() & known.properties if known else set()
    if others := sorted(names - played):
        raise NotPlayed(
            f"The embedded AWS does not play the properties [{', '.join(others)}] of "
            f"{resource.kind} ({resource.logical_id})."
        )


def waves(resources: Mapping[str, Declared]) -> Iterator[Sequence[str]]:
    """The logical ids in the order of their dependencies: those of a wave go side by side."""
    sorter = TopologicalSorter(
        {logical_id: each.dependencies for logical_id, each in resources.items()}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        names = ", ".join(sorted(set(error.args[1])))
        raise invalid_request(f"Circular dependency between resources: [{names}]") from None
    while sorter.is_active():
        ready = sorter.get_ready()
        yield [name for name in resources if name in ready]  # in the template's order
        sorter.done(*ready)


def capabilities(document: Document) -> Sequence[str]:
    """What the caller must acknowledge: IAM resources, or such with names of their own."""
    kinds = {f"AWS::IAM::{name}" for name in _IAM_TYPES}
    of_iam = [each for each in document["Resources"].values() if each.get("Type") in kinds]
    if any(_IAM_NAMES & each.get("Properties", {}).keys() for each in of_iam):
        return ["CAPABILITY_NAMED_IAM"]
    return ["CAPABILITY_IAM"] if of_iam else []


def format_error(message: str) -> Refusal:
    return invalid_request(f"Template format error: {message}")
