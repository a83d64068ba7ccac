"""What the containers of the embedded AWS answer: an echo of the request."""

import json

_JSON = "application/json"


def echo(body: bytes, content_type: str, accept: str) -> tuple[str, bytes]:
    """Content type and body of the answer.

    The body comes back unchanged where it is JSON, or where the client accepts its type by name
    (CSV for CSV). Everything else comes back as JSON: text as a string, binary as its length.
    """
    kind = _kind(content_type)
    if kind != _JSON and kind in map(_kind, accept.split(",")):
        return content_type, body
    return _JSON, _as_json(body)


def _kind(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower() or _JSON


def _as_json(body: bytes) -> bytes:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return json.dumps({"bytes": len(body)}).encode()
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return json.dumps(text).encode()
    return body
