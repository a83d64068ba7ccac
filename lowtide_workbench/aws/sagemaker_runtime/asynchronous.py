"""Asynchronous invocations: accepted at once, answered in S3 once the endpoint has an instance.

Simplified: the instances of an endpoint answer all that waits in one step of the clock.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.protocol.moto_s3 import read_object, write_object
from lowtide_workbench.aws.sagemaker.endpoint import HostedEndpoint
from lowtide_workbench.aws.sagemaker_runtime.echo import echo
from lowtide_workbench.aws.sagemaker_runtime.routing import refused

type Document = Mapping[str, Any]

_LONGEST_BODY = 128_000  # bytes (facts 8)
_DEFAULT_TTL_S = 21_600


@dataclass(frozen=True, slots=True)
class AsynchronousRequest:
    """`output` and `failure` are predictions: one of the two objects appears later (facts 8)."""

    endpoint: HostedEndpoint
    inference_id: str
    request: Document
    body: bytes
    accepted: float
    output: str
    failure: str | None

    @property
    def expires(self) -> float:
        return self.accepted + float(self.request.get("RequestTTLSeconds", _DEFAULT_TTL_S))

    @property
    def input(self) -> bytes | None:
        location = self.request.get("InputLocation")
        return self.body if location is None else read_object(location)


class AsynchronousRequests:
    """The queues of all endpoints; what waits is lost with its endpoint (facts 8, unknown)."""

    def __init__(self) -> None:
        self._waiting: list[AsynchronousRequest] = []

    def accept(
        self, endpoint: HostedEndpoint, request: Document, body: bytes, now: float
    ) -> AsynchronousRequest:
        _check_input(request, body)
        wanted = endpoint.config.request["AsyncInferenceConfig"]["OutputConfig"]
        folder = wanted.get("S3OutputPath", f"s3://sagemaker-{REGION}-{ACCOUNT}").rstrip("/")
        extension = request.get("S3OutputPathExtension", "").strip("/")
        output = "/".join(filter(None, [folder, extension]))
        failures = wanted.get("S3FailurePath")
        made_up = str(uuid.uuid4())
        accepted = AsynchronousRequest(
            endpoint,
            request.get("InferenceId", made_up),
            request,
            body,
            now,
            f"{output}/{request.get('Filename', f'{made_up}.out')}",
            f"{failures.rstrip('/')}/{made_up}-error.out" if failures else None,
        )
        self._waiting.append(accepted)
        return accepted

    def work(self, now: float) -> None:
        """Answers what waits at endpoints with an instance; fails what waited too long."""
        waiting, self._waiting = self._waiting, []
        for request in waiting:
            endpoint = request.endpoint
            if endpoint.gone or endpoint.status == "Deleting":
                continue
            if now >= request.expires:
                _fail(request, "Request expired.")
            elif endpoint.serving and any(fleet.live for fleet in endpoint.fleets):
                _answer(request)
            else:
                self._waiting.append(request)


def _answer(request: AsynchronousRequest) -> None:
    content = request.input
    if content is None:
        _fail(request, f"No object at {request.request['InputLocation']}.")
        return
    content_type = request.request.get("ContentType", "")
    _, answer = echo(content, content_type, request.request.get("Accept", ""))
    write_object(request.output, answer)


def _fail(request: AsynchronousRequest, reason: str) -> None:
    if request.failure is not None:
        write_object(request.failure, reason.encode())


def _check_input(request: Document, body: bytes) -> None:
    if ("InputLocation" in request) is bool(body):
        raise refused("Exactly one of InputLocation and Body must be given.")
    if len(body) > _LONGEST_BODY:
        raise refused(f"Body has {len(body)} bytes; at most {_LONGEST_BODY} are allowed.")
