"""The resource policies of functions: who may invoke them."""

import json

from lowtide_workbench.aws.lambda_service.api.names import not_found
from lowtide_workbench.aws.lambda_service.api.state import Document, LambdaState, policy
from lowtide_workbench.aws.protocol.refusal import Refusal


class PermissionsApi:
    operations = frozenset({"AddPermission", "RemovePermission", "GetPolicy"})

    def __init__(self, state: LambdaState) -> None:
        self._state = state

    def add_permission(self, request: Document) -> Document:
        record, sid = self._state.record(request), request["StatementId"]
        if any(statement["Sid"] == sid for statement in record.statements):
            raise Refusal(
                "ResourceConflictException",
                f"The statement id ({sid}) provided already exists. Please provide a new statement "
                "id, or remove the existing statement.",
            )
        statement = {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": _principal(request["Principal"]),
            "Action": request["Action"],
            "Resource": record.arn,
        }
        if condition := _condition(request):
            statement["Condition"] = condition
        record.statements.append(statement)
        return {"Statement": json.dumps(statement)}

    def remove_permission(self, request: Document) -> Document:
        record, sid = self._state.record(request), request["StatementId"]
        kept = [statement for statement in record.statements if statement["Sid"] != sid]
        if len(kept) == len(record.statements):
            raise not_found(f"Statement {sid} is not found in resource policy.")
        record.statements = kept
        return {}

    def get_policy(self, request: Document) -> Document:
        record = self._state.record(request)
        if not record.statements:
            raise not_found("The resource you requested does not exist.")
        return {"Policy": policy(record), "RevisionId": record.revision}


def _principal(name: str) -> Document | str:
    if name == "*":
        return name
    if name.endswith(".amazonaws.com"):
        return {"Service": name}
    return {"AWS": f"arn:aws:iam::{name}:root" if name.isdigit() else name}


def _condition(request: Document) -> Document:
    condition: Document = {}
    if "SourceAccount" in request:
        condition["StringEquals"] = {"AWS:SourceAccount": request["SourceAccount"]}
    if "SourceArn" in request:
        condition["ArnLike"] = {"AWS:SourceArn": request["SourceArn"]}
    return condition
