"""JSON 1.1 between clients and the services of our own: no socket, no parsing of models."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest

from workbench.aws.refusal import Refusal

type Document = dict[str, Any]
type Reply = tuple[int, dict[str, str], bytes]  # status, headers, body


class Service(Protocol):
    """One method an operation, named like boto3's; `operations` lists those it answers."""

    operations: frozenset[str]


class Dispatcher:
    """Finds the service by the prefix of X-Amz-Target, and the method by its operation."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for what is somebody else's to answer."""
        prefix, _, operation = target(request).rpartition(".")
        service = self._services.get(prefix)
        if service is None or operation not in service.operations:
            return None
        document = json.loads(cast("bytes", request.body) or "{}")
        status, answer = _call(service, operation, document)
        return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()


def _call(service: Service, operation: str, document: Document) -> tuple[int, Document]:
    method = cast("Callable[[Document], Document | None]", getattr(service, xform_name(operation)))
    try:
        return 200, method(document) or {}
    except Refusal as refusal:
        return 400, {"__type": refusal.code, "message": refusal.message}


def target(request: AWSPreparedRequest) -> str:
    value = request.headers.get("X-Amz-Target", "")
    return value.decode() if isinstance(value, bytes) else str(value)
