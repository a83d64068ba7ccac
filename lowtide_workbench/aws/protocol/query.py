"""The query protocol: forms in, XML out, by moto's readers and writers for botocore's model."""

import uuid
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest
from moto.core.model import ServiceModel
from moto.core.parse import QueryParser
from moto.core.serialize import QuerySerializer, SerializationContext
from moto.core.utils import get_service_model
from werkzeug.datastructures import Headers, MultiDict

from lowtide_workbench.aws.protocol.dispatcher import Reply, Service
from lowtide_workbench.aws.protocol.refusal import NotPlayed, Refusal
from lowtide_workbench.aws.protocol.request_validation import problems

type Document = dict[str, Any]

_XML = {"Content-Type": "text/xml"}


class QueryDoor:
    """Answers the requests of one service, which it knows by the version of its API."""

    def __init__(self, service: str, parts: tuple[Service, ...]) -> None:
        self._service = service
        self._parts = parts

    def reply(self, request: AWSPreparedRequest) -> Reply | None:
        """None for a request that another service answers."""
        body = request.body
        text = body.decode(errors="replace") if isinstance(body, bytes) else str(body or "")
        model = _model(self._service)
        if f"Version={model.api_version}" not in text:
            return None
        form = dict(parse_qsl(text, keep_blank_values=True))
        try:
            return self._answer(model, form.get("Action", ""), form)
        except Refusal as refusal:
            return refusal.status, dict(_XML), _error(refusal).encode()

    def _answer(self, model: ServiceModel, name: str, form: Mapping[str, str]) -> Reply:
        part = next((part for part in self._parts if name in part.operations), None)
        if part is None:
            raise NotPlayed(f"The embedded AWS does not play {self._service} {name}.")
        operation = model.operation_model(name)
        request: Document = QueryParser(operation).parse(
            {
                "body": "",
                "headers": Headers(),
                "method": "POST",
                "url_params": {},
                "url_path": "/",
                "values": MultiDict(form),
            }
        )
        _check(operation.input_shape, request)
        answer = cast("Callable[[Document], Document | None]", getattr(part, xform_name(name)))
        context = SerializationContext(str(uuid.uuid4()))
        written = QuerySerializer(operation, context).serialize(answer(request) or {})
        return written["status_code"], dict(_XML), str(written["body"]).encode()


def _check(shape: Any, request: Document) -> None:
    errors = list(problems(shape, request))
    if errors:
        count = f"{len(errors)} validation error{'s' * (len(errors) > 1)} detected"
        raise Refusal("ValidationError", f"{count}: {'; '.join(errors)}")


@cache
def _model(service: str) -> ServiceModel:
    return get_service_model(service)


def _error(refusal: Refusal) -> str:
    return (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{escape(refusal.code)}</Code><Message>{escape(refusal.message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
