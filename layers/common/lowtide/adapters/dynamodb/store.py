"""What Lowtide remembers: overrides, records, snapshots and the ledger, one partition an endpoint.

Sort keys: `now#…` (override, record, snapshot, refusal, sleep, milestones) hold the present and are
read together; `snapshot#<instant>` keeps every version; `ledger#<instant>` is what was done,
for 400 days. Partitions that no endpoint can be called: `#deletions` counts those of each minute,
`#held` names the endpoints whose scaling may be held.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lowtide.adapters.dynamodb import history_item as ledger_items
from lowtide.adapters.dynamodb import items
from lowtide.adapters.dynamodb.record_item import record_from, record_item
from lowtide.adapters.dynamodb.table import PartitionedTable
from lowtide.domain.errors import AwsError, ConditionError
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Milestones, Sleep, StoredState
from lowtide.domain.schedule.override import Override, Pause
from lowtide.domain.snapshot.snapshot import Snapshot, content_hash, from_json, to_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_LEDGER_KEPT = timedelta(days=400)
_MINUTE_KEPT = timedelta(hours=1)
_LARGEST_SNAPSHOT = 390_000  # bytes: DynamoDB takes items of 400 KB (409,600 bytes), names included


class Store:
    def __init__(self, table: Table) -> None:
        self._table = PartitionedTable(table)

    def load(self, endpoint: str) -> StoredState:
        found = self._table.of_kind(endpoint, "now#", ConsistentRead=True)
        now: dict[str, Mapping[str, Any]] = {str(item["item"]): item for item in found}
        snapshot = now.get("now#snapshot")
        return StoredState(
            record=record_from(now.get("now#record", {}), items.snapshot_from(snapshot)),
            override=items.override_from(now.get("now#override")),
            paused=items.pause_from(now.get("now#pause")),
            asked=items.instant_from(now.get("now#asked", {}).get("at")),
            refusal=now.get("now#refusal", {}).get("reason", ""),
            sleep=items.sleep_from(now.get("now#sleep", {})),
            milestones=items.milestones_from(now.get("now#milestones", {})),
            resumed=items.instant_from(now.get("now#pause", {}).get("until")),
            begun=items.begun_from(now.get("now#record", {})),
        )

    def save_record(self, endpoint: str, record: Record, intent: str, now: datetime) -> None:
        self._table.put(
            endpoint, "now#record", intent=intent, at=now.isoformat(), **record_item(record)
        )

    def save_snapshot(self, endpoint: str, snapshot: Snapshot) -> None:
        """Keeps this version for ever; raises unless it reads back as it was written."""
        content = self.save_version(endpoint, snapshot)
        self._table.put(endpoint, "now#snapshot", **content)
        if self.load(endpoint).record.snapshot != from_json(content["text"]):
            msg = f"the snapshot of {endpoint} does not read back as it was written"
            raise AwsError(msg)

    def save_version(self, endpoint: str, snapshot: Snapshot) -> Mapping[str, str]:
        """Without putting it in force; returns what was written."""
        text = to_json(snapshot)
        if len(text.encode()) > _LARGEST_SNAPSHOT:
            msg = (
                f"the snapshot of {endpoint} has {len(text.encode()):,} bytes and the table takes "
                f"{_LARGEST_SNAPSHOT:,}: nothing is saved; fewer scheduled actions or policies fit"
            )
            raise AwsError(msg)
        content = {"text": text, "sha256": content_hash(text)}
        self._table.put(endpoint, f"snapshot#{snapshot.taken_at.isoformat()}", **content)
        return content

    def newest_version(self, endpoint: str) -> Snapshot | None:
        found = self._table.newest(endpoint, "snapshot#", 1, ConsistentRead=True)
        return from_json(str(found[0]["text"])) if found else None

    def save_override(self, endpoint: str, override: Override) -> None:
        self._table.put(endpoint, "now#override", **items.override_item(override))

    def replace_override(self, endpoint: str, known: Override, override: Override) -> None:
        """Nothing is written where it is not the known one any more."""
        with suppress(ConditionError):
            self._table.replace(
                endpoint, "now#override", items.override_item(known), items.override_item(override)
            )

    def save_pause(self, endpoint: str, pause: Pause) -> None:
        self._table.put(endpoint, "now#pause", **items.pause_item(pause))

    def end_pause(self, endpoint: str, now: datetime) -> None:
        self._table.put(endpoint, "now#pause", until=now.isoformat())

    def save_asked(self, endpoint: str, now: datetime) -> None:
        self._table.put(endpoint, "now#asked", at=now.isoformat())

    def save_refusal(self, endpoint: str, reason: str, now: datetime) -> None:
        """What is refused from now on; "" where nothing is any more."""
        self._table.put(endpoint, "now#refusal", reason=reason, at=now.isoformat())

    def save_sleep(self, endpoint: str, sleep: Sleep | None) -> None:
        """None: it is over."""
        self._table.put(endpoint, "now#sleep", **items.sleep_item(sleep))

    def save_milestones(self, endpoint: str, milestones: Milestones) -> None:
        self._table.put(endpoint, "now#milestones", **items.milestones_item(milestones))

    def note_hold(self, endpoint: str, now: datetime) -> None:
        """Beside its record, so that it is found also when nobody asks for this endpoint."""
        self._table.put("#held", f"held#{endpoint}", since=now.isoformat())

    def drop_hold(self, endpoint: str) -> None:
        self._table.drop("#held", f"held#{endpoint}")

    def held(self) -> frozenset[str]:
        """The endpoints whose scaling may be held."""
        found = self._table.of_kind("#held", "held#")
        return frozenset(str(item["item"]).removeprefix("held#") for item in found)

    def claim_deletion(self, endpoint: str, limit: int, now: datetime) -> bool:
        """Whether this one is among the first `limit` of the minute; asked twice, it counts once.

        One conditional update decides, so that overlapping runs cannot exceed the limit.
        """
        minute = _minute(now)
        try:
            self._table.update(
                "#deletions",
                f"minute#{minute.isoformat()}",
                UpdateExpression="ADD endpoints :one SET expires_at = :expires",
                ConditionExpression=(
                    "attribute_not_exists(endpoints) OR size(endpoints) < :limit"
                    " OR contains(endpoints, :name)"
                ),
                ExpressionAttributeValues={
                    ":one": {endpoint},
                    ":name": endpoint,
                    ":limit": limit,
                    ":expires": int((minute + _MINUTE_KEPT).timestamp()),
                },
            )
        except ConditionError:
            return False
        return True

    def deletions(self, at: datetime) -> int:
        """How many were claimed in this minute."""
        item = f"minute#{_minute(at).isoformat()}"
        found = self._table.of_kind("#deletions", item, ConsistentRead=True)
        return sum(len(each["endpoints"]) for each in found)

    def enter(self, endpoint: str, entry: Entry) -> None:
        self._table.put(
            endpoint,
            f"ledger#{entry.at.isoformat()}#{entry.step}",
            **ledger_items.attributes(entry),
            expires_at=int((entry.at + _LEDGER_KEPT).timestamp()),
        )

    def ledger(self, endpoint: str, newest: int) -> tuple[Entry, ...]:
        """The newest entries, oldest first."""
        found = self._table.newest(endpoint, "ledger#", newest)
        return tuple(ledger_items.entry(item) for item in reversed(found))

    def ledger_since(self, endpoint: str, since: datetime) -> tuple[Entry, ...]:
        """All entries from then on, oldest first."""
        first, last = f"ledger#{since.isoformat()}", "ledger#~"
        return tuple(map(ledger_items.entry, self._table.between(endpoint, first, last)))

    def endpoints(self) -> frozenset[str]:
        """Everything that something is remembered of. Reads the whole table: for people only."""
        return frozenset(self._table.endpoints("now#"))


def _minute(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(second=0, microsecond=0)
