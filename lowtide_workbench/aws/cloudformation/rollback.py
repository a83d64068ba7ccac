"""Takes back what a failed operation did, cleans up after an update, and deletes stacks."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter

from lowtide_workbench.aws.cloudformation.actions import Actions
from lowtide_workbench.aws.cloudformation.resource_types.base import ResourceError
from lowtide_workbench.aws.cloudformation.stack import Resource, Stack, StackStore

_KEEPS = ("Retain", "RetainExceptOnCreate")


class Rollback:
    def __init__(self, store: StackStore, actions: Actions) -> None:
        self._store = store
        self._actions = actions

    def of_create(self, stack: Stack, reason: str) -> Iterator[None]:
        """Deletes what a failed creation made, except what its DeletionPolicy retains."""
        self._store.tell(stack, "ROLLBACK_IN_PROGRESS", reason)
        created = [undo.after for undo in reversed(stack.undo)]
        failed = yield from self._delete_all(stack, created, keeps=("Retain",))
        if failed:
            self._store.tell(stack, "ROLLBACK_FAILED", _failed("delete", failed))
            return
        stack.resources.clear()
        stack.undo.clear()
        stack.outputs = ()
        self._store.tell(stack, "ROLLBACK_COMPLETE")

    def of_update(self, stack: Stack, reason: str, skipped: Sequence[str] = ()) -> Iterator[None]:
        """Brings back the old values; stops as UPDATE_ROLLBACK_FAILED where AWS refuses one."""
        if stack.settled is None:  # an update of a creation that failed without a rollback
            yield from self.of_create(stack, reason)
            return
        self._store.tell(stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
        yield
        while stack.undo:
            undo = stack.undo[-1]
            if undo.after.logical_id not in skipped:
                try:
                    self._actions.restore(stack, undo)
                except ResourceError as error:
                    self._fail(stack, undo.before or undo.after, str(error))
                    return
            stack.undo.pop()
        stack.target, stack.description = stack.settled, stack.settled.document.get("Description")
        self._store.tell(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        yield from self.clean_up(stack, after_rollback=True)
        self._store.tell(stack, "UPDATE_ROLLBACK_COMPLETE")

    def clean_up(self, stack: Stack, *, after_rollback: bool = False) -> Iterator[None]:
        """Deletes what an update replaced or removed; what fails is left, as by CloudFormation."""
        replaced = [each for each in stack.cleanup if each.logical_id in stack.resources]
        removed = [each for each in reversed(stack.cleanup) if each not in replaced]
        stack.cleanup.clear()
        for each in reversed(replaced):
            policy = "Delete" if after_rollback else each.replace_policy
            self._actions.delete(stack, each, retains=policy in _KEEPS)
        keeps = ("Retain",) if after_rollback else _KEEPS
        yield from self._delete_all(stack, removed, keeps)
        for each in removed:
            if each.logical_id not in stack.resources:
                stack.statuses.pop(each.logical_id, None)

    def drop_half_made(self, stack: Stack) -> None:
        """Deletes what failed in the creation before, for it to be created again."""
        half_made = stack.leftovers()
        for each in half_made:
            self._actions.delete(stack, each, retains=False)
        stack.undo = [undo for undo in stack.undo if undo.after not in half_made]

    def delete(self, stack: Stack, retained: Sequence[str] = ()) -> Iterator[None]:
        """Deletes a stack with its resources, those last on which others depend."""
        self._store.tell(stack, "DELETE_IN_PROGRESS", "User Initiated")
        doomed = [*stack.leftovers(), *_dependents_first(stack.resources)]
        failed = yield from self._delete_all(stack, doomed, _KEEPS, retained)
        if failed:
            self._store.tell(stack, "DELETE_FAILED", _failed("delete", failed))
            return
        stack.resources.clear()
        stack.undo.clear()
        stack.cleanup.clear()
        stack.outputs = ()
        stack.imports.clear()
        self._store.tell(stack, "DELETE_COMPLETE")
        stack.deleted = self._store.now()

    def _delete_all(
        self,
        stack: Stack,
        resources: Sequence[Resource],
        keeps: Sequence[str],
        retained: Sequence[str] = (),
    ) -> Generator[None, None, list[str]]:
        """The logical ids of what could not be deleted; what those depend on is left, too."""
        failed: list[str] = []
        needed: set[str] = set()
        if resources:
            yield
        for each in resources:
            if each.logical_id in needed:
                needed |= each.dependencies
                continue
            retains = each.deletion_policy in keeps or each.logical_id in retained
            if self._actions.delete(stack, each, retains=retains):
                current = stack.resources.get(each.logical_id)
                if current is not None and current.identity == each.identity:
                    del stack.resources[each.logical_id]
            else:
                failed.append(each.logical_id)
                needed |= each.dependencies
        return failed

    def _fail(self, stack: Stack, resource: Resource, reason: str) -> None:
        name, kind, physical_id = resource.logical_id, resource.kind, resource.physical_id
        self._store.tell_of(stack, name, kind, "UPDATE_FAILED", reason, physical_id=physical_id)
        self._store.tell(stack, "UPDATE_ROLLBACK_FAILED", _failed("update", [name]))


def _dependents_first(resources: Mapping[str, Resource]) -> list[Resource]:
    sorter = TopologicalSorter(
        {name: each.dependencies & resources.keys() for name, each in resources.items()}
    )
    return [resources[name] for name in reversed(list(sorter.static_order()))]


def _failed(verb: str, names: Sequence[str]) -> str:
    return f"The following resource(s) failed to {verb}: [{', '.join(names)}]. "
