"""What services may do in a role: assume it, and what its policies allow."""

import json
from collections.abc import Mapping
from typing import Any

from lowtide_workbench.aws import iam
from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.protocol.moto_trust import trust_policy


def may(role: str, action: str, resource: str) -> bool:
    """Whether the policies of the role allow what Lambda or a trigger does in it."""
    return iam.may(role, action, resource, {})


def is_assumable(role: str, service: str, source_arn: str | None = None) -> bool:
    """Whether the role exists, and lets the service assume it on behalf of the source."""
    document = trust_policy(role)
    statements = _as_list(json.loads(document)["Statement"]) if document else []
    of_service = [
        {**statement, "Resource": "*"}
        for statement in statements
        if _trusts(statement.get("Principal"), service)
    ]
    context = {"aws:sourceaccount": [ACCOUNT]} | (
        {"aws:sourcearn": [source_arn]} if source_arn else {}
    )
    return iam.decision(of_service, "sts:AssumeRole", role, context) == "allowed"


def _trusts(principal: Any, service: str) -> bool:
    """Whether the Principal of a trust policy's statement is, or includes, the service."""
    if isinstance(principal, Mapping):
        return service in _as_list(principal.get("Service", []))
    return bool(principal == "*")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
