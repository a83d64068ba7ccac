"""Errors over HTTP, in the protocol in which the request is written."""

import json
from typing import cast
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest
from werkzeug.wrappers import Response

from lowtide_workbench.aws.protocol.dispatcher import target

_REST_XML = ("cloudfront", "route53", "s3")


def error(request: AWSPreparedRequest, status: int, code: str, message: str) -> Response:
    headers = {"x-amzn-ErrorType": code}
    if "cbor" in request.headers.get("Smithy-Protocol", ""):
        body = b"\xa2" + b"".join(map(_cbor, ("__type", code, "message", message)))  # a map of two
        headers["Smithy-Protocol"] = "rpc-v2-cbor"
        return Response(body, status, headers, content_type="application/cbor")
    if _is_form(request) or service(request) in _REST_XML:
        parts = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        xml = f"<ErrorResponse><Error>{parts}</Error></ErrorResponse>"
        return Response(xml, status, headers, content_type="text/xml")
    document = json.dumps({"__type": code, "message": message})
    return Response(document, status, headers, content_type="application/x-amz-json-1.1")


def not_played(request: AWSPreparedRequest, failure: Exception | None = None) -> Response:
    """A 501, which clients do not retry, that names the service and the operation."""
    what = " ".join(filter(None, [service(request), operation(request)]))
    text = f"The embedded AWS does not play {what}."
    # What moto would need to play it, and lacks, says nothing to the client.
    if failure is not None and not isinstance(failure, ImportError):
        text = f"{text} It failed with {type(failure).__name__}: {failure}"
    return error(request, 501, "NotImplemented", text)


def service(request: AWSPreparedRequest) -> str:
    """By the scope of the signature, `.../us-east-1/cloudformation/aws4_request`."""
    scope = request.headers.get("Authorization", "").partition("Credential=")[2].split(",")[0]
    parts = scope.split("/")
    return str(parts[-2]) if len(parts) > 2 else ""


def operation(request: AWSPreparedRequest) -> str:
    """As the request names it; in a REST protocol its method and path."""
    path = urlsplit(request.url).path
    if named := target(request).rpartition(".")[2]:
        return named
    if _is_form(request):
        body = cast("bytes", request.body).decode(errors="replace")
        return parse_qs(body).get("Action", [""])[0]
    return (
        path.rpartition("/operation/")[2] if "/operation/" in path else f"{request.method} {path}"
    )


def _is_form(request: AWSPreparedRequest) -> bool:
    return "x-www-form-urlencoded" in request.headers.get("Content-Type", "")


def _cbor(text: str) -> bytes:
    """A text string with its length in two bytes."""
    encoded = text.encode()[:0xFFFF]
    return b"\x79" + len(encoded).to_bytes(2) + encoded
