"""Whether a resource policy is of its endpoint, and names who it lets in.

Other accounts may be named: that is what a resource policy is for. Whoever may write to the table
can therefore let an account send requests, but only to this endpoint.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

_KEYS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


def foreign_parts(policy: str, endpoint: str, account: str) -> Iterator[str]:
    """Yields what of `policy` must not be put on `endpoint` of `account`, in words."""
    statements = _statements(policy)
    if not statements:
        yield "the resource policy is not a JSON policy with statements"
    for statement in statements:
        if not isinstance(statement, dict) or statement.keys() - _KEYS:
            yield f"a statement of the resource policy has more than {', '.join(sorted(_KEYS))}"
        elif not _is_about(statement.get("Resource"), endpoint, account):
            yield f"the resource policy is about {statement.get('Resource')}"
        elif statement.get("Effect") != "Deny" and _lets_anyone_in(statement):
            yield "the resource policy lets anyone in: its Principal is * without a Condition"


def _statements(policy: str) -> list[Any]:
    try:
        document = json.loads(policy, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError):
        return []
    statements = document.get("Statement") if isinstance(document, dict) else None
    return statements if isinstance(statements, list) else [statements] if statements else []


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """AWS may take another one of them than Python does."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _is_about(resource: object, endpoint: str, account: str) -> bool:
    """AWS writes the name of an endpoint in its ARN in lower case. On an endpoint, * is itself."""
    arn = rf"\*|arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:{account}:endpoint/{re.escape(endpoint)}"
    resources = resource if isinstance(resource, list) else [resource]
    own = (re.fullmatch(arn, str(each), re.IGNORECASE) for each in resources)
    return bool(resources) and all(own)


def _lets_anyone_in(statement: dict[str, Any]) -> bool:
    """A principal has no part of a name as a wildcard: AWS knows * alone."""
    named = "*" not in json.dumps(statement.get("Principal", "*"))
    return not named and not statement.get("Condition")
