"""Pages of a listing: the token is the place in it, and nobody's to read."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

from lowtide_workbench.aws.protocol.refusal import Refusal


def page[T](
    items: Sequence[T],
    request: Mapping[str, Any],
    size: int,
    refusal: str = "ValidationException",
) -> tuple[Sequence[T], dict[str, str]]:
    """One page of `size` or as asked, and the NextToken of the next where there is one."""
    token = request.get("NextToken")
    start = _place(token, refusal) if token else 0
    end = start + (request.get("MaxResults") or size)
    return items[start:end], {"NextToken": _token(end)} if end < len(items) else {}


def _token(place: int) -> str:
    return base64.b64encode(f"from {place}".encode()).decode()


def _place(token: str, refusal: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True).decode().removeprefix("from "))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refusal(refusal, "Invalid NextToken") from None
