"""The WSGI application that every client reaches: the admin API, our services, then moto."""

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from lowtide_workbench.aws.protocol.dispatcher import Answers
from lowtide_workbench.server.event_loop import EventLoop

# Shared by all gateways: its only state are the routes of the services that were called.
_moto: WSGIApplication = DomainDispatcherApplication(create_backend_app)


class Gateway:
    """Answers one request at a time, in the thread in which the clock runs, too."""

    def __init__(
        self, loop: EventLoop, answers: Sequence[Answers], afterwards: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._answers = answers
        self._afterwards = afterwards

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        request = _prepared(environ)  # read here, so that a slow client does not block the others
        response = self._loop.run(lambda: self._answer(request, environ))
        response.headers.setdefault("x-amzn-RequestId", str(uuid.uuid4()))
        return response(environ, start)

    def _answer(self, request: AWSPreparedRequest, environ: WSGIEnvironment) -> Response:
        response = self._response(request, environ)
        self._afterwards()
        return response

    def _response(self, request: AWSPreparedRequest, environ: WSGIEnvironment) -> Response:
        for answers in self._answers:
            reply = answers.reply(request)
            if reply is not None:
                status, headers, body = reply
                return Response(body, status, headers)
        try:
            return Response.from_app(_moto, environ, buffered=True)
        except Exception as error:
            return _not_implemented(error, request)


def _prepared(environ: WSGIEnvironment) -> AWSPreparedRequest:
    """The request as botocore prepares one; `environ` gets the body back, for moto to read."""
    request = Request(environ)
    body = request.get_data()
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    headers = HTTPHeaders.from_pairs(request.headers)
    return AWSPreparedRequest(request.method, request.url, headers, body, False)


def _not_implemented(error: Exception, request: AWSPreparedRequest) -> Response:
    """A 501, which clients do not retry, in JSON or XML as the request's protocol has it."""
    text = f"The embedded AWS cannot answer this: {type(error).__name__}: {error}"
    if "X-Amz-Target" in request.headers:
        body = json.dumps({"__type": "NotImplemented", "message": text})
        return Response(body, 501, content_type="application/x-amz-json-1.1")
    parts = f"<Code>NotImplemented</Code><Message>{escape(text)}</Message>"
    body = f"<ErrorResponse><Error>{parts}</Error></ErrorResponse>"
    return Response(body, 501, content_type="text/xml")
