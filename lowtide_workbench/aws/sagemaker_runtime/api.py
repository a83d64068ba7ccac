"""The runtime's operations over HTTP: their paths, headers and errors."""

import json
import random
import re
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.model import StructureShape

from lowtide_workbench.aws.protocol.dispatcher import Reply
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal
from lowtide_workbench.aws.protocol.request_validation import problems, service_model
from lowtide_workbench.aws.sagemaker.hosting import Hosting
from lowtide_workbench.aws.sagemaker_runtime.asynchronous.service import AsynchronousInference
from lowtide_workbench.aws.sagemaker_runtime.echo import echo
from lowtide_workbench.aws.sagemaker_runtime.event_stream import MEDIA_TYPE, payload_parts
from lowtide_workbench.aws.sagemaker_runtime.routing import (
    answering_variant,
    refused,
    serving_endpoint,
)
from lowtide_workbench.aws.virtual_time.clock import VirtualClock

type Document = dict[str, Any]

_PATH = re.compile(r"/endpoints/([^/]+)/([a-z-]*invocations[a-z-]*)")
_OPERATIONS = {
    "invocations": "InvokeEndpoint",
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
}
_LONGEST_BODY = 25 * 1024 * 1024  # facts 13


class RuntimeApi:
    def __init__(
        self, hosting: Hosting, asynchronous: AsynchronousInference, clock: VirtualClock, seed: int
    ) -> None:
        self._hosting = hosting
        self._asynchronous = asynchronous
        self._clock = clock
        self._rng = random.Random(seed)

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for a request that another service answers."""
        path = _PATH.fullmatch(urlsplit(request.url).path)
        if path is None:
            return None
        if request.method != "POST":
            return _not_allowed(request)
        try:
            operation = _OPERATIONS.get(path[2])
            if operation is None:
                raise NotPlayed(f"The embedded AWS does not play {path[2]}.")
            document = _document(operation, unquote(path[1]), request.headers)
            return self._invoke(operation, document, _body(request))
        except Refusal as refusal:
            return _error(refusal)

    def _invoke(self, operation: str, document: Document, body: bytes) -> Reply:
        asynchronous = operation == "InvokeEndpointAsync"
        name = document["EndpointName"]
        endpoint = serving_endpoint(self._hosting, name, asynchronous=asynchronous)
        if asynchronous:
            accepted = self._asynchronous.accept(endpoint, document, body, self._clock.seconds())
            headers = {
                "X-Amzn-SageMaker-OutputLocation": accepted.output,
                "X-Amzn-SageMaker-FailureLocation": accepted.failure,
            }
            given = {header: value for header, value in headers.items() if value is not None}
            answer = json.dumps({"InferenceId": accepted.inference_id})
            return 202, {"Content-Type": "application/json", **given}, answer.encode()
        if len(body) > _LONGEST_BODY:
            raise refused(f"Body has {len(body)} bytes; at most {_LONGEST_BODY} are allowed.")
        variant = answering_variant(endpoint, document, self._rng)
        kind, text = echo(body, document.get("ContentType", ""), document.get("Accept", ""))
        invoked = {"x-Amzn-Invoked-Production-Variant": variant}
        if operation == "InvokeEndpoint":
            return 200, {"Content-Type": kind, **invoked}, text
        streamed = {"Content-Type": MEDIA_TYPE, "X-Amzn-SageMaker-Content-Type": kind}
        return 200, {**streamed, **invoked}, payload_parts(text)


def _document(operation: str, endpoint: str, headers: HTTPHeaders) -> Document:
    """The request's members but for its body, checked against botocore's model."""
    model = service_model("sagemaker-runtime")
    shape = cast("StructureShape", model.operation_model(operation).input_shape)
    document: Document = {"EndpointName": endpoint}
    for name, member in shape.members.items():
        value = headers.get(member.serialization.get("name", ""))
        if member.serialization.get("location") == "header" and value is not None:
            text = value.decode() if isinstance(value, bytes) else str(value)
            document[name] = _number(text) if member.type_name == "integer" else text
    errors = list(problems(shape, document | {"Body": b""}))
    if errors:
        count = f"{len(errors)} validation error{'s' * (len(errors) > 1)} detected"
        raise refused(f"{count}: {'; '.join(errors)}")
    return document


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Refusal("SerializationException", f"{text!r} is not an integer.") from None


def _body(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body or b""
    content = body.read() if hasattr(body, "read") else body
    return content.encode() if isinstance(content, str) else bytes(content)


def _not_allowed(request: AWSPreparedRequest) -> Reply:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": "UnknownOperationException"}
    message = f"{request.method} is no operation on this path: invocations are POST."
    return 405, headers | {"Allow": "POST"}, json.dumps({"Message": message}).encode()


def _error(refusal: Refusal) -> Reply:
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.code}
    return refusal.status, headers, json.dumps({"Message": refusal.message}).encode()
