"""Evaluates each call of a function against the role that the function runs under.

Other callers may do everything: tests, people, and functions that no template gave a role.
"""

from collections.abc import Callable, Mapping

from botocore.awsrequest import AWSResponse

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.iam.evaluation import Decision, Permissions
from lowtide_workbench.aws.iam.operations import OPERATIONS, Need, Right
from lowtide_workbench.aws.iam.request import Account, Request, Signed, signed
from lowtide_workbench.aws.protocol.error_responses import error_response
from lowtide_workbench.aws.protocol.faults import Attempt
from lowtide_workbench.aws.protocol.moto_iam import RolePolicies, role_policies
from lowtide_workbench.aws.sagemaker.endpoints_api import NO_DEREGISTER

_NO_POLICIES = RolePolicies((), None)
_DEREGISTER = "application-autoscaling:DeregisterScalableTarget"


class UnknownOperationError(Exception):
    """A function makes a call whose rights are not known here."""


class Authorizer:
    """`roles` are the ARNs of roles, by the name that the functions have as callers."""

    def __init__(self, roles: Mapping[str, str], account: Account) -> None:
        self._roles = roles
        self._account = account
        self._permissions: dict[RolePolicies, Permissions] = {}
        self._watchers: list[Callable[[str, Right], None]] = []

    def watch(self, watcher: Callable[[str, Right], None]) -> None:
        """Calls `watcher` with the role's ARN and each right that a function needs."""
        self._watchers.append(watcher)

    def refusal(self, attempt: Attempt) -> AWSResponse | None:
        """AWS's error; None where the call is allowed."""
        role = self._roles.get(attempt.caller or "")
        if role is None:
            return None
        call, permissions = _signed_call(attempt), self.permissions(role)
        request = Request(call.parameters, self._account)
        for need in OPERATIONS[attempt.call.action]:
            for right in need.rights(request):
                for watcher in self._watchers:
                    watcher(role, right)
                decision = permissions.decide(*right)
                if decision is not Decision.ALLOWED:
                    user = _user(role, call.function_name)
                    return _error(attempt, need, _message(user, right, decision))
        return None

    def permissions(self, role: str) -> Permissions:
        """What the policies of the role allow now; each content is read once."""
        policies = role_policies(role) or _NO_POLICIES
        if policies not in self._permissions:
            self._permissions[policies] = Permissions.of_documents(*policies)
        return self._permissions[policies]


def _signed_call(attempt: Attempt) -> Signed:
    action, call = attempt.call.action, signed(attempt.call.operation)
    if action not in OPERATIONS:
        table = "lowtide_workbench/aws/iam/operations.py"
        raise UnknownOperationError(f"{attempt.caller} calls {action}: no row in {table}")
    if call is None:
        raise UnknownOperationError(f"{attempt.caller} calls {action} by a session of its own")
    return call


def _user(role: str, session: str) -> str:
    """Lambda names the session after the function."""
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role.rpartition('/')[2]}/{session}"


def _message(user: str, right: Right, decision: Decision) -> str:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    if right.action == _DEREGISTER:
        return NO_DEREGISTER
    reason = decision.reason.format(action=right.action)
    on = "" if right.resource == "*" else f" on resource: {right.resource}"
    return f"User: {user} is not authorized to perform: {right.action}{on} {reason}"


def _error(attempt: Attempt, need: Need, message: str) -> AWSResponse:
    if need.refused_as:
        return error_response(attempt.request, 400, need.refused_as, message)
    if attempt.call.service == "iam":  # its protocol has another name and status for it
        return error_response(attempt.request, 403, "AccessDenied", message)
    return error_response(attempt.request, 400, "AccessDeniedException", message)
