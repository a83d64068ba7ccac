"""Whatever is written into an item of the table costs its endpoint only, and deletes nothing."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from boto3.dynamodb.types import Binary

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint
from lowtide.domain.errors import StoredDataError
from lowtide.domain.history.entry import Entry
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, StoredState, Timestamps
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.override import Override, Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window
from lowtide.domain.snapshot.snapshot import content_hash
from lowtide.workflows.control.status import status_of_all
from lowtide.workflows.reconciler.reconcile import reconcile_named
from lowtide.workflows.scheduler import tick
from tests.unit.workflows.fakes import CREATED, IN_SERVICE, MINUTE, NOW, SAVED, TARGET, Aws, made_up
from tests.unit.workflows.items import (
    Items,
    store_of,
)

UTC = ZoneInfo("UTC")
GONE = object()
JUNK: tuple[Any, ...] = (
    GONE, None, "", "\x1b[2J", "2026-11-23T12:00:00", "9999-12-31T23:59:59-23:00", True,
    Decimal(-1), Decimal("1e100"), [], [None], {}, {"x": "y"}, {"x"}, Binary(b"x"),
)  # fmt: skip
JSON_JUNK: tuple[Any, ...] = (
    GONE, None, "", "\x1b[2J", True, -1, 1e300, [], [[]], {}, {"": {}},
)  # fmt: skip
ALWAYS = Schedule((), UTC)
CLOSED = Schedule((Window(parse_cron("0 5 1 1 *"), parse_cron("0 6 1 1 *"), UTC),), UTC)
DELETING = {"TakeSnapshot", "BeginDrain", "Delete"}
RECORD = Record(
    verified_created_at=CREATED,
    creating_since=NOW - MINUTE,
    created_for=NOW,
    creations=(9 * MINUTE,),
    failures=Failures(
        Failure(NOW, NOW, FailureKind.CAPACITY, "none"),
        3,
        1,
        ("a", "b"),
        {"a": FailureKind.CAPACITY},
    ),
    applied=AppliedScaling("asked", CREATED, (1, 4), "one is left out", ("v",)),
)
FAILURES: Mapping[str, Any] = {
    "at": NOW.isoformat(), "of": NOW.isoformat(), "kind": "capacity", "why": "none",
    "count": Decimal(3), "rounds": Decimal(1), "configs": ["a", "b"],
    "tried": {"a": "capacity"},
}  # fmt: skip
FIGURES: Mapping[str, Any] = {
    "ended": {"asleep": timedelta(hours=2)}, "kept_hours": {"ml.g6.2xlarge": 4.0}, "kept_usd": 8.0,
}  # fmt: skip
ITEMS = (
    "now#override", "now#pause", "now#asked", "now#record", "now#refusal", "now#sleep",
    "now#milestones", "now#snapshot", f"ledger#{NOW.isoformat()}#Create",
)  # fmt: skip


class Two(Aws):
    """An AWS in which each endpoint is in service."""

    def observe(self, name: str) -> Endpoint:
        return replace(self.endpoint, name=name)


class Town:
    """A table with everything there can be of the endpoint `e`, and `other`, which is to sleep."""

    def __init__(self) -> None:
        items = Items()
        store = store_of(items)
        store.save_snapshot("e", SAVED)
        store.save_record("e", RECORD, Intent("Create", "why", CREATED, **FIGURES), NOW)
        store.save_override("e", Override(True, NOW - MINUTE, "over", "ann"))
        store.save_pause("e", Pause(NOW - MINUTE, "by hand", "ann"))
        store.save_asked("e", NOW - MINUTE)
        store.save_blocked("e", "no tag", NOW)
        store.save_sleep("e", Sleep(CREATED - MINUTE, {"ml.g6.2xlarge": 2}))
        store.save_timestamps("e", Timestamps(CREATED, CREATED, CREATED - MINUTE))
        store.save_entry("e", Entry(NOW, "Create", "why", "done", **FIGURES))
        self._whole = numbers_as_read(items.items)
        self.whole = {name: item for (_, name), item in self._whole.items()}
        self.poison()

    def poison(self, *items: Mapping[str, Any]) -> None:
        """Everything else is as it was before the reconciler wrote."""
        self.store = store_of(Items(self._whole | {("e", item["item"]): item for item in items}))

    def load(self) -> StoredState | str:
        """What the table has of it, or the error, which is the same wherever it is met."""
        try:
            return self.store.load("e")
        except StoredDataError as error:
            message = str(error)
        assert "of e in the table is damaged" in message
        assert len(message) < 1_000
        return "damaged"

    def assert_others_go_on(self, item: Mapping[str, Any]) -> None:
        """It is awake by its schedule, or paused, so that nothing may delete it."""
        for schedule in (ALWAYS, CLOSED):
            if schedule is CLOSED and item["item"] == "now#pause" and "until" in item:
                continue  # a pause that has ended, as Lowtide writes it
            self.poison(item)
            self._assert_others_go_on(schedule)

    def _assert_others_go_on(self, schedule: Schedule) -> None:
        aws = Two(IN_SERVICE)
        services = replace(made_up(aws).services, store=self.store)
        managed = [ManagedEndpoint("e", schedule), ManagedEndpoint("other", CLOSED)]
        decisions = {d.endpoint: d for d in tick(managed, services, cast("Any", Queue()), NOW, "")}
        assert decisions["other"].action == "TakeSnapshot"
        assert decisions["e"].action not in DELETING
        answers = {a["endpoint"]: a for a in status_of_all(managed, (), services, NOW)["endpoints"]}
        assert "error" not in answers["other"]
        assert "error" in answers["e"] or not decisions["e"].failed
        assert json.dumps(answers)
        decided = reconcile_named({"endpoint": "e"}, managed, services, NOW)
        assert decided.action not in DELETING
        assert "delete" not in aws.did


class Queue:
    def send(self, _endpoint: str, _cause: str) -> None: ...


def numbers_as_read(value: Any) -> Any:
    """boto3 reads every number as Decimal, and every sequence as a list."""
    match value:
        case dict():
            return {key: numbers_as_read(inner) for key, inner in value.items()}
        case list() | tuple():
            return [numbers_as_read(inner) for inner in value]
        case int() if not isinstance(value, bool):
            return Decimal(value)
    return value


@pytest.fixture(scope="module")
def town() -> Town:
    return Town()


def poisoned(value: Any, junk: tuple[Any, ...]) -> Iterator[Any]:
    """`value` with junk in its place, then with junk in each place in it."""
    yield from junk
    places: Any = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else places:
        for bad in poisoned(inner, junk):
            copy: Any = dict(value) if isinstance(value, dict) else list(value)
            if bad is GONE:
                del copy[key]
            else:
                copy[key] = bad
            yield copy


def test_the_table_has_every_kind_of_item(town: Town) -> None:
    kinds = {name.partition("#20")[0] for name in town.whole if name != "changed#e"}
    assert kinds == {name.partition("#20")[0] for name in ITEMS} | {"snapshot"}


def play(town: Town, items: Iterable[Mapping[str, Any]]) -> None:
    """Of items that mean the same, only the first is played through the functions."""
    known: list[object] = []
    for item in items:
        town.poison(item)
        meaning = town.load(), {entry.step for entry in town.store.history_since("e", CREATED)}
        if meaning not in known:
            known.append(meaning)
            town.assert_others_go_on(item)
    assert known


@pytest.mark.parametrize("name", ITEMS)
def test_junk_in_any_attribute_costs_only_its_endpoint(town: Town, name: str) -> None:
    keys = {key: town.whole[name][key] for key in ("endpoint", "item")}
    attributes = {key: value for key, value in town.whole[name].items() if key not in keys}
    play(town, [bad | keys for bad in poisoned(attributes, JUNK) if isinstance(bad, dict)])


@pytest.mark.parametrize(
    ("name", "attributes", "why"),
    [
        pytest.param(
            "now#record", {"restore_pending": GONE}, "restore_pending: is required",
            id="whether something is missing on the endpoint must be known",
        ),
        pytest.param(
            "now#pause", {"since": GONE}, "since: is required",
            id="a pause that does not say when it ended is not over",
        ),
        pytest.param(
            "now#sleep", {"since": GONE}, "since: is required", id="nor is such a sleep",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_or_does_not_fit_is_damage(
    town: Town, name: str, attributes: Mapping[str, Any], why: str
) -> None:
    item = town.whole[name] | attributes
    town.poison({key: value for key, value in item.items() if value is not GONE})
    with pytest.raises(StoredDataError, match=why):
        town.store.load("e")


ACTION: Mapping[str, Any] = {
    "ScheduledActionName": "evening", "ResourceId": "endpoint/e/variant/v",
    "Schedule": "cron(0 18 * * ? *)", "Timezone": "Europe/Berlin",
    "StartTime": "2026-01-01T00:00:00+00:00", "EndTime": "9999-12-31T00:00:00+00:00",
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2},
}  # fmt: skip
SUSPENDED_IN_PART = {
    "DynamicScalingInSuspended": True, "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}  # fmt: skip
DIMENSIONS = [{"Name": "EndpointName", "Value": "e", "AddedByAws": 1}]
METRIC = {"Namespace": "N", "MetricName": "Load", "Dimensions": DIMENSIONS}
ALARM: Mapping[str, Any] = {
    **METRIC, "AlarmName": "full", "AlarmActions": ["lowtide:policy:endpoint/e/variant/v:jump"],
    "Metrics": [
        {"Id": "m", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Average"}},
        {"Id": "e", "Expression": "m / 2", "ReturnData": True},
    ],
}  # fmt: skip
COMPLETE = {
    **TARGET,
    "AddedByAws": {"a": [1]},
    "SuspendedState": SUSPENDED_IN_PART,
    "Tags": {"team": "voice"},
}


def with_documents(town: Town, kind: str, document: Mapping[str, Any]) -> None:
    saved = json.loads(town.whole["now#snapshot"]["text"])
    saved["scaling"][kind] = [{key: v for key, v in document.items() if v is not GONE}]
    text = json.dumps(saved)
    town.poison(town.whole["now#snapshot"] | {"text": text, "sha256": content_hash(text)})


@pytest.mark.parametrize(
    ("kind", "document"),
    [("targets", COMPLETE), ("scheduled_actions", ACTION), ("alarms", ALARM)],
)
def test_documents_as_aws_has_them_are_read_as_they_were_saved(
    town: Town, kind: str, document: Mapping[str, Any]
) -> None:
    with_documents(town, kind, document)
    snapshot = town.store.load("e").record.snapshot
    assert snapshot is not None
    assert getattr(snapshot.scaling, kind) == (document,)


@pytest.mark.parametrize(
    ("kind", "junk"),
    [
        ("targets", {"Tags": [1]}),
        ("targets", {"Tags": {"team": 1}}),
        ("targets", {"SuspendedState": "x"}),
        ("targets", {"SuspendedState": {"ScheduledScalingSuspended": "x"}}),
        ("targets", {"MinCapacity": "x"}),
        ("targets", {"MaxCapacity": None}),
        ("scheduled_actions", {"Schedule": GONE}),
        ("scheduled_actions", {"Timezone": 1}),
        ("scheduled_actions", {"EndTime": "?"}),
        ("scheduled_actions", {"StartTime": "2026-01-01T00:00:00"}),
        ("scheduled_actions", {"ScalableTargetAction": "x"}),
        ("scheduled_actions", {"ScalableTargetAction": {"MinCapacity": "x"}}),
        ("scheduled_actions", {"StartTime": "0001-01-01T00:00:00+23:00"}),
        ("scheduled_actions", {"EndTime": "9999-12-31T23:59:59-23:00"}),
        ("alarms", {"Metrics": 3}),
        ("alarms", {"Metrics": [3]}),
        ("alarms", {"Metrics": [{"MetricStat": {"Metric": 3}}]}),
        ("alarms", {"Dimensions": [3]}),
        ("alarms", {"Dimensions": [{"Name": "n"}]}),
        ("alarms", {"MetricName": 3}),
    ],
    ids=lambda value: str(value).replace(str(GONE), "GONE"),
)
def test_junk_in_a_document_of_a_snapshot_is_damage(
    town: Town, kind: str, junk: Mapping[str, Any]
) -> None:
    whole = {"targets": COMPLETE, "scheduled_actions": ACTION, "alarms": ALARM}[kind]
    with_documents(town, kind, {**whole, **junk})
    (member,) = junk
    with pytest.raises(StoredDataError, match=rf"now#snapshot of e .*{kind}.*{member}"):
        town.store.load("e")


@pytest.mark.parametrize("junk", ["x", None, -1, math.nan, 10**99, [1]], ids=repr)
@pytest.mark.parametrize("member", ["DesiredWeight", "InitialInstanceCount"])
def test_junk_in_a_variant_of_a_snapshot_is_damage(town: Town, member: str, junk: object) -> None:
    saved = json.loads(town.whole["now#snapshot"]["text"])
    text = json.dumps(saved | {"variants": [{"VariantName": "v", member: junk}]})
    town.poison(town.whole["now#snapshot"] | {"text": text, "sha256": content_hash(text)})
    with pytest.raises(StoredDataError, match=rf"now#snapshot of e .*variants\[0\].{member}"):
        town.store.load("e")


LONG = "x" * 400_000


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("now#override", {"reason": LONG, "by": LONG, "until": (NOW + MINUTE).isoformat()}),
        ("now#pause", {"reason": LONG, "by": LONG}),
        ("now#refusal", {"reason": LONG}),
        (f"ledger#{NOW.isoformat()}#Create", {"reason": LONG, "outcome": LONG}),
    ],
)
def test_long_words_written_by_hand_flood_neither_status_nor_history(
    town: Town, name: str, words: Mapping[str, Any]
) -> None:
    town.poison(town.whole[name] | words)
    managed = ManagedEndpoint("e", CLOSED)
    services = replace(made_up(Two(IN_SERVICE)).services, store=town.store)
    before = status_of_all([managed], (), services, NOW)
    reconcile_named({"endpoint": "e"}, [managed], services, NOW)
    for answer in (before, status_of_all([managed], (), services, NOW)):
        assert "error" not in answer["endpoints"][0]
        assert len(json.dumps(answer)) < 12_000
    if name in ("now#override", "now#pause"):
        written = town.store.history_since("e", CREATED)
        assert max(len(entry.reason) for entry in written) < 2_000


def test_words_of_the_longest_request_are_kept_whole(town: Town) -> None:
    words = "x" * 500
    town.poison(town.whole["now#override"] | {"reason": words, "by": words})
    override = town.store.override("e")
    assert override is not None
    assert (override.reason, override.by) == (words, words)


def test_junk_in_a_snapshot_with_the_right_hash_costs_only_its_endpoint(town: Town) -> None:
    whole = town.whole["now#snapshot"]
    bad = poisoned(json.loads(whole["text"]), JSON_JUNK)
    texts = [json.dumps(each) for each in bad if each is not GONE] + ["[" * 100_000, "{"]
    play(town, [whole | {"text": text, "sha256": content_hash(text)} for text in texts])
