"""Calls the services of our own with requests in JSON 1.1, and writes their replies."""

import gzip
import json
import uuid
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.protocol import request_validation as request_check
from lowtide_workbench.aws.protocol.refusal import Refusal

type Document = dict[str, Any]
type Reply = tuple[int, dict[str, str], bytes]  # status, headers, body


class Service(Protocol):
    """A class with one method an operation, named as in boto3, and the list of the operations."""

    operations: frozenset[str]


class Answers(Protocol):
    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for a request that another service answers."""


class Dispatcher:
    """Finds the service by the prefix of X-Amz-Target, and the method by its operation.

    `checked` names botocore's model for the services whose requests are validated;
    `others` get the requests without X-Amz-Target.
    """

    def __init__(
        self,
        services: Mapping[str, Sequence[Service]],
        checked: Mapping[str, str] | None = None,
        others: Sequence[Answers] = (),
    ) -> None:
        self._services = services
        self._checked = checked or {}
        self._others = others

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for a request that another service answers."""
        prefix, _, operation = target(request).rpartition(".")
        services = self._services.get(prefix, ())
        service = next((known for known in services if operation in known.operations), None)
        if service is None:
            replies = (other.reply(request) for other in self._others)
            return next((reply for reply in replies if reply is not None), None)
        status, answer = self._call(service, prefix, operation, request)
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "x-amzn-RequestId": str(uuid.uuid4()),
        }
        return status, headers, json.dumps(answer).encode()

    def _call(
        self, service: Service, prefix: str, operation: str, request: AWSPreparedRequest
    ) -> tuple[int, Document]:
        method = getattr(service, xform_name(operation))
        answer = cast("Callable[[Document], Document | None]", method)
        try:
            document = json_body(request)
            if prefix in self._checked:
                request_check.check(self._checked[prefix], operation, document)
            return 200, answer(document) or {}
        except Refusal as refusal:
            return refusal.status, {"__type": refusal.code, "message": refusal.message}


def json_body(request: AWSPreparedRequest) -> Document:
    """The request's document; SerializationException for what is no JSON object."""
    body = cast("bytes", request.body)
    try:
        if _header(request, "Content-Encoding") == "gzip":  # of PutMetricData above 10 KB
            body = gzip.decompress(body)
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError, EOFError, OSError, zlib.error):
        raise Refusal("SerializationException", "The request body is not valid JSON.") from None
    if not isinstance(document, dict):
        raise Refusal("SerializationException", "The request body is not a JSON object.")
    return document


def target(request: AWSPreparedRequest) -> str:
    return _header(request, "X-Amz-Target")


def _header(request: AWSPreparedRequest, name: str) -> str:
    value = request.headers.get(name, "")
    return value.decode() if isinstance(value, bytes) else str(value)
