"""What Lowtide remembers: overrides, records, snapshots and the ledger, one partition an endpoint.

Sort keys: `now#override`, `now#record` and `now#snapshot` hold the present and are read in one
query; `snapshot#<instant>` keeps every version; `ledger#<instant>` is what was done, for 400 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.conditions import Key

from lowtide.adapters.aws_errors import translated
from lowtide.domain.errors import AwsError
from lowtide.domain.overrides import Override
from lowtide.domain.record import Record
from lowtide.domain.snapshot import Snapshot, content_hash, from_json, to_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_LEDGER_KEPT = timedelta(days=400)
_LARGEST_SNAPSHOT = 390_000  # bytes: DynamoDB takes items of 400 KB (409,600 bytes), names included


@dataclass(frozen=True, slots=True)
class Memory:
    """All that is remembered of one endpoint."""

    record: Record
    override: Override | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger."""

    at: datetime
    step: str
    reason: str
    outcome: str


class Store:
    def __init__(self, table: Table) -> None:
        self._table = table

    def recall(self, endpoint: str) -> Memory:
        condition = Key("endpoint").eq(endpoint) & Key("item").begins_with("now#")
        with translated():
            found = self._table.query(KeyConditionExpression=condition, ConsistentRead=True)
        items: dict[str, Mapping[str, Any]] = {str(i["item"]): i for i in found["Items"]}
        return Memory(_record(items), _override(items.get("now#override")))

    def save_record(self, endpoint: str, record: Record, intent: str, now: datetime) -> None:
        since = record.draining_since
        self._put(
            endpoint,
            "now#record",
            restore_pending=record.restore_pending,
            draining_since=since.isoformat() if since else None,
            whole=record.whole.isoformat() if record.whole else None,
            intent=intent,
            at=now.isoformat(),
        )

    def save_snapshot(self, endpoint: str, snapshot: Snapshot) -> None:
        """Keeps this version for ever; raises unless it reads back as it was written."""
        text = to_json(snapshot)
        if len(text.encode()) > _LARGEST_SNAPSHOT:
            msg = (
                f"the snapshot of {endpoint} has {len(text.encode()):,} bytes and the table takes "
                f"{_LARGEST_SNAPSHOT:,}: nothing is saved; fewer scheduled actions or policies fit"
            )
            raise AwsError(msg)
        content = {"text": text, "sha256": content_hash(text)}
        self._put(endpoint, f"snapshot#{snapshot.taken_at.isoformat()}", **content)
        self._put(endpoint, "now#snapshot", **content)
        if self.recall(endpoint).record.snapshot != from_json(text):
            msg = f"the snapshot of {endpoint} does not read back as it was written"
            raise AwsError(msg)

    def save_override(self, endpoint: str, override: Override) -> None:
        self._put(
            endpoint,
            "now#override",
            awake=override.awake,
            until=override.until.isoformat(),
            reason=override.reason,
            by=override.by,
        )

    def drop_override(self, endpoint: str) -> None:
        with translated():
            self._table.delete_item(Key={"endpoint": endpoint, "item": "now#override"})

    def enter(self, endpoint: str, entry: Entry) -> None:
        self._put(
            endpoint,
            f"ledger#{entry.at.isoformat()}#{entry.step}",
            at=entry.at.isoformat(),
            step=entry.step,
            reason=entry.reason,
            outcome=entry.outcome,
            expires_at=int((entry.at + _LEDGER_KEPT).timestamp()),
        )

    def ledger(self, endpoint: str, newest: int) -> tuple[Entry, ...]:
        """The newest entries, oldest first."""
        condition = Key("endpoint").eq(endpoint) & Key("item").begins_with("ledger#")
        with translated():
            found = self._table.query(
                KeyConditionExpression=condition, ScanIndexForward=False, Limit=newest
            )
        return tuple(_entry(item) for item in reversed(found["Items"]))

    def _put(self, endpoint: str, item: str, **attributes: Any) -> None:
        with translated():
            self._table.put_item(Item={"endpoint": endpoint, "item": item, **attributes})


def _record(items: Mapping[str, Mapping[str, Any]]) -> Record:
    record, snapshot = items.get("now#record", {}), items.get("now#snapshot")
    return Record(
        snapshot=_snapshot(snapshot) if snapshot else None,
        restore_pending=record.get("restore_pending", False),
        draining_since=_instant(record.get("draining_since")),
        whole=_instant(record.get("whole")),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _snapshot(item: Mapping[str, Any]) -> Snapshot:
    if content_hash(item["text"]) != item["sha256"]:
        msg = f"the snapshot of {item['endpoint']} in the table is damaged: its hash does not match"
        raise AwsError(msg)
    return from_json(item["text"])


def _override(item: Mapping[str, Any] | None) -> Override | None:
    if item is None:
        return None
    until = datetime.fromisoformat(item["until"])
    return Override(item["awake"], until, item["reason"], item["by"])


def _entry(item: Mapping[str, Any]) -> Entry:
    at = datetime.fromisoformat(item["at"])
    return Entry(at, item["step"], item["reason"], item["outcome"])
