"""One request to a stack's control function, by Lambda's Invoke."""

import json
from collections.abc import Mapping
from typing import Any

_TIMEOUT_S = 60  # longer than that of the function


class RequestRefusedError(Exception):
    """The request does not reach the function, or is not valid: the caller can correct that."""


class FunctionFailedError(Exception):
    """The function was invoked and failed."""


def invoke(
    stack: str, request: Mapping[str, Any], profile: str | None, region: str | None
) -> dict[str, Any]:
    """Returns the function's answer; raises RequestRefusedError or FunctionFailedError."""
    # Imported here, so that `lowtide check` does not wait for boto3.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    function = f"{stack}-control"
    config = Config(read_timeout=_TIMEOUT_S, retries={"total_max_attempts": 2})
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        client: Any = session.client("lambda", config=config)
        response = client.invoke(FunctionName=function, Payload=json.dumps(request).encode())
        answer = json.load(response["Payload"])
    except ClientError as error:
        message = _refusal(function, client.meta.region_name, error.response)
        raise RequestRefusedError(message) from error
    except BotoCoreError as error:
        msg = f"{function} cannot be invoked: {_one_line(error)}"
        raise RequestRefusedError(msg) from error
    if "FunctionError" in response:
        raise _failure(function, answer)
    return dict(answer)


def _refusal(function: str, region: str, response: Mapping[str, Any]) -> str:
    error = response["Error"]
    if error["Code"] == "ResourceNotFoundException":
        return f"there is no function {function} in {region}; name the stack by --stack"
    return f"{function} cannot be invoked: {error['Code']}: {_one_line(error['Message'])}"


def _failure(function: str, answer: Any) -> Exception:
    """Lambda's answer for a time-out has no errorType."""
    kind, message = answer.get("errorType", ""), _one_line(answer.get("errorMessage", "no reason"))
    if kind == "RequestError":
        return RequestRefusedError(message)
    reason = f"{kind}: {message}" if kind else message
    return FunctionFailedError(f"{function} failed: {reason}; its log is /aws/lambda/{function}")


def _one_line(message: object) -> str:
    return " ".join(str(message).split())
