"""A stack: its state, its resources and the events of its operations."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation.templates.declared import StackContext, Target
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid_request
from lowtide_workbench.aws.virtual_time.clock import VirtualClock

type Document = Mapping[str, Any]

STACK_TYPE = "AWS::CloudFormation::Stack"
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as it is deployed."""

    logical_id: str
    kind: str
    physical_id: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, str]
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    metadata: Document = field(default_factory=dict)
    dependencies: frozenset[str] = frozenset()

    @property
    def identity(self) -> tuple[str, str]:
        return self.kind, self.physical_id


@dataclass(frozen=True, slots=True)
class Status:
    """What the last event of a resource said."""

    status: str
    reason: str | None
    at: datetime
    kind: str
    physical_id: str


@dataclass(frozen=True, slots=True)
class Undo:
    """One change of an operation, for a rollback; `before` is None where it created."""

    before: Resource | None
    after: Resource  # also where AWS has refused a part of it

    @property
    def is_in_place(self) -> bool:
        return self.before is not None and self.before.identity == self.after.identity


@dataclass
class Stack:
    name: str
    arn: str
    created: datetime
    status: str = "REVIEW_IN_PROGRESS"
    reason: str | None = None
    description: str | None = None
    target: Target | None = None  # what it was last asked to become
    settled: Target | None = None  # what a rollback returns to
    resources: dict[str, Resource] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    outputs: Sequence[Mapping[str, str]] = ()
    imports: set[str] = field(default_factory=set)
    undo: list[Undo] = field(default_factory=list)
    cleanup: list[Resource] = field(default_factory=list)
    updated: datetime | None = None
    deleted: datetime | None = None
    is_protected: bool = False
    rolls_back: bool = True
    on_failure: str = "ROLLBACK"
    is_cancelled: bool = False
    change_set: str | None = None  # of the last execution
    running: Iterator[None] | None = None  # the operation that changes it

    def leftovers(self) -> list[Resource]:
        """What operations that failed have made, or have not deleted yet, newest first."""
        made = [undo.after for undo in reversed(self.undo)]
        kept = {each.identity for each in self.resources.values()}
        return [each for each in made + self.cleanup if each.identity not in kept]

    @property
    def is_busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


class StackStore:
    """All stacks of the account, the deleted ones too, and the time of their events."""

    def __init__(self, clock: VirtualClock) -> None:
        self.stacks: dict[str, Stack] = {}  # by ARN
        self._clock = clock
        self._last = clock.now()

    def now(self) -> datetime:
        """An instant later than every one before: clients leave out what is not later."""
        self._last = max(self._clock.now(), self._last + _TICK)
        return self._last

    @contextmanager
    def creating(self, name: str) -> Iterator[Stack]:
        """A new stack, which there is not if its template is refused."""
        arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/{uuid.uuid4()}"
        self.stacks[arn] = Stack(name, arn, self.now())
        try:
            yield self.stacks[arn]
        except Refusal:
            del self.stacks[arn]
            raise

    def find(self, name_or_arn: str) -> Stack | None:
        """A stack by its name, or by its ARN, as which a deleted one is found as well."""
        if name_or_arn in self.stacks:
            return self.stacks[name_or_arn]
        living = (each for each in self.stacks.values() if each.status != "DELETE_COMPLETE")
        return next((each for each in living if each.name == name_or_arn), None)

    def require(self, name_or_arn: str) -> Stack:
        stack = self.find(name_or_arn)
        if stack is None:
            raise invalid_request(f"Stack with id {name_or_arn} does not exist")
        return stack

    def exports(self) -> dict[str, tuple[str, Stack]]:
        """The value and the stack of each export, by name."""
        return {
            output["ExportName"]: (output["OutputValue"], stack)
            for stack in self.stacks.values()
            for output in stack.outputs
            if "ExportName" in output
        }

    def context(self, stack: Stack, imports: set[str] | None = None) -> StackContext:
        """What the template of the stack is read with; the names of its imports are added."""

        def imported(name: str) -> str:
            if name not in (exports := self.exports()):
                raise invalid_request(f"No export named {name} found.")
            if imports is not None:
                imports.add(name)
            return exports[name][0]

        return StackContext(stack.name, stack.arn, imported)

    def tell(self, stack: Stack, status: str, reason: str | None = None) -> None:
        """Changes the status of the stack."""
        stack.status, stack.reason = status, reason
        self._event(stack, stack.name, STACK_TYPE, stack.arn, status, reason)

    def tell_of(
        self,
        stack: Stack,
        logical_id: str,
        kind: str,
        status: str,
        reason: str | None = None,
        *,
        physical_id: str = "",
        properties: str | None = None,
    ) -> None:
        """Changes the status of a resource, unless it is one that another has replaced."""
        at = self._event(stack, logical_id, kind, physical_id, status, reason, properties)
        current = stack.resources.get(logical_id)
        if current is None or current.physical_id == physical_id:
            stack.statuses[logical_id] = Status(status, reason, at, kind, physical_id)

    def _event(
        self,
        stack: Stack,
        logical_id: str,
        kind: str,
        physical_id: str,
        status: str,
        reason: str | None,
        properties: str | None = None,
    ) -> datetime:
        at = self.now()
        event = {
            "StackId": stack.arn,
            "EventId": f"{logical_id}-{status}-{uuid.uuid4()}",
            "StackName": stack.name,
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": kind,
            "Timestamp": at,
            "ResourceStatus": status,
            "ResourceStatusReason": reason,
            "ResourceProperties": properties,
        }
        stack.events.append({name: value for name, value in event.items() if value is not None})
        return at
