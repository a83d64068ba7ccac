"""Pages of a listing: the token is the place in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.aws.refusal import Refusal


def page[T](
    items: Sequence[T],
    request: Mapping[str, Any],
    size: int,
    refusal: str = "ValidationException",
) -> tuple[Sequence[T], dict[str, str]]:
    """One page of `size` or as asked, and the NextToken of the next where there is one."""
    token = request.get("NextToken") or "0"
    if not token.isdigit():
        raise Refusal(refusal, "Invalid NextToken")
    start = int(token)
    end = start + (request.get("MaxResults") or size)
    return items[start:end], {"NextToken": str(end)} if end < len(items) else {}
