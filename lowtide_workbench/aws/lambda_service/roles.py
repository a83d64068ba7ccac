"""What services may do in a role: assume it, and what its policies allow."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.iam.evaluation import Decision, Permissions
from lowtide_workbench.aws.protocol.moto_iam import RolePolicies, role_policies
from lowtide_workbench.aws.protocol.moto_trust import trust_policy


def may(role: str, action: str, resource: str) -> bool:
    """Whether the policies of the role allow what Lambda or a trigger does in it."""
    policies = role_policies(role)
    if policies is None:
        return False
    return _permissions(policies).decide(action, resource, {}) is Decision.ALLOWED


def is_assumable(role: str, service: str, source_arn: str | None = None) -> bool:
    """Whether the role exists, and lets the service assume it on behalf of the source."""
    document = trust_policy(role)
    statements = _as_list(json.loads(document)["Statement"]) if document else []
    of_service = [
        {**statement, "Resource": "*"}
        for statement in statements
        if _trusts(statement.get("Principal"), service)
    ]
    context = {"aws:sourceaccount": [ACCOUNT]}
    if source_arn is not None:
        context["aws:sourcearn"] = [source_arn]
    decision = Permissions(of_service).decide("sts:AssumeRole", role, context)
    return decision is Decision.ALLOWED


@lru_cache(maxsize=100)
def _permissions(policies: RolePolicies) -> Permissions:
    return Permissions.of_documents(*policies)


def _trusts(principal: Any, service: str) -> bool:
    """Whether the Principal of a trust policy's statement is, or includes, the service."""
    if isinstance(principal, Mapping):
        return service in _as_list(principal.get("Service", []))
    return bool(principal == "*")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
