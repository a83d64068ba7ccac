"""An error as AWS sends it, in the protocol that the request is written in."""

import io
import json
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

REQUEST_ID = "00000000-0000-4000-8000-000000000000"


def error_response(
    request: AWSPreparedRequest, status: int, code: str, message: str
) -> AWSResponse:
    speaks_xml = "x-www-form-urlencoded" in _content_type(request)
    body = _xml(code, message) if speaks_xml else _json(code, message)
    headers = HTTPHeaders.from_dict(
        {
            "Content-Type": "text/xml" if speaks_xml else "application/json",
            "x-amzn-ErrorType": code,
            "x-amzn-RequestId": REQUEST_ID,
        }
    )
    return AWSResponse(request.url, status, headers, _Raw(body.encode()))


class _Raw(io.BytesIO):
    """What botocore reads a body from: a urllib3 response, as far as it asks."""

    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


def _content_type(request: AWSPreparedRequest) -> str:
    value = request.headers.get("Content-Type", "")
    return value.decode() if isinstance(value, bytes) else str(value)


def _json(code: str, message: str) -> str:
    return json.dumps({"__type": code, "message": message})


def _xml(code: str, message: str) -> str:
    """The query protocol: SNS."""
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
        f"<Message>{escape(message)}</Message></Error>"
        f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    )
