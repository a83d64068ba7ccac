"""What a request asks a stack to become: its template, parameters, tags and capabilities."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from lowtide_workbench.aws.cloudformation.stack import Stack
from lowtide_workbench.aws.cloudformation.templates import parameters
from lowtide_workbench.aws.cloudformation.templates.declared import Target
from lowtide_workbench.aws.cloudformation.templates.template import (
    Template,
    capabilities,
    check_types,
)
from lowtide_workbench.aws.protocol.moto_s3 import read_object
from lowtide_workbench.aws.protocol.refusal import Refusal, invalid_request

type Document = Mapping[str, Any]


def template(request: Document, stack: Stack | None = None) -> Template:
    """The template of a request: its text, an object of S3, or the stack's own."""
    if "TemplateBody" in request:
        return Template(request["TemplateBody"])
    if "TemplateURL" in request:
        return Template(_object(request["TemplateURL"]))
    if stack is not None and stack.target is not None:
        return stack.target.template
    raise invalid_request("Either Template URL or Template Body must be specified.")


def target(request: Document, stack: Stack | None = None) -> Target:
    """Raises ValidationError, InsufficientCapabilitiesException, and TransformError."""
    before = stack.target if stack is not None else None
    wanted = template(request, stack)
    values = parameters.values(
        wanted.parameters, request.get("Parameters", ()), before.values if before else None
    )
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", ())}
    if "Tags" not in request and before is not None:
        tags = dict(before.tags)
    document = wanted.processed(values)
    check_types(document)
    given = request.get("Capabilities", ())
    _check_capabilities(capabilities(document), given)
    return Target(wanted, document, values, tags, given)


def check_auto_expand(wanted: Template, given: Sequence[str]) -> None:
    """Without a change set, which shows what a transform makes, it must be acknowledged."""
    if wanted.transforms and "CAPABILITY_AUTO_EXPAND" not in given:
        raise _insufficient("CAPABILITY_AUTO_EXPAND")


def _check_capabilities(needed: Sequence[str], given: Sequence[str]) -> None:
    for capability in needed:
        if capability not in given and "CAPABILITY_NAMED_IAM" not in given:
            raise _insufficient(capability)


def _insufficient(capability: str) -> Refusal:
    message = f"Requires capabilities : [{capability}]"
    return Refusal("InsufficientCapabilitiesException", message)


def _object(url: str) -> str:
    """The object at a URL of S3, whose bucket is in the path or in the host's name."""
    parts = urlsplit(url)
    host, path = parts.hostname or "", unquote(parts.path.lstrip("/"))
    if host.endswith(".amazonaws.com") and not host.startswith("s3"):
        path = f"{host.partition('.s3')[0]}/{path}"
    body = read_object(f"s3://{path}")
    if body is None:
        raise invalid_request("S3 error: The specified key does not exist.")
    return body.decode()
