"""One question to a stack's control function, by Lambda's Invoke."""

import json
from collections.abc import Mapping
from typing import Any

_LONGEST_S = 60  # more than the function has


class CannotAskError(Exception):
    """The question does not reach the function, or is not one: the asker can mend that."""


class FailedError(Exception):
    """The function was asked and failed."""


def ask(
    stack: str, question: Mapping[str, Any], profile: str | None, region: str | None
) -> dict[str, Any]:
    # Imported here, so that `lowtide check` does not wait for boto3.
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    function = f"{stack}-control"
    config = Config(read_timeout=_LONGEST_S, retries={"total_max_attempts": 2})
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        client: Any = session.client("lambda", config=config)
        reply = client.invoke(FunctionName=function, Payload=json.dumps(question).encode())
        answer = json.load(reply["Payload"])
    except ClientError as error:
        raise CannotAskError(_refusal(function, client.meta.region_name, error.response)) from error
    except BotoCoreError as error:
        raise CannotAskError(f"{function} cannot be asked: {_one_line(error)}") from error
    if "FunctionError" in reply:
        raise _failure(function, answer)
    return dict(answer)


def _refusal(function: str, region: str, response: Mapping[str, Any]) -> str:
    error = response["Error"]
    if error["Code"] == "ResourceNotFoundException":
        return f"there is no function {function} in {region}; name the stack by --stack"
    return f"{function} cannot be asked: {error['Code']}: {_one_line(error['Message'])}"


def _failure(function: str, answer: Any) -> Exception:
    """What control refuses is the question's fault; a time-out has no errorType."""
    kind, message = answer.get("errorType", ""), _one_line(answer.get("errorMessage", "no reason"))
    if kind == "RequestError":
        return CannotAskError(message)
    said = f"{kind}: {message}" if kind else message
    return FailedError(f"{function} failed: {said}; its log is /aws/lambda/{function}")


def _one_line(message: object) -> str:
    return " ".join(str(message).split())
