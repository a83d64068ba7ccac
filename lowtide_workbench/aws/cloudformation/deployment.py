"""Brings a stack to its target, wave by wave, and back again when a resource fails.

An operation is an iterator: it yields where time passes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lowtide_workbench.aws.cloudformation.actions import Actions, attribute
from lowtide_workbench.aws.cloudformation.resource_types.base import ResourceError
from lowtide_workbench.aws.cloudformation.rollback import Rollback
from lowtide_workbench.aws.cloudformation.stack import Stack, StackStore
from lowtide_workbench.aws.cloudformation.templates.declared import Target
from lowtide_workbench.aws.cloudformation.templates.intrinsics import Resolver
from lowtide_workbench.aws.cloudformation.templates.template import Declared, waves
from lowtide_workbench.aws.protocol.refusal import Refusal


@dataclass(frozen=True, slots=True)
class _Step:
    wanted: Declared
    action: str  # create, replace or update
    properties: Mapping[str, Any]


class _FailedError(Exception):
    """The operation failed; the message is the reason in the stack's event."""


class Deployment:
    def __init__(self, store: StackStore, actions: Actions) -> None:
        self._store = store
        self._actions = actions
        self._rollback = Rollback(store, actions)

    def create(self, stack: Stack, target: Target) -> Iterator[None]:
        self._store.tell(stack, "CREATE_IN_PROGRESS", "User Initiated")
        try:
            yield from self._deploy(stack, target)
        except _FailedError as error:
            yield from self._create_failed(stack, str(error))
            return
        self._succeed(stack, target)
        self._store.tell(stack, "CREATE_COMPLETE")

    def update(self, stack: Stack, target: Target) -> Iterator[None]:
        self._store.tell(stack, "UPDATE_IN_PROGRESS", "User Initiated")
        stack.updated, stack.is_cancelled = self._store.now(), False
        try:
            yield from self._deploy(stack, target)
        except _FailedError as error:
            yield from self._update_failed(stack, str(error))
            return
        self._collect_replaced(stack)
        self._succeed(stack, target)
        self._store.tell(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        yield from self._rollback.clean_up(stack)
        self._store.tell(stack, "UPDATE_COMPLETE")

    def _deploy(self, stack: Stack, target: Target) -> Iterator[None]:
        stack.target, stack.description = target, target.document.get("Description")
        imports: set[str] = set()
        context = self._store.context(stack, imports)
        self._rollback.drop_half_made(stack)
        try:
            declared = target.resources(context)
            resolver = target.resolver(context, attribute(stack))
            for wave in waves(declared):
                if stack.is_cancelled:
                    raise _FailedError("User Initiated")
                yield from self._wave(stack, target, [declared[each] for each in wave], resolver)
            stack.outputs = target.outputs(context, attribute(stack))
        except Refusal as refusal:
            raise _FailedError(refusal.message) from None
        stack.imports = imports
        for logical_id in [each for each in stack.resources if each not in declared]:
            stack.cleanup.append(stack.resources.pop(logical_id))

    def _wave(
        self, stack: Stack, target: Target, wave: Sequence[Declared], resolver: Resolver
    ) -> Iterator[None]:
        steps: list[_Step] = []
        failed: list[Declared] = []
        for wanted in wave:
            try:
                step = self._step(stack, target, wanted, resolver)
            except ResourceError as error:
                self._actions.begin(stack, wanted)
                self._actions.fail(stack, wanted, str(error))
                failed.append(wanted)
                continue
            if step is not None:
                self._actions.begin(stack, wanted, replaces=step.action == "replace")
                steps.append(step)
        if steps:
            yield
        for step in steps:
            self._run(stack, step, failed)
        if failed:
            raise _FailedError(_reason(stack, failed))

    def _step(
        self, stack: Stack, target: Target, wanted: Declared, resolver: Resolver
    ) -> _Step | None:
        """What to do for the resource; None where it is as it shall be."""
        properties = self._actions.properties(wanted, resolver, target.tags)
        current = stack.resources.get(wanted.logical_id)
        if current is None:
            return _Step(wanted, "create", properties)
        if current.properties != properties:
            replaces = self._actions.must_replace(current, properties)
            return _Step(wanted, "replace" if replaces else "update", properties)
        stack.resources[wanted.logical_id] = replace(
            current,
            deletion_policy=wanted.deletion_policy,
            replace_policy=wanted.replace_policy,
            metadata=wanted.metadata,
            dependencies=wanted.dependencies,
        )
        return None

    def _run(self, stack: Stack, step: _Step, failed: list[Declared]) -> None:
        verb = "update" if step.action == "update" else "creation"
        if failed:
            self._actions.fail(stack, step.wanted, f"Resource {verb} cancelled")
            return
        act = self._actions.update if step.action == "update" else self._actions.create
        try:
            act(stack, step.wanted, step.properties)
        except ResourceError as error:
            self._actions.fail(stack, step.wanted, str(error))
            failed.append(step.wanted)

    def _create_failed(self, stack: Stack, reason: str) -> Iterator[None]:
        if stack.on_failure == "DO_NOTHING" or not stack.rolls_back:
            self._store.tell(stack, "CREATE_FAILED", reason)
        elif stack.on_failure == "DELETE":
            self._store.tell(stack, "CREATE_FAILED", reason)
            yield from self._rollback.delete(stack)
        else:
            yield from self._rollback.of_create(stack, f"{reason}Rollback requested by user.")

    def _update_failed(self, stack: Stack, reason: str) -> Iterator[None]:
        if stack.rolls_back:
            yield from self._rollback.of_update(stack, reason)
        else:
            self._store.tell(stack, "UPDATE_FAILED", reason)

    def _collect_replaced(self, stack: Stack) -> None:
        """What an update has replaced is deleted after it."""
        kept = {resource.identity for resource in stack.resources.values()}
        stack.cleanup += [
            undo.before
            for undo in stack.undo
            if undo.before is not None and undo.before.identity not in kept
        ]

    def _succeed(self, stack: Stack, target: Target) -> None:
        stack.settled = target
        stack.undo.clear()


def _reason(stack: Stack, failed: Sequence[Declared]) -> str:
    names = ", ".join(each.logical_id for each in failed)
    verb = "update" if failed[0].logical_id in stack.resources else "create"
    return f"The following resource(s) failed to {verb}: [{names}]. "
