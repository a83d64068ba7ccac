"""The history of an endpoint in the table."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Intent
from tests.integration.adapters.dynamodb.conftest import (
    NAME,
    NOW,
    OVERRIDE,
    SNAPSHOT,
    entry,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


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
