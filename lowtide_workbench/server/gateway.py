"""The WSGI application that every client reaches: the admin API, our services, then moto."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.wrappers import Request, Response

from lowtide_workbench.aws.protocol.dispatcher import Answers, json_body, target
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.server import door
from lowtide_workbench.server.error_replies import error, not_played
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
        if (reason := door.refusal(environ)) is not None:
            return Response(f"Refused: {reason}.\n", 403)(environ, start)
        request = _prepared(environ)  # read here, so that a slow client does not block the others
        response = self._loop.run(lambda: self._answer(request, environ))
        response.headers.setdefault("x-amzn-RequestId", str(uuid.uuid4()))
        return response(environ, start)

    def _answer(self, request: AWSPreparedRequest, environ: WSGIEnvironment) -> Response:
        response = self._response(request, environ)
        self._afterwards()
        return response

    def _response(self, request: AWSPreparedRequest, environ: WSGIEnvironment) -> Response:
        try:
            for answers in self._answers:
                reply = answers.reply(request)
                if reply is not None:
                    status, headers, body = reply
                    return Response(body, status, headers)
            if name := target(request):
                json_body(request)
                if not name.rpartition(".")[2]:
                    raise Refusal("UnknownOperationException", "X-Amz-Target names no operation.")
            response = Response.from_app(_moto, environ, buffered=True)
        except Refusal as refusal:
            return error(request, refusal.status, refusal.code, refusal.message)
        except Exception as failure:
            return not_played(request, failure)
        return not_played(request) if _is_unknown(response) else response


def _prepared(environ: WSGIEnvironment) -> AWSPreparedRequest:
    """The request as botocore prepares one; `environ` gets the body back, for moto to read."""
    request = Request(environ)
    body = request.get_data()
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    headers = HTTPHeaders.from_pairs(request.headers)
    return AWSPreparedRequest(request.method, request.url, headers, body, False)


def _is_unknown(response: Response) -> bool:
    """Whether it is the page with which moto's server answers a path that it does not know."""
    return response.status_code in (404, 405) and b"<title>40" in response.data
