"""IAM's SimulatePrincipalPolicy, which moto lacks, over the roles that moto stores.

It evaluates allow and deny, wildcards, and conditions of StringEquals, StringLike, their opposites
and Bool, with IfExists, ForAllValues and ForAnyValue, and Null. Any other condition counts as met
in a Deny and as not met in an Allow, so that nothing is called allowed that may not be.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import count, takewhile
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.protocol.dispatcher import Reply
from lowtide_workbench.aws.protocol.moto_patches import role_policies

type Statement = Mapping[str, Any]
type Context = Mapping[str, Sequence[str]]


class PolicySimulator:
    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for a request that another service answers."""
        body = request.body
        text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
        if not text.startswith("Action=SimulatePrincipalPolicy&"):
            return None
        fields = {key: values[0] for key, values in parse_qs(text).items()}
        documents = role_policies(fields["PolicySourceArn"])
        if documents is None:
            return 404, _HEADERS, _error(fields["PolicySourceArn"]).encode()
        statements = _statements(documents)
        results = "".join(
            _result(action, resource, decision(statements, action, resource, _context(fields)))
            for action in _values(fields, "ActionNames")
            for resource in _values(fields, "ResourceArns") or ["*"]
        )
        return 200, _HEADERS, _answer(results).encode()


def may(role_arn: str, action: str, resource: str, context: Context) -> bool:
    """Whether the policies of the role allow the action; a role that is not there may nothing."""
    return decision(_statements(role_policies(role_arn) or ()), action, resource, context) == (
        "allowed"
    )


def _statements(documents: Iterable[str]) -> Sequence[Statement]:
    return [
        statement for text in documents for statement in _as_list(json.loads(text)["Statement"])
    ]


def decision(statements: Sequence[Statement], action: str, resource: str, context: Context) -> str:
    effects = {
        statement["Effect"]
        for statement in statements
        if any(fnmatchcase(action.lower(), like.lower()) for like in _as_list(statement["Action"]))
        and any(fnmatchcase(resource, like) for like in _as_list(statement["Resource"]))
        and _is_met(statement.get("Condition", {}), context, unknown=statement["Effect"] == "Deny")
    }
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if "Allow" in effects else "implicitDeny"


def _is_met(condition: Mapping[str, Any], context: Context, *, unknown: bool) -> bool:
    return all(
        _holds(operator, context.get(key.lower(), ()), [str(like) for like in _as_list(wanted)])
        if _base(operator) in _OPERATORS or operator == "Null"
        else unknown
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _base(operator: str) -> str:
    return operator.rpartition(":")[2].removesuffix("IfExists").replace("Not", "", 1)


def _holds(operator: str, values: Sequence[str], wanted: Sequence[str]) -> bool:
    """One condition on one key. Without the key, ForAllValues and a negation are met, too."""
    if operator == "Null":
        return ("true" if not values else "false") in map(str.lower, wanted)
    compare, is_negated = _OPERATORS[_base(operator)], "Not" in operator
    each = [any(compare(value, like) for like in wanted) != is_negated for value in values]
    if operator.startswith("ForAllValues:") or (operator.endswith("IfExists") and not values):
        return all(each)
    if operator.startswith("ForAnyValue:"):
        return any(each)
    return any(each) if values else is_negated


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": str.__eq__,
    "StringLike": fnmatchcase,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


def _context(fields: Mapping[str, str]) -> Context:
    """The context by key in lower case: AWS compares keys in any case."""
    prefixes = (f"ContextEntries.member.{number}" for number in count(1))
    given = takewhile(lambda prefix: f"{prefix}.ContextKeyName" in fields, prefixes)
    return {
        fields[f"{prefix}.ContextKeyName"].lower(): _values(fields, f"{prefix}.ContextKeyValues")
        for prefix in given
    }


def _values(fields: Mapping[str, str], name: str) -> list[str]:
    keys = (f"{name}.member.{number}" for number in count(1))
    return [fields[key] for key in takewhile(lambda key: key in fields, keys)]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_HEADERS = {"Content-Type": "text/xml"}
_NAMESPACE = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'


def _result(action: str, resource: str, decision: str) -> str:
    return (
        f"<member><EvalActionName>{escape(action)}</EvalActionName>"
        f"<EvalResourceName>{escape(resource)}</EvalResourceName>"
        f"<EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues/>"
        "</member>"
    )


def _answer(results: str) -> str:
    return (
        f"<SimulatePrincipalPolicyResponse {_NAMESPACE}><SimulatePrincipalPolicyResult>"
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults>"
        f"</SimulatePrincipalPolicyResult>{_request_id()}</SimulatePrincipalPolicyResponse>"
    )


def _error(role: str) -> str:
    message = escape(f"The entity {role} cannot be found.")
    return (
        f"<ErrorResponse {_NAMESPACE}><Error><Type>Sender</Type><Code>NoSuchEntity</Code>"
        f"<Message>{message}</Message></Error>{_request_id()}</ErrorResponse>"
    )


def _request_id() -> str:
    return f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
