"""Reads and writes the protocol rest-json, by botocore's model of a service.

A member of a request stands in its path, its query, a header or the body; the model says where.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from lowtide_workbench.aws.protocol.dispatcher import Document, Reply
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.protocol.request_validation import problems, service_model

_PARAMETER = re.compile(r"\\\{(\w+)(\\\+)?\\\}")  # after re.escape
_OUTSIDE_BODY = ("uri", "querystring", "header", "statusCode")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of a service, and the pattern of its path."""

    operation: OperationModel
    method: str
    path: re.Pattern[str]
    query: Mapping[str, list[str]]  # that the path of the model has itself

    @classmethod
    def of(cls, operation: OperationModel) -> "Route":
        path, _, query = operation.http["requestUri"].partition("?")
        pattern = _PARAMETER.sub(
            lambda found: f"(?P<{found[1]}>{'.+' if found[2] else '[^/]+'})",
            re.escape(path.rstrip("/")),
        )
        return cls(operation, operation.http["method"], re.compile(pattern), parse_qs(query))


class RestJson:
    """The operations of one service, found by method and path."""

    def __init__(self, service: str) -> None:
        self._model = service_model(service)
        routes = [
            Route.of(self._model.operation_model(name)) for name in self._model.operation_names
        ]
        # A path that spells out more of itself is more exact than one with a parameter.
        self._routes = sorted(routes, key=lambda route: -len(route.path.pattern))

    def find(self, request: AWSPreparedRequest) -> tuple[OperationModel, Document] | None:
        """The operation and its input; None where the path is none of the service.

        Raises Refusal for what the model does not allow.
        """
        url = urlsplit(request.url)
        query, path = parse_qs(url.query, keep_blank_values=True), url.path.rstrip("/")
        for route in self._routes:
            found = route.path.fullmatch(path) if route.method == request.method else None
            if found and all(query.get(name) == value for name, value in route.query.items()):
                named = {name: unquote(value) for name, value in found.groupdict().items()}
                return route.operation, _input(route.operation, request, named, query)
        return None

    def answer(self, operation: OperationModel, output: Document) -> Reply:
        status = int(output.pop("StatusCode", 0) or operation.http.get("responseCode", 200))
        headers = {"Content-Type": "application/json"}
        shape = operation.output_shape
        if shape is None:
            return status, headers, b""
        payload = shape.serialization.get("payload")
        body: Document = {}
        for name, value in output.items():
            member = shape.members[name]
            if member.serialization.get("location") == "header":
                headers[member.serialization["name"]] = str(value)
            elif name != payload and value is not None:
                body[member.serialization.get("name", name)] = _written(member, value)
        if payload:
            return status, headers, output.get(payload, b"")
        return status, headers, b"" if status == 204 else json.dumps(body).encode()

    def refused(self, refusal: Refusal) -> Reply:
        """The error, with the status that the model gives its code."""
        shape = self._model.shape_for(refusal.code) if self._has(refusal.code) else None
        status = shape.metadata.get("error", {}).get("httpStatusCode") if shape else None
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.code}
        body = {"Type": "User", "message": refusal.message, "Message": refusal.message}
        return status or refusal.status, headers, json.dumps(body).encode()

    def _has(self, shape: str) -> bool:
        return shape in self._model.shape_names


def _input(
    operation: OperationModel,
    request: AWSPreparedRequest,
    path: Mapping[str, str],
    query: Mapping[str, list[str]],
) -> Document:
    shape = operation.input_shape
    if shape is None:
        return {}
    given = dict(_outside_body(shape, request, path, query))
    payload = shape.serialization.get("payload")
    if payload:
        return given | {payload: _bytes(request)}
    body = {
        name: value
        for name, value in _json_object(request).items()
        if name in shape.members and shape.members[name].serialization.get("location") is None
    }
    errors = list(problems(shape, given | _without_blobs(shape, body)))
    if errors:
        count = f"{len(errors)} validation error{'s' * (len(errors) > 1)} detected"
        raise Refusal("ValidationException", f"{count}: {'; '.join(errors)}")
    return given | {name: _read(shape.members[name], value) for name, value in body.items()}


def _outside_body(
    shape: StructureShape,
    request: AWSPreparedRequest,
    path: Mapping[str, str],
    query: Mapping[str, list[str]],
) -> Iterator[tuple[str, Any]]:
    for name, member in shape.members.items():
        key = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                yield name, _scalar(member, path[key])
            case "querystring" if key in query:
                yield (
                    name,
                    (
                        query[key]
                        if isinstance(member, ListShape)
                        else _scalar(member, query[key][0])
                    ),
                )
            case "header" if key in request.headers:
                value = request.headers[key]
                yield name, value.decode() if isinstance(value, bytes) else str(value)


def _scalar(shape: Shape, text: str) -> Any:
    if shape.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError:
            raise Refusal("SerializationException", f"{text!r} is not an integer.") from None
    return text == "true" if shape.type_name == "boolean" else text


def _bytes(request: AWSPreparedRequest) -> bytes:
    body: Any = request.body or b""
    content = body.read() if hasattr(body, "read") else body
    return content.encode() if isinstance(content, str) else bytes(content)


def _json_object(request: AWSPreparedRequest) -> Document:
    try:
        document = json.loads(_bytes(request) or b"{}")
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise Refusal("InvalidRequestContentException", message) from None
    if not isinstance(document, dict):
        raise Refusal("SerializationException", "The request body is not a JSON object.")
    return {name: value for name, value in document.items() if value is not None}


def _without_blobs(shape: StructureShape, body: Mapping[str, Any]) -> Document:
    """The body without what JSON writes otherwise than the model types it."""
    return {name: value for name, value in body.items() if shape.members[name].type_name != "blob"}


def _read(shape: Shape, value: Any) -> Any:
    """The value with its blobs as bytes."""
    if shape.type_name == "blob":
        try:
            return base64.b64decode(value, validate=True)
        except (ValueError, TypeError):
            raise Refusal("SerializationException", "A blob is not base64.") from None
    if isinstance(shape, StructureShape):
        return {
            name: _read(shape.members[name], inner)
            for name, inner in value.items()
            if name in shape.members and inner is not None
        }
    return value


def _written(shape: Shape, value: Any) -> Any:
    """The value as JSON has it: instants as seconds, absent members left out."""
    if shape.type_name == "timestamp":
        return value.timestamp()
    if isinstance(shape, StructureShape):
        given = {name: inner for name, inner in value.items() if inner is not None}
        return {name: _written(shape.members[name], inner) for name, inner in given.items()}
    if isinstance(shape, ListShape):
        return [_written(shape.member, inner) for inner in cast("Sequence[Any]", value)]
    if isinstance(shape, MapShape):
        return {key: _written(shape.value, inner) for key, inner in value.items()}
    return value
