"""Snapshots in the table: every version is kept, and a damaged one is refused."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from boto3.dynamodb.conditions import Key

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.errors import AwsError, StoredDataError
from lowtide.domain.snapshot.snapshot import Scaling, to_json
from tests.integration.adapters.dynamodb.conftest import (
    NAME,
    NOW,
    SNAPSHOT,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


def items(table: "Table", prefix: str) -> list[str]:
    condition = Key("endpoint").eq(NAME) & Key("item").begins_with(prefix)
    return [str(item["item"]) for item in table.query(KeyConditionExpression=condition)["Items"]]


def damage(table: "Table", old: str, new: str) -> None:
    key = {"endpoint": NAME, "item": "now#snapshot"}
    item = table.get_item(Key=key)["Item"]
    table.put_item(Item=item | {"text": str(item["text"]).replace(old, new)})


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
