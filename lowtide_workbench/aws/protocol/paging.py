"""Pages of a listing, with opaque tokens."""

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
    """One page of `size` items or MaxResults, and the NextToken if another page follows."""
    token = request.get("NextToken")
    start = _start(token, refusal) if token else 0
    end = start + (request.get("MaxResults") or size)
    following = base64.b64encode(f"from {end}".encode()).decode()
    return items[start:end], {"NextToken": following} if end < len(items) else {}


def _start(token: str, refusal: str) -> int:
    try:
        return int(base64.b64decode(token, validate=True).decode().removeprefix("from "))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refusal(refusal, "Invalid NextToken") from None
