"""IAM's SimulatePrincipalPolicy, which moto lacks, over the roles that moto stores."""

import uuid
from collections.abc import Mapping
from itertools import count, takewhile
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.iam.evaluation import Permissions
from lowtide_workbench.aws.iam.patterns import Context
from lowtide_workbench.aws.protocol.dispatcher import Reply
from lowtide_workbench.aws.protocol.moto_iam import role_policies


class PolicySimulator:
    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for a request that another service answers."""
        body = request.body
        text = body.decode(errors="replace") if isinstance(body, bytes) else str(body)
        if not text.startswith("Action=SimulatePrincipalPolicy&"):
            return None
        fields = {key: values[0] for key, values in parse_qs(text).items()}
        policies = role_policies(fields["PolicySourceArn"])
        if policies is None:
            return 404, _HEADERS, _error(fields["PolicySourceArn"]).encode()
        permissions, context = Permissions.of_documents(*policies), _context(fields)
        results = "".join(
            _result(action, resource, permissions.decide(action, resource, context).simulated)
            for action in _values(fields, "ActionNames")
            for resource in _values(fields, "ResourceArns") or ["*"]
        )
        return 200, _HEADERS, _answer(results).encode()


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
