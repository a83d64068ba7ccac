"""JSON 1.1 between clients and the services of our own: no socket, no parsing of models."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest

from lowtide_workbench.aws.protocol import request_validation as request_check
from lowtide_workbench.aws.protocol.refusal import Refusal

type Document = dict[str, Any]
type Reply = tuple[int, dict[str, str], bytes]  # status, headers, body


class Service(Protocol):
    """One method an operation, named like boto3's; `operations` lists those it answers."""

    operations: frozenset[str]


class Answers(Protocol):
    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for what is somebody else's to answer."""


class Dispatcher:
    """Finds the services by the prefix of X-Amz-Target, and the method by its operation.

    `checked` names botocore's model of those whose requests are held against it;
    `others` are asked about what comes without X-Amz-Target.
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
        """None for what is somebody else's to answer."""
        prefix, _, operation = target(request).rpartition(".")
        services = self._services.get(prefix, ())
        service = next((each for each in services if operation in each.operations), None)
        if service is None:
            replies = (each.reply(request) for each in self._others)
            return next((reply for reply in replies if reply is not None), None)
        document = json.loads(cast("bytes", request.body) or "{}")
        status, answer = self._call(service, prefix, operation, document)
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "x-amzn-RequestId": str(uuid.uuid4()),
        }
        return status, headers, json.dumps(answer).encode()

    def _call(
        self, service: Service, prefix: str, operation: str, document: Document
    ) -> tuple[int, Document]:
        method = getattr(service, xform_name(operation))
        answer = cast("Callable[[Document], Document | None]", method)
        try:
            if prefix in self._checked:
                request_check.check(self._checked[prefix], operation, document)
            return 200, answer(document) or {}
        except Refusal as refusal:
            return 400, {"__type": refusal.code, "message": refusal.message}


def target(request: AWSPreparedRequest) -> str:
    value = request.headers.get("X-Amz-Target", "")
    return value.decode() if isinstance(value, bytes) else str(value)
