"""Lambda's Invoke operation for the functions of the stack."""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Protocol, cast
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.lambda_service.function import Function, FunctionError
from lowtide_workbench.aws.protocol.dispatcher import Reply

_INVOKE = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_TAIL_BYTES = 4096


class Invocations(Protocol):
    """Invokes a function by the name of its folder."""

    def invoke(self, function: str, event: object) -> Any: ...
    def send(self, function: str, event: object) -> None: ...


class LambdaApi:
    def __init__(self, functions: Mapping[str, Function], invocations: Invocations) -> None:
        self._functions = functions  # by the name that the template gives them
        self._invocations = invocations

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        path = _INVOKE.fullmatch(urlsplit(request.url).path)
        function = self._functions.get(_name(unquote(path[1]))) if path else None
        if function is None:
            return None
        try:
            event = json.loads(cast("bytes", request.body) or b"{}")
        except (ValueError, RecursionError) as error:
            return _invalid_request(f"Could not parse request body into json: {error}")
        match request.headers.get("X-Amz-Invocation-Type", "RequestResponse"):
            case "DryRun":
                return 204, {}, b""
            case "Event":
                self._invocations.send(function.name, event)
                return 202, {}, b""
        return self._invoked(function, event, tail=request.headers.get("X-Amz-Log-Type") == "Tail")

    def _invoked(self, function: Function, event: object, *, tail: bool) -> Reply:
        before = len(function.log)
        headers, body = self._invoke(function, event)
        headers |= {"Content-Type": "application/json", "X-Amz-Executed-Version": "$LATEST"}
        if tail:
            log = "\n".join(list(function.log)[before:]).encode()
            headers["X-Amz-Log-Result"] = base64.b64encode(log[-_TAIL_BYTES:]).decode()
        return 200, headers, body

    def _invoke(self, function: Function, event: object) -> tuple[dict[str, str], bytes]:
        """Headers and body; AWS answers 200 for a handler that raised, too, and marks it so."""
        try:
            return {}, json.dumps(self._invocations.invoke(function.name, event)).encode()
        except FunctionError as error:
            body = {"errorMessage": error.error_message, "errorType": error.error_type}
            return {"X-Amz-Function-Error": "Unhandled"}, json.dumps(body).encode()


def _name(name_or_arn: str) -> str:
    """The name in a name, an ARN or a part of one, each with or without a qualifier."""
    parts = re.fullmatch(r"(?:.*:function:)?([^:]+)(?::[^:]+)?", name_or_arn)
    return parts[1] if parts else name_or_arn


def _invalid_request(message: str) -> Reply:
    headers = {
        "Content-Type": "application/json",
        "x-amzn-ErrorType": "InvalidRequestContentException",
    }
    return 400, headers, json.dumps({"Type": "User", "message": message}).encode()
