"""CreateChangeSet, DescribeChangeSet, ExecuteChangeSet, DeleteChangeSet and ListChangeSets."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudformation import requests
from lowtide_workbench.aws.cloudformation.changes import Change, is_same, stack_changes
from lowtide_workbench.aws.cloudformation.operations import Operations
from lowtide_workbench.aws.cloudformation.stack import Stack
from lowtide_workbench.aws.cloudformation.stack_states import check_may_update
from lowtide_workbench.aws.cloudformation.templates.declared import Target
from lowtide_workbench.aws.cloudformation.templates.transform import TransformError
from lowtide_workbench.aws.cloudformation.views import parameter_views, tag_views
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal, invalid_request

type Document = dict[str, Any]

_NOTHING = (
    "The submitted information didn't contain changes. Submit different information to create a "
    "change set."
)
_PAGE = 100


@dataclass
class ChangeSet:
    name: str
    arn: str
    stack: Stack
    kind: str  # CREATE or UPDATE
    created: datetime
    request: Mapping[str, Any]
    target: Target | None = None
    changes: list[Change] | None = None
    status: str = "CREATE_COMPLETE"
    reason: str | None = None
    execution: str = "AVAILABLE"

    def view(self) -> Document:
        view = {
            "ChangeSetId": self.arn,
            "ChangeSetName": self.name,
            "StackId": self.stack.arn,
            "StackName": self.stack.name,
            "Description": self.request.get("Description"),
            "CreationTime": self.created,
            "ExecutionStatus": self.execution,
            "Status": self.status,
            "StatusReason": self.reason,
            "IncludeNestedStacks": False,
        }
        return {name: value for name, value in view.items() if value is not None}


class ChangeSetsApi:
    operations = frozenset(
        {
            "CreateChangeSet",
            "DeleteChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "ListChangeSets",
        }
    )

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._store = operations.store
        self._change_sets: dict[str, ChangeSet] = {}  # by ARN

    def create_change_set(self, request: Document) -> Document:
        kind, name = request.get("ChangeSetType", "UPDATE"), request["ChangeSetName"]
        stack = self._store.find(request["StackName"])
        if kind == "IMPORT":
            raise NotPlayed("The embedded AWS does not play change sets of the type IMPORT.")
        if kind == "UPDATE":
            stack = self._may_update(request["StackName"])
        elif stack is not None and stack.status != "REVIEW_IN_PROGRESS":
            raise invalid_request(
                f"Stack [{stack.name}] already exists and cannot be created again with the "
                f"changeSet [{name}]."
            )
        if stack is not None and any(each.name == name for each in self._of(stack)):
            raise Refusal("AlreadyExistsException", f"ChangeSet {name} already exists")
        if stack is not None:
            return self._create(request, kind, stack)
        with self._store.creating(request["StackName"]) as stack:
            created = self._create(request, kind, stack)
            self._store.tell(stack, "REVIEW_IN_PROGRESS", "User Initiated")
        return created

    def describe_change_set(self, request: Document) -> Document:
        found = self._find(request)
        shown, token = page(
            [each.view() for each in found.changes or ()], request, _PAGE, "ValidationError"
        )
        view = found.view() | {"Changes": list(shown)} | token
        if found.target is not None:
            view |= {
                "Parameters": parameter_views(found.target),
                "Tags": tag_views(found.target),
                "Capabilities": list(found.target.capabilities),
            }
        return view

    def execute_change_set(self, request: Document) -> None:
        found = self._find(request)
        if found.execution != "AVAILABLE" or found.target is None:
            raise Refusal(
                "InvalidChangeSetStatus",
                f"ChangeSet [{found.arn}] cannot be executed in its current status of "
                f"[{found.status}]",
            )
        stack = found.stack
        if found.kind == "UPDATE":
            check_may_update(stack)
        stack.rolls_back = not request.get("DisableRollback", False)
        stack.on_failure = found.request.get("OnStackFailure", "ROLLBACK")
        if stack.on_failure == "DO_NOTHING":
            stack.rolls_back = False
        stack.change_set = found.arn
        found.execution = "EXECUTE_COMPLETE"
        for other in self._of(stack):
            if other is not found:
                del self._change_sets[other.arn]
        deployment = self._operations.deployment
        act = deployment.create if found.kind == "CREATE" else deployment.update
        self._operations.start(stack, act(stack, found.target))

    def delete_change_set(self, request: Document) -> None:
        found = self._find(request)
        del self._change_sets[found.arn]

    def list_change_sets(self, request: Document) -> Document:
        stack = self._store.require(request["StackName"])
        views = [each.view() for each in self._of(stack)]
        shown, token = page(views, request, _PAGE, "ValidationError")
        return {"Summaries": list(shown)} | token

    def _create(self, request: Document, kind: str, stack: Stack) -> Document:
        name = request["ChangeSetName"]
        wanted, failed = None, None
        try:
            wanted = requests.target(request, stack)
        except TransformError as error:
            failed = str(error)
        arn = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:changeSet/{name}/{uuid.uuid4()}"
        made = ChangeSet(name, arn, stack, kind, self._store.now(), request, wanted)
        if wanted is not None:
            made.changes = stack_changes(self._store, stack, wanted)
            if kind == "UPDATE" and not made.changes and is_same(self._store, stack, wanted):
                failed = _NOTHING
        if failed is not None:
            made.status, made.reason, made.execution = "FAILED", failed, "UNAVAILABLE"
        self._change_sets[arn] = made
        return {"Id": arn, "StackId": stack.arn}

    def _may_update(self, name: str) -> Stack:
        stack = self._store.find(name)
        if stack is None or stack.status == "REVIEW_IN_PROGRESS":
            raise invalid_request(f"Stack [{name}] does not exist")
        check_may_update(stack)
        return stack

    def _of(self, stack: Stack) -> list[ChangeSet]:
        return [each for each in self._change_sets.values() if each.stack is stack]

    def _find(self, request: Document) -> ChangeSet:
        name = request["ChangeSetName"]
        if name in self._change_sets:
            return self._change_sets[name]
        if "StackName" not in request:
            raise invalid_request("StackName must be specified if ChangeSetName is no ARN.")
        stack = self._store.require(request["StackName"])
        for each in reversed(self._of(stack)):
            if each.name == name:
                return each
        raise Refusal("ChangeSetNotFound", f"ChangeSet [{name}] does not exist")
