"""A table whose items are a list, as boto3 reads them."""

from collections.abc import Mapping
from typing import Any, cast

from lowtide.adapters.dynamodb.store import Store


class Items:
    """A table in memory, with the values that boto3 would read: thousands of it are played."""

    def __init__(self, items: Mapping[tuple[str, str], Any] | None = None) -> None:
        self.items = dict(items or {})

    def put(self, endpoint: str, item: str, **attributes: Any) -> None:
        self.items[endpoint, item] = {"endpoint": endpoint, "item": item, **attributes}

    def set(
        self, endpoint: str, item: str, new: Mapping[str, Any], *, without: Any = (), **_: Any
    ) -> None:
        before: Mapping[str, Any] = self.items.get((endpoint, item), {})
        kept = {key: before[key] for key in before.keys() - {"endpoint", "item", *without}}
        self.put(endpoint, item, **kept | dict(new))

    def put_unless(self, endpoint: str, item: str, _flag: str, **attributes: Any) -> None:
        self.put(endpoint, item, **attributes)

    def drop(self, endpoint: str, item: str) -> None:
        self.items.pop((endpoint, item), None)

    def of_kind(self, endpoint: str, kind: str, **_: Any) -> list[Any]:
        return [i for (e, name), i in self.items.items() if e == endpoint and name.startswith(kind)]

    def between(self, endpoint: str, _first: str, _last: str) -> list[Any]:
        return self.of_kind(endpoint, "ledger#")

    def endpoints(self, _kind: str) -> list[str]:
        return [endpoint for endpoint, _ in self.items]


def store_of(items: Items) -> Store:
    store = Store(cast("Any", None))
    store._table = cast("Any", items)  # noqa: SLF001
    return store
