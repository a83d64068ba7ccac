"""What the table holds: overrides, records, snapshots and the history, one partition an endpoint.

Sort keys: `now#...` (override, record, snapshot, refusal, sleep, milestones) hold the present and
are read together; `snapshot#<instant>` keeps every version; `ledger#<instant>#<step>` is the
history, for 400 days. Three partitions have names that no endpoint can have: `#deletions` counts
the deletions of each minute, `#held` names the endpoints whose scaling Lowtide may have suspended,
`#changes` has an id of the last change of each endpoint's present.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lowtide.adapters.dynamodb import floors_item, history_item, items
from lowtide.adapters.dynamodb.record_item import record_from, record_item
from lowtide.adapters.dynamodb.snapshot_item import from_json, snapshot_from
from lowtide.adapters.dynamodb.table import PartitionedTable
from lowtide.domain.curve import AppliedFloors, FloorPlan, Floors
from lowtide.domain.errors import AwsError, ConditionError, StoredDataError
from lowtide.domain.history import Entry
from lowtide.domain.lifecycle import Intent, Record, Sleep, StoredState, Timestamps
from lowtide.domain.schedule import Override, Pause
from lowtide.domain.snapshot import Snapshot, content_hash, to_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_HISTORY_KEPT = timedelta(days=400)
_MINUTE_KEPT = timedelta(hours=1)
_LARGEST_SNAPSHOT = 390_000  # bytes: DynamoDB takes items of 400 KB (409,600 bytes), names included


class Store:
    def __init__(self, table: Table) -> None:
        self._table = PartitionedTable(table)

    def load(self, endpoint: str) -> StoredState:
        """Raises StoredDataError where an item is damaged: what else is stored may not mean what it
        seems to without it."""
        items_now = self._table.of_kind(endpoint, "now#", ConsistentRead=True)
        now: dict[str, Any] = {str(item["item"]): item for item in items_now}

        def read[A](item: str, as_value: Callable[[Any], A]) -> A | None:
            return as_value(now[item]) if item in now else None

        paused, resumed = read("now#pause", items.pause_from) or (None, None)
        record = read("now#record", record_from) or Record()
        return StoredState(
            record=replace(record, snapshot=read("now#snapshot", snapshot_from)),
            override=read("now#override", items.override_from),
            paused=paused,
            asked=read("now#asked", items.asked_from),
            blocked=read("now#refusal", items.blocked_from) or "",
            sleep=read("now#sleep", items.sleep_from),
            timestamps=read("now#milestones", items.timestamps_from) or Timestamps(),
            resumed=resumed,
            intent=read("now#record", history_item.intent_from),
            floors=read("now#floors", floors_item.floors_from) or Floors(),
        )

    def override(self, endpoint: str) -> Override | None:
        """Of all that is stored, only that: so that it can be replaced where it is damaged."""
        found = self._table.of_kind(endpoint, "now#override", ConsistentRead=True)
        return next(map(items.override_from, found), None)

    def save_record(
        self, endpoint: str, record: Record, intent: Intent | None, now: datetime
    ) -> None:
        """`intent` is the step that is about to be taken; None once its outcome is known."""
        attributes = history_item.intent_attributes(intent) | record_item(record)
        self._table.put(endpoint, "now#record", at=now.isoformat(), **attributes)

    def save_snapshot(self, endpoint: str, snapshot: Snapshot) -> None:
        """Also keeps this version for ever. Raises AwsError unless it reads back as written."""
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
        versions = self._table.newest(endpoint, "snapshot#", 1, ConsistentRead=True)
        return snapshot_from(versions[0]) if versions else None

    def save_override(self, endpoint: str, override: Override) -> None:
        with self._marked(endpoint):
            self._table.set(endpoint, "now#override", items.override_item(override))

    def replace_override(self, endpoint: str, known: Override, override: Override) -> None:
        """Writes nothing where the table has another override than `known` by now."""
        with suppress(ConditionError), self._marked(endpoint):
            self._table.set(
                endpoint,
                "now#override",
                items.override_item(override),
                known=items.known_attributes(known),
            )

    def save_pause(self, endpoint: str, pause: Pause) -> None:
        with self._marked(endpoint):
            item = items.pause_item(pause)
            absent = {"until", "ends"} - set(item)
            self._table.set(endpoint, "now#pause", item, without=sorted(absent))

    def end_pause(self, endpoint: str, now: datetime) -> None:
        with self._marked(endpoint):
            ended = {"until": now.isoformat()}
            self._table.set(endpoint, "now#pause", ended, without=["ends"])

    def save_asked(self, endpoint: str, now: datetime) -> None:
        with self._marked(endpoint):
            self._table.set(endpoint, "now#asked", items.asked_item(now))

    def save_blocked(self, endpoint: str, reason: str, now: datetime) -> None:
        """Why its step is blocked from now on; "" where it is not any more."""
        self._table.put(endpoint, "now#refusal", reason=reason, at=now.isoformat())

    def save_sleep(self, endpoint: str, sleep: Sleep | None) -> None:
        """None: it is over."""
        self._table.put(endpoint, "now#sleep", **items.sleep_item(sleep))

    def save_timestamps(self, endpoint: str, timestamps: Timestamps) -> None:
        self._table.put(endpoint, "now#milestones", **items.timestamps_item(timestamps))

    def save_floors(
        self, endpoint: str, plan: FloorPlan | None, applied: AppliedFloors | None
    ) -> None:
        """Saves those that are given. Attributes have names of their own: the planner's role may
        write no others."""
        attributes = floors_item.plan_attributes(plan) if plan else {}
        attributes |= floors_item.applied_attributes(applied) if applied else {}
        self._table.set(endpoint, "now#floors", attributes)

    def forget_floors(self, endpoint: str) -> None:
        """What is empty counts as absent."""
        self._table.set(endpoint, "now#floors", {"floors_plan": "", "floors_applied": ""})

    def save_floors_entry(self, endpoint: str, entry: Entry) -> None:
        """Saves an entry of the planner, in one attribute. It is kept for ever: who may write
        when an item expires can delete any."""
        happened = {"reason": entry.reason, "outcome": entry.outcome}
        self._table.set(endpoint, _entry_item(entry), {"floors_history": happened})

    def mark_suspended(self, endpoint: str, now: datetime) -> None:
        """In a partition of its own, so that an endpoint is found that has left the file."""
        self._table.put("#held", f"held#{endpoint}", since=now.isoformat())

    def unmark_suspended(self, endpoint: str) -> None:
        self._table.drop("#held", f"held#{endpoint}")

    def suspended(self) -> frozenset[str]:
        """The endpoints whose scaling Lowtide may have suspended."""
        marks = self._table.of_kind("#held", "held#")
        return frozenset(str(mark["item"]).removeprefix("held#") for mark in marks)

    def mark_changed(self, endpoint: str) -> None:
        """To be called after the writes: who reads the mark before them reads another one after.
        A request marks itself; a step of the reconciler is marked once, at its end."""
        self._table.set("#changes", f"changed#{endpoint}", {"by": uuid4().hex})

    @contextmanager
    def _marked(self, endpoint: str) -> Iterator[None]:
        """Marks a change before and after it is written. A request that is answered with an error
        must not count later: so nothing is written where the first mark fails, and the error says
        what is saved where only the second one does."""
        self.mark_changed(endpoint)
        yield
        try:
            self.mark_changed(endpoint)
        except AwsError as error:
            msg = f"the request is saved, but may count only once you make it again: {error}"
            raise AwsError(msg) from error

    def changes(self) -> Mapping[str, object]:
        """The mark of each endpoint that has one. It is another one after each change."""
        marks = self._table.of_kind("#changes", "changed#", ConsistentRead=True)
        return {str(mark["item"]).removeprefix("changed#"): mark.get("by") for mark in marks}

    def claim_deletion(self, endpoint: str, limit: int, now: datetime) -> bool:
        """Whether this endpoint is among the first `limit` of the minute; a second claim of one
        endpoint counts once. One conditional update decides, so that overlapping runs cannot
        exceed the limit. Raises StoredDataError where the count of this minute is damaged."""
        minute = _minute(now)
        try:
            self._table.update(
                "#deletions",
                f"minute#{minute.isoformat()}",
                UpdateExpression="ADD endpoints :one SET expires_at = :expires",
                ConditionExpression=(
                    "attribute_not_exists(endpoints) OR attribute_type(endpoints, :names)"
                    " AND (size(endpoints) < :limit OR contains(endpoints, :name))"
                ),
                ExpressionAttributeValues={
                    ":one": {endpoint},
                    ":name": endpoint,
                    ":names": "SS",
                    ":limit": limit,
                    ":expires": int((minute + _MINUTE_KEPT).timestamp()),
                },
            )
        except ConditionError:
            if self._claimed(minute) is None:
                msg = "the count of this minute's deletes in the table is damaged: none is deleted"
                raise StoredDataError(msg) from None
            return False
        return True

    def deletions(self, at: datetime) -> int:
        """How many were claimed in this minute, as far as its count can be read."""
        return len(self._claimed(_minute(at)) or ())

    def _claimed(self, minute: datetime) -> set[str] | None:
        """None where it is damaged."""
        item = f"minute#{minute.isoformat()}"
        minutes = self._table.of_kind("#deletions", item, ConsistentRead=True)
        names = next((each.get("endpoints") for each in minutes), set[str]())
        is_whole = isinstance(names, set) and all(isinstance(name, str) for name in names)
        return names if is_whole else None

    def save_entry(self, endpoint: str, entry: Entry) -> None:
        """Replaces the entry of the same step and instant. A failure replaces none of a step that
        an overlapping run of that instant completed."""
        item, attributes = _entry_item(entry), history_item.attributes(entry)
        attributes["expires_at"] = int((entry.at + _HISTORY_KEPT).timestamp())
        if entry.ok:
            self._table.put(endpoint, item, **attributes)
        else:
            self._table.put_unless(endpoint, item, "ok", **attributes)

    def entry_of(self, endpoint: str, intent: Intent) -> Entry | None:
        entries = self._table.of_kind(endpoint, _entry_item(intent), ConsistentRead=True)
        return next(map(history_item.entry, entries), None)

    def history(self, endpoint: str, newest: int) -> tuple[Entry, ...]:
        """The newest entries, oldest first."""
        entries = self._table.newest(endpoint, "ledger#", newest)
        return tuple(map(history_item.entry, reversed(entries)))

    def history_since(self, endpoint: str, since: datetime) -> tuple[Entry, ...]:
        """All entries from then on, oldest first."""
        first, last = f"ledger#{since.isoformat()}", "ledger#~"
        return tuple(map(history_item.entry, self._table.between(endpoint, first, last)))

    def endpoints(self) -> frozenset[str]:
        """Every endpoint that the table knows. Reads the whole table: for people only."""
        return frozenset(self._table.endpoints("now#"))


def _entry_item(entry: Entry | Intent) -> str:
    return f"ledger#{entry.at.isoformat()}#{entry.step}"


def _minute(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(second=0, microsecond=0)
