"""What a resource type does for the engine, and what the types share."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3

from lowtide_workbench.aws.account import REGION

type Properties = Mapping[str, Any]


class ResourceError(Exception):
    """A resource failed; the message is the reason in its event."""


class ResourceType:
    """One resource type of CloudFormation; errors of boto3 are the failure of the resource.

    `set_by_create` names the properties that `create` sets: `update` is called after it for the
    others. None: it sets all. `played` names every property that is not refused.
    """

    played: frozenset[str]
    name_property = ""
    set_by_create: frozenset[str] | None = None

    def create(self, name: str, properties: Properties) -> str:
        """The physical id, which Ref gives; `name` is used where the template gives none."""
        raise NotImplementedError

    def exists(self, name: str) -> bool:
        """Whether there is one of this name, for services whose `create` changes that one."""
        del name
        return False

    def update(self, physical_id: str, new: Properties, old: Properties) -> None:
        raise NotImplementedError

    def delete(self, physical_id: str, properties: Properties) -> None:
        raise NotImplementedError

    def attributes(self, physical_id: str, properties: Properties) -> Mapping[str, str]:
        """What GetAtt gives."""
        del physical_id, properties
        return {}

    def must_replace(self, old: Properties, new: Properties) -> bool:
        """Whether a change replaces the resource that its schema does not tell of."""
        del old, new
        return False


@cache
def client(service: str) -> Any:
    """One client for each service: making one takes longer than most calls."""
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


def differs(name: str, new: Properties, old: Properties) -> bool:
    return bool(new.get(name) != old.get(name))


def tag_map(properties: Properties) -> dict[str, str]:
    """The tags by key; CloudFormation lists them."""
    return {tag["Key"]: str(tag["Value"]) for tag in properties.get("Tags", ())}


def retag(new: Properties, old: Properties) -> tuple[dict[str, str], list[str]]:
    """The tags to put, and the keys of those to remove."""
    now, before = tag_map(new), tag_map(old)
    put = {key: value for key, value in now.items() if before.get(key) != value}
    return put, [key for key in before if key not in now]


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def chosen(properties: Properties, *names: str) -> dict[str, Any]:
    """The properties of these names, where they are given."""
    return {name: properties[name] for name in names if name in properties}


def policy_text(document: Mapping[str, Any] | str) -> str:
    """The document as text, with a Version: IAM takes one without, as SAM generates; moto not.

    The older version, which AWS assumes, differs in policy variables only.
    """
    read: dict[str, Any] = json.loads(document) if isinstance(document, str) else dict(document)
    return json.dumps({"Version": "2012-10-17", **read})
