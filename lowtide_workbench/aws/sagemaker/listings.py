"""What SageMaker's List operations have in common: filters, order, pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from lowtide_workbench.aws.protocol.paging import page

type Document = dict[str, Any]

PAGE = 10


class Listed(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def created(self) -> float: ...


type Order[T] = Mapping[str, Callable[[T], Any]]

NAMED: Order[Any] = {
    "CreationTime": lambda item: item.created,
    "Name": lambda item: item.name,
}


def listed[T: Listed](
    request: Mapping[str, Any], items: Sequence[T], order: Order[T]
) -> tuple[Sequence[T], dict[str, str]]:
    """One page, newest first unless asked otherwise, and the token of the next."""
    part = request.get("NameContains", "")
    found = [
        item
        for item in items
        if part in item.name and within(item.created, request, "CreationTime")
    ]
    key = order[request.get("SortBy", "CreationTime")]
    backwards = request.get("SortOrder", "Descending") == "Descending"
    return page(sorted(found, key=key, reverse=backwards), request, size=PAGE)


def within(at: float, request: Mapping[str, Any], field: str) -> bool:
    """Both bounds are excluded: "after" and "before"."""
    after, before = request.get(f"{field}After"), request.get(f"{field}Before")
    return (after is None or at > after) and (before is None or at < before)
