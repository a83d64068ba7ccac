"""Creates, updates and deletes one resource through boto3, and tells of it in events."""

import json
import random
import string
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lowtide_workbench.aws.cloudformation.resource_types import TYPES
from lowtide_workbench.aws.cloudformation.resource_types.base import ResourceError
from lowtide_workbench.aws.cloudformation.stack import Resource, Stack, StackStore, Undo
from lowtide_workbench.aws.cloudformation.templates.intrinsics import Resolver
from lowtide_workbench.aws.cloudformation.templates.schemas import ResourceSchema, schema
from lowtide_workbench.aws.cloudformation.templates.template import Declared, tag_property
from lowtide_workbench.aws.protocol.refusal import Refusal

type Document = Mapping[str, Any]

_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")
_REPLACING = (
    "Requested update requires the creation of a new physical resource; hence creating one."
)


class Actions:
    def __init__(self, store: StackStore, seed: int) -> None:
        self._store = store
        self._random = random.Random(seed)

    def properties(
        self, wanted: Declared, resolver: Resolver, tags: Mapping[str, str]
    ) -> dict[str, Any]:
        """The resolved properties, with the stack's tags, as the resource is made from them."""
        kind = _schema(wanted.kind)
        try:
            resolved = kind.coerced(resolver.resolve(wanted.properties))
        except Refusal as refusal:
            raise ResourceError(refusal.message) from None
        if problems := list(kind.problems(resolved)):
            raise ResourceError(
                f"Properties validation failed for resource {wanted.logical_id} with message: "
                f"[{', '.join(problems)}]"
            )
        return kind.with_tags(resolved, tags if tag_property(wanted.kind) else {})

    def must_replace(self, current: Resource, properties: Document) -> bool:
        """Whether a property differs that can be set only at creation."""
        paths = _schema(current.kind).create_only
        changed = [p for p in paths if _at(current.properties, p) != _at(properties, p)]
        if not changed:
            return TYPES[current.kind].must_replace(current.properties, properties)
        name = TYPES[current.kind].name_property
        if name in properties and properties[name] == current.properties.get(name):
            raise ResourceError(
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {properties[name]} and update the stack again."
            )
        return True

    def begin(self, stack: Stack, wanted: Declared, *, replaces: bool = False) -> None:
        current = stack.resources.get(wanted.logical_id)
        physical_id = current.physical_id if current else ""
        self._tell(stack, wanted, "IN_PROGRESS", _REPLACING if replaces else None, physical_id)

    def create(self, stack: Stack, wanted: Declared, properties: Document) -> None:
        """Creates the resource, or the one that replaces it."""
        kind, before = TYPES[wanted.kind], stack.resources.get(wanted.logical_id)
        with _errors():
            if kind.name_property in properties and kind.exists(properties[kind.name_property]):
                raise _already_exists(wanted.kind, properties[kind.name_property])
            physical_id = kind.create(self._name(stack, wanted), properties)
        made = _resource(wanted, physical_id, properties)
        stack.undo.append(Undo(before, made))
        self._tell(
            stack, wanted, "IN_PROGRESS", "Resource creation Initiated", physical_id, properties
        )
        with _errors():
            set_by_create = kind.set_by_create
            if set_by_create is not None:
                given = {name: properties[name] for name in set_by_create if name in properties}
                kind.update(physical_id, properties, given)
        self._settle(stack, wanted, made)

    def update(self, stack: Stack, wanted: Declared, properties: Document) -> None:
        before = stack.resources[wanted.logical_id]
        after = _resource(wanted, before.physical_id, properties)
        stack.undo.append(Undo(before, after))
        with _errors():
            TYPES[wanted.kind].update(before.physical_id, properties, before.properties)
        self._settle(stack, wanted, after)

    def restore(self, stack: Stack, undo: Undo) -> None:
        """Brings back what a resource was before an update; what is new is left to the cleanup."""
        before, after = undo.before, undo.after
        if not undo.is_in_place:
            stack.cleanup.append(after)
        if before is None:
            stack.resources.pop(after.logical_id, None)
            return
        name, kind, physical_id = before.logical_id, before.kind, before.physical_id
        self._store.tell_of(stack, name, kind, "UPDATE_IN_PROGRESS", physical_id=physical_id)
        if undo.is_in_place:
            with _errors():
                TYPES[kind].update(physical_id, before.properties, after.properties)
        stack.resources[name] = before
        self._store.tell_of(stack, name, kind, "UPDATE_COMPLETE", physical_id=physical_id)

    def delete(self, stack: Stack, resource: Resource, *, retains: bool) -> bool:
        """Whether the resource is gone, or is kept as its policy says."""
        name, kind, physical_id = resource.logical_id, resource.kind, resource.physical_id

        def tell(status: str, reason: str | None = None) -> None:
            self._store.tell_of(stack, name, kind, status, reason, physical_id=physical_id)

        if retains:
            tell("DELETE_SKIPPED")
            return True
        tell("DELETE_IN_PROGRESS")
        try:
            with _errors(gone=True):
                TYPES[kind].delete(physical_id, resource.properties)
        except ResourceError as error:
            tell("DELETE_FAILED", str(error))
            return False
        tell("DELETE_COMPLETE")
        return True

    def fail(self, stack: Stack, wanted: Declared, reason: str) -> None:
        current = stack.resources.get(wanted.logical_id)
        self._tell(stack, wanted, "FAILED", reason, current.physical_id if current else "")

    def _settle(self, stack: Stack, wanted: Declared, made: Resource) -> None:
        with _errors():
            attributes = TYPES[wanted.kind].attributes(made.physical_id, made.properties)
        verb = _verb(stack, wanted)
        stack.resources[wanted.logical_id] = replace(made, attributes=attributes)
        self._store.tell_of(
            stack, wanted.logical_id, wanted.kind, f"{verb}_COMPLETE", physical_id=made.physical_id
        )

    def _tell(
        self,
        stack: Stack,
        wanted: Declared,
        status: str,
        reason: str | None,
        physical_id: str,
        properties: Document | None = None,
    ) -> None:
        self._store.tell_of(
            stack,
            wanted.logical_id,
            wanted.kind,
            f"{_verb(stack, wanted)}_{status}",
            reason,
            physical_id=physical_id,
            properties=None if properties is None else json.dumps(properties),
        )

    def _name(self, stack: Stack, wanted: Declared) -> str:
        """The name of a resource that the template does not name, of at most 64 characters."""
        suffix = "".join(self._random.choices(string.ascii_uppercase + string.digits, k=12))
        return f"{f'{stack.name}-{wanted.logical_id}'[:51]}-{suffix}"


