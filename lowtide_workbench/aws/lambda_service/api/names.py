"""The names and ARNs of functions and layers, and the errors for what is not there."""

import re

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.protocol.refusal import Refusal

_FUNCTION = re.compile(
    r"(?:arn:aws:lambda:[a-z0-9-]+:)?(?:\d{12}:)?(?:function:)?([A-Za-z0-9_-]+)(?::([\w$-]+))?"
)
_LAYER = re.compile(r"(arn:aws:lambda:[a-z0-9-]+:\d{12}:layer:([A-Za-z0-9_-]+)):(\d+)")


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def layer_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}"


def function_name(text: str, qualifier: str | None = None) -> str:
    """The name in a name, an ARN or a part of one; only $LATEST is there as a qualifier."""
    found = _FUNCTION.fullmatch(text)
    if found is None:
        raise Refusal("ValidationException", f"Value '{text}' at 'functionName' is no function")
    qualifier = qualifier or found[2]
    if qualifier not in (None, "$LATEST"):
        raise not_found(f"Function not found: {function_arn(found[1])}:{qualifier}")
    return found[1]


def layer_version(arn: str) -> tuple[str, int]:
    """The name and the number in the ARN of a layer's version."""
    found = _LAYER.fullmatch(arn)
    if found is None:
        raise wrong(f"Layer version {arn} does not exist.")
    return found[2], int(found[3])


def layer_name(text: str) -> str:
    """The name in a name or an ARN of a layer."""
    return text.rpartition(":")[2]


def not_found(message: str) -> Refusal:
    return Refusal("ResourceNotFoundException", message)


def wrong(message: str) -> Refusal:
    return Refusal("InvalidParameterValueException", message)
