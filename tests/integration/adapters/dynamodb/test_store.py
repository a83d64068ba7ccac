"""What Lowtide stores, in a table like the template's."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from boto3.dynamodb.conditions import Key
from moto import mock_aws
from moto.dynamodb.models.table import Table as MotoTable

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.errors import AbsentError, AwsError, StoredDataError
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, StoredState, Timestamps
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.schedule.override import Override, Pause
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot, to_json
from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.protocol.botocore_speed import clients_made_quickly

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
NAME = "my-endpoint"
SNAPSHOT = Snapshot(
    taken_at=NOW,
    config_name="config",
    tags={"team": "voice"},
    scaling=Scaling(
        targets=({"ResourceId": f"endpoint/{NAME}/variant/AllTraffic", "MaxCapacity": 6},),
        policies=(
            {"PolicyName": "follow", "ResourceId": "r", "C": {"TargetValue": 7.5, "Off": False}},
        ),
    ),
)
OVERRIDE = Override(awake=True, until=NOW + timedelta(hours=2), reason="a test", by="ann")

TIMESTAMPS = Timestamps(NOW, in_service=NOW - timedelta(hours=3), by_others=True)
SLEEP = Sleep(NOW, {"ml.g6.2xlarge": 2})
PAUSE = Pause(NOW - timedelta(hours=1), "by hand", "ann")


def create_table() -> "Table":
    return boto3.resource("dynamodb").create_table(
        TableName="lowtide",
        KeySchema=[
            {"AttributeName": "endpoint", "KeyType": "HASH"},
            {"AttributeName": "item", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "endpoint", "AttributeType": "S"},
            {"AttributeName": "item", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )


@pytest.fixture
def table() -> Iterator["Table"]:
    with mock_aws(), clients_made_quickly():
        yield create_table()


@pytest.fixture
def store(table: "Table") -> Store:
    return Store(table)


def items(table: "Table", prefix: str) -> list[str]:
    condition = Key("endpoint").eq(NAME) & Key("item").begins_with(prefix)
    return [str(item["item"]) for item in table.query(KeyConditionExpression=condition)["Items"]]


def damage(table: "Table", old: str, new: str) -> None:
    key = {"endpoint": NAME, "item": "now#snapshot"}
    item = table.get_item(Key=key)["Item"]
    table.put_item(Item=item | {"text": str(item["text"]).replace(old, new)})


def entry(minute: int, step: str = "Create") -> Entry:
    return Entry(NOW + timedelta(minutes=minute), step, f"reason {minute}", f"outcome {minute}")


def test_everything_is_loaded_as_it_was_saved(store: Store) -> None:
    record = Record(
        SNAPSHOT,
        restore_pending=True,
        ending_since=NOW - timedelta(minutes=6),
        draining_since=NOW - timedelta(minutes=5),
        suspended=True,
        deleting_since=NOW - timedelta(minutes=4),
        verified_created_at=NOW - timedelta(days=1),
        restoring_since=NOW - timedelta(minutes=2),
        creating_since=NOW - timedelta(hours=1),
        creations=(timedelta(minutes=9), timedelta(seconds=700)),
        failures=Failures(
            Failure(NOW, NOW, FailureKind.CAPACITY, "none"),
            3,
            1,
            ("a", "b"),
            {"a": FailureKind.QUOTA},
        ),
        applied=AppliedScaling("asked", NOW - timedelta(days=1), (1, 4), "one is left out", ("v",)),
        restored_last=True,
    )
    store.save_snapshot(NAME, SNAPSHOT)
    asleep = {"asleep": timedelta(hours=12)}
    intent = Intent("Create", "ann wants it: overtime", NOW, asleep, {"ml.g6.2xlarge": 24.5}, 29.25)
    store.save_record(NAME, record, intent, NOW)
    store.save_override(NAME, OVERRIDE)
    store.save_pause(NAME, PAUSE)
    store.save_asked(NAME, NOW)
    store.save_blocked(NAME, "it has no tag", NOW)
    store.save_sleep(NAME, SLEEP)
    store.save_timestamps(NAME, TIMESTAMPS)
    store.save_entry(NAME, entry(0))
    expected = StoredState(
        record, OVERRIDE, PAUSE, NOW, "it has no tag", SLEEP, TIMESTAMPS, intent=intent
    )
    assert store.load(NAME) == expected
    assert store.load("my-endpoint-2") == StoredState(Record(), None)
    assert store.history("my-endpoint-2", 10) == ()


def test_an_intent_of_release_0_1_0_has_no_figures(store: Store, table: "Table") -> None:
    old: Any = {"restore_pending": False, "intent": "Delete: drained", "at": NOW.isoformat()}
    table.put_item(Item={"endpoint": NAME, "item": "now#record", **old})
    assert store.load(NAME).intent == Intent("Delete", "drained", NOW)


def test_a_record_of_an_early_release_is_read(store: Store, table: "Table") -> None:
    since = (NOW - timedelta(minutes=5)).isoformat()
    old: Any = {"restore_pending": True, "draining_since": since, "at": since, "whole": None}
    table.put_item(Item={"endpoint": NAME, "item": "now#record", **old})
    expected = Record(restore_pending=True, draining_since=NOW - timedelta(minutes=5))
    assert store.load(NAME).record == expected


def test_a_pause_lasts_until_it_is_ended(store: Store) -> None:
    store.save_pause(NAME, PAUSE)
    store.save_record(NAME, Record(), None, NOW)
    store.unmark_suspended(NAME)
    assert store.load(NAME).paused == PAUSE
    store.end_pause(NAME, NOW)
    ended = store.load(NAME)
    assert (ended.paused, ended.resumed) == (None, NOW)
    store.save_pause(NAME, PAUSE)
    assert store.load(NAME).paused == PAUSE


def test_an_override_with_words_that_are_cut_can_be_ended(store: Store) -> None:
    """They were written by hand: no request may be that long."""
    store.save_override(NAME, replace(OVERRIDE, reason="x" * 1_000))
    known = store.override(NAME)
    assert known is not None
    assert known.reason == "x" * 500 + "…"
    ended = replace(known, until=known.until - timedelta(minutes=1))
    store.replace_override(NAME, known, ended)
    assert store.override(NAME) == ended


@pytest.mark.parametrize(
    ("by", "is_replaced"),
    [pytest.param("ann", True, id="as it is stored"), pytest.param("bob", False, id="another")],
)
def test_an_override_is_replaced_where_it_is_the_one_that_was_read(
    store: Store, by: str, *, is_replaced: bool
) -> None:
    new = replace(OVERRIDE, awake=False, reason="the new one")
    store.save_override(NAME, OVERRIDE)
    store.replace_override(NAME, replace(OVERRIDE, by=by), new)
    assert store.load(NAME).override == (new if is_replaced else OVERRIDE)


def test_an_intent_is_stored_beside_the_record(store: Store, table: "Table") -> None:
    store.save_record(NAME, Record(), Intent("Delete", "drained", NOW), NOW)
    item = table.get_item(Key={"endpoint": NAME, "item": "now#record"})["Item"]
    assert (item["intent"], item["at"]) == ("Delete: drained", "2026-11-23T21:00:00+00:00")


def test_a_record_replaces_the_one_before_and_not_the_snapshot(store: Store) -> None:
    store.save_snapshot(NAME, SNAPSHOT)
    store.save_record(NAME, Record(restore_pending=True, draining_since=NOW), None, NOW)
    store.save_record(NAME, Record(snapshot=None), None, NOW)
    assert store.load(NAME).record == Record(SNAPSHOT)


def test_the_newest_snapshot_counts_and_every_version_is_kept(store: Store, table: "Table") -> None:
    later = replace(SNAPSHOT, taken_at=NOW + timedelta(days=1), tags={"team": "speech"})
    store.save_snapshot(NAME, SNAPSHOT)
    store.save_snapshot(NAME, later)
    assert store.load(NAME).record.snapshot == later
    assert items(table, "snapshot#") == [
        "snapshot#2026-11-23T21:00:00+00:00",
        "snapshot#2026-11-24T21:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("7.5", "75", id="a changed value"),
        pytest.param('"PolicyName"', '"policyname"', id="a changed name"),
        pytest.param("}", "", id="a text cut short"),
    ],
)
def test_a_damaged_snapshot_is_refused(store: Store, table: "Table", old: str, new: str) -> None:
    store.save_snapshot(NAME, SNAPSHOT)
    damage(table, old, new)
    with pytest.raises(StoredDataError, match=f"snapshot of {NAME} in the table is damaged"):
        store.load(NAME)


def test_a_snapshot_that_does_not_read_back_is_an_error(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save_snapshot(NAME, SNAPSHOT)
    stale = store.load(NAME)
    monkeypatch.setattr(Store, "load", lambda *_: stale)
    with pytest.raises(AwsError, match="does not read back as it was written"):
        store.save_snapshot(NAME, replace(SNAPSHOT, tags={}))


def test_a_snapshot_that_the_table_would_not_take_is_refused_before_anything_is_written(
    store: Store, table: "Table"
) -> None:
    policy = {"ResourceId": "r", "Padding": "x" * 1000}
    policies = tuple(policy | {"PolicyName": f"p{n}"} for n in range(400))
    with pytest.raises(AwsError, match=r"has 4\d\d,\d{3} bytes and the table takes 390,000"):
        store.save_snapshot(NAME, replace(SNAPSHOT, scaling=Scaling(policies=policies)))
    assert table.scan()["Items"] == []


def test_the_largest_snapshot_fits_into_an_item(store: Store) -> None:
    """390,000 bytes and the names beside them: a longer text would be refused by DynamoDB."""
    padding = "x" * (390_000 - len(to_json(replace(SNAPSHOT, tags={"x": ""}))))
    large = replace(SNAPSHOT, tags={"x": padding})
    store.save_snapshot(NAME, large)
    assert store.load(NAME).record.snapshot == large


def test_a_load_may_have_more_than_a_page_of_the_table(store: Store) -> None:
    """A page has 1 MB, and the snapshot comes last: left out it would pass for none."""
    at_length = "because " * 45_000
    store.save_snapshot(NAME, replace(SNAPSHOT, tags={"x": "x" * 380_000}))
    store.save_override(NAME, replace(OVERRIDE, reason=at_length))
    store.save_pause(NAME, Pause(NOW, at_length, "ann"))
    assert store.load(NAME).record.snapshot is not None


def test_the_history_has_the_newest_entries_oldest_first(store: Store) -> None:
    for minute in (2, 0, 3, 1):
        store.save_entry(NAME, entry(minute))
    store.save_entry(NAME, entry(3, "Delete"))
    assert store.history(NAME, 10) == (*map(entry, range(4)), entry(3, "Delete"))
    assert store.history(NAME, 2) == (entry(3), entry(3, "Delete"))


def test_an_entry_that_is_completed_stays_completed(store: Store) -> None:
    intent = Intent("Create", "why", NOW)
    failed = replace(entry(0), outcome="failed: no answer", ok=False)
    assert store.entry_of(NAME, intent) is None
    store.save_entry(NAME, failed)
    assert store.entry_of(NAME, intent) == failed
    store.save_entry(NAME, entry(0))
    assert store.entry_of(NAME, intent) == entry(0)
    store.save_entry(NAME, failed)
    assert store.history(NAME, 10) == (entry(0),)


def test_an_entry_expires_after_400_days_and_nothing_else_does(
    store: Store, table: "Table"
) -> None:
    store.save_entry(NAME, entry(0))
    store.save_snapshot(NAME, SNAPSHOT)
    store.save_record(NAME, Record(), None, NOW)
    store.save_override(NAME, OVERRIDE)
    expiries = {i["item"]: i["expires_at"] for i in table.scan()["Items"] if "expires_at" in i}
    assert expiries == {
        "ledger#2026-11-23T21:00:00+00:00#Create": (NOW + timedelta(days=400)).timestamp()
    }


def test_an_absent_table_is_an_error_of_the_domain() -> None:
    with mock_aws(), clients_made_quickly():
        missing = Store(boto3.resource("dynamodb").Table("nowhere"))
        with pytest.raises(AbsentError):
            missing.load(NAME)
        with pytest.raises(AbsentError):
            missing.save_entry(NAME, entry(0))


def test_an_entry_is_read_with_its_costs(store: Store) -> None:
    full = Entry(
        at=NOW,
        step="Create",
        reason="the window opens",
        outcome="from config",
        ended={"asleep": timedelta(hours=11, minutes=58)},
        kept_hours={"ml.g6.2xlarge": 23.933333},
        kept_usd=29.25,
    )
    store.save_entry(NAME, full)
    store.save_entry(NAME, replace(entry(1), ok=False))
    assert store.history(NAME, 10) == (full, replace(entry(1), ok=False))


def test_an_entry_of_an_early_release_has_no_costs(store: Store, table: "Table") -> None:
    store.save_entry(NAME, entry(0))
    (item,) = table.scan()["Items"]
    table.put_item(Item={k: v for k, v in item.items() if k not in NEW_ATTRIBUTES})
    assert store.history(NAME, 10) == (entry(0),)


NEW_ATTRIBUTES = {"ok", "ended_s", "kept_hours", "kept_usd"}


def test_an_entry_of_an_early_release_keeps_what_a_sleep_saved(
    store: Store, table: "Table"
) -> None:
    slept = replace(entry(0), kept_hours={"ml.g6.2xlarge": 1.5}, kept_usd=1.83)
    store.save_entry(NAME, slept)
    (item,) = table.scan()["Items"]
    table.put_item(Item={k.replace("kept_", "saved_"): v for k, v in item.items()})
    assert store.history(NAME, 10) == (slept,)


def test_the_history_since_an_instant_is_read_from_all_pages(store: Store) -> None:
    """A page of DynamoDB ends at 1 MB."""
    for minute in range(12):
        store.save_entry(NAME, replace(entry(minute), outcome="x" * 120_000))
    found = store.history_since(NAME, NOW + timedelta(minutes=2))
    assert [each.at for each in found] == [NOW + timedelta(minutes=m) for m in range(2, 12)]


def test_a_sleep_and_a_blocked_step_end(store: Store) -> None:
    store.save_sleep(NAME, SLEEP)
    store.save_sleep(NAME, None)
    store.save_blocked(NAME, "it has no tag", NOW)
    store.save_blocked(NAME, "", NOW)
    assert store.load(NAME) == StoredState(Record(), None)


def test_deletions_of_a_minute_are_counted_by_endpoint(store: Store) -> None:
    late = NOW + timedelta(seconds=59)
    claims = [store.claim_deletion(name, 2, now) for name, now in [
        ("a", NOW), ("b", late), ("a", late), ("c", late), ("b", NOW),
    ]]  # fmt: skip
    assert claims == [True, True, True, False, True]
    assert [store.deletions(at) for at in (late, NOW + timedelta(minutes=1))] == [2, 0]
    assert store.claim_deletion("c", 2, NOW + timedelta(minutes=1))


def test_suspended_endpoints_are_listed_until_they_are_unmarked(store: Store) -> None:
    for name in ("a", "b", "a"):
        store.mark_suspended(name, NOW)
    store.save_record("c", Record(draining_since=NOW), None, NOW)
    assert store.suspended() == {"a", "b"}
    store.unmark_suspended("a")
    store.unmark_suspended("a")
    assert store.suspended() == {"b"}
    assert store.endpoints() == {"c"}


def test_the_count_of_a_minute_expires_after_an_hour(store: Store, table: "Table") -> None:
    store.claim_deletion("a", 1, NOW + timedelta(seconds=30))
    (item,) = table.scan()["Items"]
    assert item["expires_at"] == int((NOW + timedelta(hours=1)).timestamp())


def test_endpoints_are_listed_from_all_pages(store: Store) -> None:
    for number in range(12):
        store.save_override(f"e-{number}", replace(OVERRIDE, reason="x" * 120_000))
        store.save_entry(f"only-in-the-ledger-{number}", entry(number))
    store.claim_deletion("a", 1, NOW)
    assert store.endpoints() == {f"e-{number}" for number in range(12)}


def test_the_embedded_aws_answers_a_load_without_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto takes four times as long for a query, and every step of every story begins with one."""

    def query(*_: object, **__: object) -> None:
        raise AssertionError("moto was asked")

    with Cloud(NOW):
        store = Store(create_table())
        store.save_snapshot(NAME, SNAPSHOT)
        monkeypatch.setattr(MotoTable, "query", query)
        assert store.load(NAME).record.snapshot == SNAPSHOT


REQUESTS: dict[str, Callable[[Store], None]] = {
    "an override": lambda store: store.save_override(NAME, OVERRIDE),
    "the end of one": lambda store: store.replace_override(NAME, OVERRIDE, OVERRIDE),
    "a pause": lambda store: store.save_pause(NAME, PAUSE),
    "the end of a pause": lambda store: store.end_pause(NAME, NOW),
    "a question": lambda store: store.save_asked(NAME, NOW),
    "a step of the reconciler": lambda store: store.mark_changed(NAME),
}


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_each_request_gives_its_endpoint_another_mark(
    store: Store, request_: Callable[[Store], None]
) -> None:
    store.save_override(NAME, OVERRIDE)
    store.save_asked("other", NOW)
    before = store.changes()
    request_(store)
    after = store.changes()
    assert before.keys() == after.keys() == {NAME, "other"}
    assert {name for name, mark in after.items() if mark != before[name]} == {NAME}
    assert store.endpoints() == {NAME, "other"}