def attribute(stack: Stack) -> Callable[[str, str | None], str]:
    """Answers Ref and GetAtt with the values of the deployed resources."""

    def value(logical_id: str, name: str | None) -> str:
        resource = stack.resources[logical_id]
        if name is None:
            return resource.physical_id
        if name not in resource.attributes:
            raise Refusal(
                "ValidationError",
                f"Template error: resource {logical_id} does not support attribute type {name} "
                "in Fn::GetAtt",
            )
        return resource.attributes[name]

    return value


@contextmanager
def _errors(*, gone: bool = False) -> Iterator[None]:
    """Errors of boto3 become the resource's; `gone` takes what is not there as deleted."""
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if gone and any(part in code for part in _GONE):
            return
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise ResourceError(_handler_said(f"{code}: {message} (Status Code: {status})")) from error
    except BotoCoreError as error:
        raise ResourceError(_handler_said(str(error))) from error


def _already_exists(kind: str, name: str) -> ResourceError:
    message = f"Resource of type '{kind}' with identifier '{name}' already exists."
    return ResourceError(
        f"{message} (RequestToken: {uuid.uuid4()}, HandlerErrorCode: AlreadyExists)"
    )


def _handler_said(message: str) -> str:
    token = uuid.uuid4()
    return (
        f'Resource handler returned message: "{message}" '
        f"(RequestToken: {token}, HandlerErrorCode: GeneralServiceException)"
    )


def _verb(stack: Stack, wanted: Declared) -> str:
    return "UPDATE" if wanted.logical_id in stack.resources else "CREATE"


def _resource(wanted: Declared, physical_id: str, properties: Document) -> Resource:
    return Resource(
        wanted.logical_id,
        wanted.kind,
        physical_id,
        properties,
        {},
        wanted.deletion_policy,
        wanted.replace_policy,
        wanted.metadata,
        wanted.dependencies,
    )


def _schema(kind: str) -> ResourceSchema:
    known = schema(kind)
    if known is None:
        raise LookupError(kind)  # check_types has refused it
    return known


def _at(properties: Any, path: Any) -> Any:
    for name in path:
        properties = properties.get(name) if isinstance(properties, dict) else None
    return properties
