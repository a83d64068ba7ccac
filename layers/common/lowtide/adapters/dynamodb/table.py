"""A table with a partition for each endpoint, of items whose names begin with their kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from lowtide.adapters.aws_errors import translated
from lowtide.domain.errors import ConditionError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_NAMES = {"#endpoint": "endpoint", "#item": "item"}


class PartitionedTable:
    """Conditions are text: boto3 numbers the placeholders of its `Key` and `Attr` with one counter
    for all threads, so that a query could ask for what another thread named."""

    def __init__(self, table: Table) -> None:
        self._table: Any = table

    def put(self, endpoint: str, item: str, **attributes: Any) -> None:
        with translated():
            self._table.put_item(Item={"endpoint": endpoint, "item": item, **attributes})

    def put_unless(self, endpoint: str, item: str, flag: str, **attributes: Any) -> None:
        """Writes nothing where the item is there and has the flag set."""
        with suppress(ConditionError), translated():
            self._table.put_item(
                Item={"endpoint": endpoint, "item": item, **attributes},
                ConditionExpression="attribute_not_exists(#flag) OR #flag = :unset",
                ExpressionAttributeNames={"#flag": flag},
                ExpressionAttributeValues={":unset": False},
            )

    def set(
        self,
        endpoint: str,
        item: str,
        attributes: Mapping[str, Any],
        *,
        without: Sequence[str] = (),
        known: Mapping[str, Any] | None = None,
    ) -> None:
        """Sets these attributes, removes those of `without`, and leaves all others: a role that may
        do only this, with these attributes, can empty no item, as PutItem would. Raises
        ConditionError where the item does not have the known attributes any more."""
        known = known or {}
        sets = ", ".join(f"#{name} = :{name}" for name in attributes)
        removes = ", ".join(f"#{name}" for name in without)
        condition = " AND ".join(f"#{name} = :known_{name}" for name in known)
        self.update(
            endpoint,
            item,
            UpdateExpression=f"SET {sets}" + (f" REMOVE {removes}" if removes else ""),
            ExpressionAttributeNames={f"#{name}": name for name in (*attributes, *without, *known)},
            ExpressionAttributeValues={f":{name}": value for name, value in attributes.items()}
            | {f":known_{name}": value for name, value in known.items()},
            **({"ConditionExpression": condition} if condition else {}),
        )

    def drop(self, endpoint: str, item: str) -> None:
        with translated():
            self._table.delete_item(Key={"endpoint": endpoint, "item": item})

    def update(self, endpoint: str, item: str, **request: Any) -> None:
        with translated():
            self._table.update_item(Key={"endpoint": endpoint, "item": item}, **request)

    def of_kind(self, endpoint: str, kind: str, **request: Any) -> Iterator[Any]:
        """All of them, oldest first."""
        return self._all("query", **_of(endpoint, kind), **request)

    def newest(self, endpoint: str, kind: str, most: int, **request: Any) -> list[Any]:
        """Newest first."""
        with translated():
            page = self._table.query(
                **_of(endpoint, kind), ScanIndexForward=False, Limit=most, **request
            )
        return list(page["Items"])

    def between(self, endpoint: str, first: str, last: str) -> Iterator[Any]:
        """Those from `first` to `last`, both included, oldest first."""
        return self._all(
            "query",
            KeyConditionExpression="#endpoint = :endpoint AND #item BETWEEN :first AND :last",
            ExpressionAttributeNames=_NAMES,
            ExpressionAttributeValues={":endpoint": endpoint, ":first": first, ":last": last},
        )

    def endpoints(self, kind: str) -> Iterator[str]:
        """The endpoint of each item of this kind. Reads the whole table."""
        items = self._all(
            "scan",
            FilterExpression="begins_with(#item, :kind)",
            ExpressionAttributeNames=_NAMES,
            ExpressionAttributeValues={":kind": kind},
            ProjectionExpression="#endpoint",
        )
        return (str(item["endpoint"]) for item in items)

    def _all(self, operation: Literal["query", "scan"], **request: Any) -> Iterator[Any]:
        """Page by page."""
        while True:
            with translated():
                page = getattr(self._table, operation)(**request)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _of(endpoint: str, kind: str) -> dict[str, Any]:
    return {
        "KeyConditionExpression": "#endpoint = :endpoint AND begins_with(#item, :kind)",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": {":endpoint": endpoint, ":kind": kind},
    }
