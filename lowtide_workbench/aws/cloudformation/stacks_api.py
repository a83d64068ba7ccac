"""The operations that change stacks without a change set."""

from typing import Any

from lowtide_workbench.aws.cloudformation import requests
from lowtide_workbench.aws.cloudformation.changes import is_same, stack_changes
from lowtide_workbench.aws.cloudformation.operations import Operations
from lowtide_workbench.aws.cloudformation.stack import Stack
from lowtide_workbench.aws.cloudformation.stack_states import (
    check_may_cancel_update,
    check_may_continue_rollback,
    check_may_delete,
    check_may_roll_back,
    check_may_update,
)
from lowtide_workbench.aws.cloudformation.templates.declared import Target
from lowtide_workbench.aws.cloudformation.templates.transform import TransformError
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid_request

type Document = dict[str, Any]


class StacksApi:
    operations = frozenset(
        {
            "CancelUpdateStack",
            "ContinueUpdateRollback",
            "CreateStack",
            "DeleteStack",
            "RollbackStack",
            "UpdateStack",
            "UpdateTerminationProtection",
        }
    )

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._store = operations.store

    def create_stack(self, request: Document) -> Document:
        name = request["StackName"]
        if self._store.find(name) is not None:
            raise Refusal("AlreadyExistsException", f"Stack [{name}] already exists")
        wanted = self._target(request)
        with self._store.creating(name) as stack:
            stack_changes(self._store, stack, wanted)  # refuses what cannot be deployed
        stack.on_failure = request.get("OnFailure", "ROLLBACK")
        stack.rolls_back = not request.get("DisableRollback", False)
        stack.is_protected = request.get("EnableTerminationProtection", False)
        self._operations.start(stack, self._operations.deployment.create(stack, wanted))
        return {"StackId": stack.arn}

    def update_stack(self, request: Document) -> Document:
        stack = self._store.find(request["StackName"])
        if stack is None:
            raise invalid_request(f"Stack [{request['StackName']}] does not exist")
        check_may_update(stack)
        wanted = self._target(request, stack)
        changes = stack_changes(self._store, stack, wanted)
        if not changes and is_same(self._store, stack, wanted):
            raise invalid_request("No updates are to be performed.")
        stack.rolls_back = not request.get("DisableRollback", False)
        self._operations.start(stack, self._operations.deployment.update(stack, wanted))
        return {"StackId": stack.arn}

    def delete_stack(self, request: Document) -> None:
        stack = self._store.find(request["StackName"])
        if stack is None or stack.status == "DELETE_COMPLETE":
            return  # as by AWS
        check_may_delete(stack)
        if used := self._imported(stack):
            raise invalid_request(used)
        retained = request.get("RetainResources", ())
        self._operations.start(stack, self._operations.rollback.delete(stack, retained))

    def rollback_stack(self, request: Document) -> Document:
        stack = self._store.require(request["StackName"])
        check_may_roll_back(stack)
        rollback, reason = self._operations.rollback, "User Initiated"
        is_new = stack.status == "CREATE_FAILED"
        act = rollback.of_create if is_new else rollback.of_update
        self._operations.start(stack, act(stack, reason))
        return {"StackId": stack.arn}

    def continue_update_rollback(self, request: Document) -> None:
        stack = self._store.require(request["StackName"])
        check_may_continue_rollback(stack)
        skipped = request.get("ResourcesToSkip", ())
        steps = self._operations.rollback.of_update(stack, "User Initiated", skipped)
        self._operations.start(stack, steps)

    def cancel_update_stack(self, request: Document) -> None:
        stack = self._store.require(request["StackName"])
        check_may_cancel_update(stack)
        stack.is_cancelled = True

    def update_termination_protection(self, request: Document) -> Document:
        stack = self._store.require(request["StackName"])
        stack.is_protected = request["EnableTerminationProtection"]
        return {"StackId": stack.arn}

    def _target(self, request: Document, stack: Stack | None = None) -> Target:
        given = request.get("Capabilities", ())
        requests.check_auto_expand(requests.template(request, stack), given)
        try:
            return requests.target(request, stack)
        except TransformError as error:
            raise invalid_request(str(error)) from None

    def _imported(self, stack: Stack) -> str | None:
        """Why the stack cannot be deleted: another one imports its exports."""
        exports = {each["ExportName"] for each in stack.outputs if "ExportName" in each}
        for other in self._store.stacks.values():
            if other is not stack and (used := exports & other.imports):
                return f"Export {min(used)} cannot be deleted as it is in use by {other.name}"
        return None
