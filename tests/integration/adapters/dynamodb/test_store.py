"""What Lowtide stores, in a table like the template's."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models.table import Table as MotoTable

from lowtide.adapters.dynamodb.store import Store
from lowtide.domain.errors import AbsentError, AwsError, StoredDataError
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, StoredState, Timestamps
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.schedule.override import Pause
from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.protocol.botocore_speed import clients_made_quickly
from tests.integration.adapters.dynamodb.conftest import (
    NAME,
    NOW,
    OVERRIDE,
    SNAPSHOT,
    create_table,
    entry,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


TIMESTAMPS = Timestamps(NOW, in_service=NOW - timedelta(hours=3), by_others=True)
SLEEP = Sleep(NOW, {"ml.g6.2xlarge": 2})
PAUSE = Pause(NOW - timedelta(hours=1), "by hand", "ann")


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


def test_when_it_was_asked_last_is_read_from_an_item_of_an_early_release(
    store: Store, table: "Table"
) -> None:
    before = NOW - timedelta(days=1)
    table.put_item(Item={"endpoint": NAME, "item": "now#asked", "at": before.isoformat()})
    assert store.load(NAME).asked == before
    store.save_asked(NAME, NOW)
    assert store.load(NAME).asked == NOW


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


def test_a_load_may_have_more_than_a_page_of_the_table(store: Store) -> None:
    """A page has 1 MB, and the snapshot comes last: left out it would pass for none."""
    at_length = "because " * 45_000
    store.save_snapshot(NAME, replace(SNAPSHOT, tags={"x": "x" * 380_000}))
    store.save_override(NAME, replace(OVERRIDE, reason=at_length))
    store.save_pause(NAME, Pause(NOW, at_length, "ann"))
    assert store.load(NAME).record.snapshot is not None


def test_an_absent_table_is_an_error_of_the_domain() -> None:
    with mock_aws(), clients_made_quickly():
        missing = Store(boto3.resource("dynamodb").Table("nowhere"))
        with pytest.raises(AbsentError):
            missing.load(NAME)
        with pytest.raises(AbsentError):
            missing.save_entry(NAME, entry(0))


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


@pytest.mark.parametrize("endpoints", ["a", "many names", Decimal(1), None, ["a"], {Decimal(1)}])
def test_a_damaged_count_of_deletions_costs_those_of_its_minute(
    store: Store, table: "Table", endpoints: Any
) -> None:
    minute = {"endpoint": "#deletions", "item": f"minute#{NOW.isoformat()}"}
    table.put_item(Item={**minute, "endpoints": endpoints})
    with pytest.raises(StoredDataError, match=r"count of this minute's deletes .* is damaged"):
        store.claim_deletion("a", 9, NOW)
    assert store.claim_deletion("a", 1, NOW + timedelta(minutes=1))


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


class MarkFailsError(AwsError):
    pass


@pytest.mark.parametrize(("fails", "is_written"), [(1, False), (2, True)], ids=["first", "second"])
def test_an_override_is_not_in_force_after_an_error_that_does_not_say_so(
    store: Store, monkeypatch: pytest.MonkeyPatch, fails: int, is_written: bool
) -> None:
    marks = list[str]()

    def mark(endpoint: str) -> None:
        marks.append(endpoint)
        if len(marks) == fails:
            raise MarkFailsError("throttled")

    monkeypatch.setattr(store, "mark_changed", mark)
    with pytest.raises(AwsError, match="throttled") as raised:
        store.save_override(NAME, OVERRIDE)
    assert store.override(NAME) == (OVERRIDE if is_written else None)
    assert str(raised.value).startswith("the request is saved") is is_written
