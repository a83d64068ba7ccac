"""Whether policies allow an action: explicit deny, then allow, then implicit deny.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Identity policies and a permissions boundary are evaluated; an action is allowed if both allow it.
Not played: the policies of resources, organizations and sessions.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from lowtide_workbench.aws.iam.conditions import are_met, listed
from lowtide_workbench.aws.iam.patterns import Context, matches

type Statement = Mapping[str, Any]


class Decision(Enum):
    """As the policy simulator names it, and the end of the message of a refusal."""

    ALLOWED = ("allowed", "")
    DENIED = ("explicitDeny", "with an explicit deny in an identity-based policy")
    NOT_ALLOWED = (
        "implicitDeny",
        "because no identity-based policy allows the {action} action",
    )
    DENIED_BY_BOUNDARY = ("explicitDeny", "with an explicit deny in a permissions boundary")
    OUTSIDE_BOUNDARY = (
        "implicitDeny",
        "because no permissions boundary allows the {action} action",
    )

    def __init__(self, simulated: str, reason: str) -> None:
        self.simulated = simulated
        self.reason = reason


class Permissions:
    """The policies of a role; their statements are sorted by action as actions are asked for."""

    def __init__(
        self, identity: Iterable[Statement], boundary: Iterable[Statement] | None = None
    ) -> None:
        self._identity = _Statements(identity)
        self._boundary = None if boundary is None else _Statements(boundary)

    @classmethod
    def of_documents(cls, identity: Iterable[str], boundary: str | None) -> "Permissions":
        """From policy documents in JSON."""
        return cls(
            [statement for text in identity for statement in statements(text)],
            None if boundary is None else statements(boundary),
        )

    def decide(self, action: str, resource: str, context: Context) -> Decision:
        """`context` has condition keys in lower case."""
        effects = self._identity.effects(action, resource, context)
        limits = {"Allow"}
        if self._boundary is not None:
            limits = self._boundary.effects(action, resource, context)
        if "Deny" in effects:
            return Decision.DENIED
        if "Deny" in limits:
            return Decision.DENIED_BY_BOUNDARY
        if "Allow" not in effects:
            return Decision.NOT_ALLOWED
        return Decision.ALLOWED if "Allow" in limits else Decision.OUTSIDE_BOUNDARY


def statements(document: str) -> Sequence[Statement]:
    found = json.loads(document)["Statement"]
    return found if isinstance(found, list) else [found]


class _Statements:
    def __init__(self, statements: Iterable[Statement]) -> None:
        self._all = tuple(statements)
        self._by_action: dict[str, Sequence[Statement]] = {}

    def effects(self, action: str, resource: str, context: Context) -> set[str]:
        """The effects of the statements that apply."""
        if action not in self._by_action:
            self._by_action[action] = [each for each in self._all if _names(each, action)]
        return {
            statement["Effect"]
            for statement in self._by_action[action]
            if _is_about(statement, resource, context)
            and are_met(
                statement.get("Condition", {}), context, unknown=statement["Effect"] == "Deny"
            )
        }


def _names(statement: Statement, action: str) -> bool:
    """Actions have wildcards and no case."""
    patterns = listed(statement.get("Action", statement.get("NotAction", [])))
    found = any(matches(like.lower(), action.lower(), {}) for like in patterns)
    return found == ("Action" in statement)


def _is_about(statement: Statement, resource: str, context: Context) -> bool:
    patterns = listed(statement.get("Resource", statement.get("NotResource", [])))
    found = any(matches(like, resource, context) for like in patterns)
    return found == ("Resource" in statement)
