"""Filters, order and pages of SageMaker's List operations."""

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
    """One page, newest first by default, and the token of the next page."""
    part = request.get("NameContains", "")
    matching = [
        item
        for item in items
        if part in item.name and within(item.created, request, "CreationTime")
    ]
    key = order[request.get("SortBy", "CreationTime")]
    backwards = request.get("SortOrder", "Descending") == "Descending"
    return page(sorted(matching, key=key, reverse=backwards), request, size=PAGE)


def within(at: float, request: Mapping[str, Any], field: str) -> bool:
    """Whether `at` is between the bounds of the request, which are both excluded."""
    after, before = request.get(f"{field}After"), request.get(f"{field}Before")
    return (after is None or at > after) and (before is None or at < before)
