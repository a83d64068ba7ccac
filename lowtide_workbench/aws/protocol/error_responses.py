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
    content_type = request.headers.get("Content-Type", "")
    if isinstance(content_type, bytes):
        content_type = content_type.decode()
    is_query = "x-www-form-urlencoded" in str(content_type)
    body = _xml(code, message) if is_query else json.dumps({"__type": code, "message": message})
    headers = HTTPHeaders.from_dict(
        {
            "Content-Type": "text/xml" if is_query else "application/json",
            "x-amzn-ErrorType": code,
            "x-amzn-RequestId": REQUEST_ID,
        }
    )
    return AWSResponse(request.url, status, headers, Raw(body.encode()))


class Raw(io.BytesIO):
    """A body that botocore reads as it reads a urllib3 response."""

    def stream(self, **_: object) -> list[bytes]:
        return [self.read()]


def _xml(code: str, message: str) -> str:
    """The error in the query protocol, which SNS and IAM speak."""
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
        f"<Message>{escape(message)}</Message></Error>"
        f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
    )
