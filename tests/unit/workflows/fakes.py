"""An AWS and a table that a step of the reconciler works with, made up, and what it did to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from lowtide.adapters.cloudwatch import Source
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import (
    ConfiguredVariant,
    Endpoint,
    EndpointConfig,
    Pool,
    Status,
    Variant,
)
from lowtide.domain.errors import LowtideError
from lowtide.domain.history.entry import BEGUN, Entry
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.facts import NOTHING_DENIED
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Intent, Sleep, StoredState, Timestamps
from lowtide.domain.load.reading import Series
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.lead_time import LeadTimeBounds
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Documents, Scaling, Snapshot, by_kind, label
from lowtide.workflows.services import Services
from tests.unit.contexts import context_with

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CREATED = NOW - 300 * MINUTE
STACK = "lowtide-dev"
TAGS = {"lowtide:stack": STACK, "team": "voice"}
RESOURCE = "endpoint/e/variant/v"
TARGET: Mapping[str, Any] = {"ResourceId": RESOURCE, "MinCapacity": 1, "MaxCapacity": 4}
POLICY: Mapping[str, Any] = {"ResourceId": RESOURCE, "PolicyName": "follow", "TargetValue": 7.5}
SCALING = Scaling(targets=(TARGET,), policies=(POLICY,))
VARIANT: Mapping[str, Any] = {
    "VariantName": "v",
    "DesiredWeight": 1.0,
    "InitialVariantWeight": 1.0,
    "DesiredInstanceCount": 1,
    "InitialInstanceCount": 1,
}
IN_SERVICE = Endpoint(
    "e",
    Status.IN_SERVICE,
    arn="arn:e",
    config_name="in-use",
    created_at=CREATED,
    variants=(Variant("v", (Pool("ml.g6.2xlarge", 1),)),),
)
SAVED = Snapshot(NOW - 5 * MINUTE, "in-use", TAGS, SCALING, variants=(VARIANT,))
AWAKE, ASLEEP = (
    DesiredState(True, "the window is open"),
    DesiredState(False, "the window is closed"),
)


@dataclass
class Aws:
    """SageMaker and Application Auto Scaling; `did` is what was changed, in order, of the table
    too. `fails` is raised by the change of that name, `refuses` what scaling answers to one."""

    endpoint: Endpoint = IN_SERVICE
    scaling: Scaling = SCALING
    variants: Documents = (VARIANT,)
    deployment: Mapping[str, Any] = field(default_factory=dict)
    own_tags: Mapping[str, str] = field(default_factory=lambda: TAGS)
    resource_policy: str | None = ""
    fails: Mapping[str, BaseException] = field(default_factory=dict)
    refuses: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    did: list[Any] = field(default_factory=list)

    def _do(self, what: str, *details: Any) -> None:
        self.did.append((what, *details) if details else what)
        if what in self.fails:
            raise self.fails[what]

    def observe(self, _: str) -> Endpoint:
        return self.endpoint

    def tags(self, _: str) -> Mapping[str, str]:
        return self.own_tags

    def config(self, name: str) -> EndpointConfig:
        variants = (ConfiguredVariant("v", "ml.g6.2xlarge", 2),)
        return EndpointConfig(name, exists=True, variants=variants)

    def missing_for(self, _: EndpointConfig) -> tuple[str, ...]:
        return self.missing

    def deployed(self, _: Endpoint) -> tuple[Mapping[str, Any], Documents]:
        return self.deployment, self.variants

    def variant_names(self, _: Endpoint) -> tuple[str, ...]:
        return ("v",)

    def policy(self, _: str) -> str | None:
        return self.resource_policy

    def put_policy(self, _: str, policy: str) -> None:
        self._do("put_policy")
        self.resource_policy = policy

    def create(
        self, _: str, config_name: str, tags: Mapping[str, str], deployment: Mapping[str, Any]
    ) -> str:
        self._do("create", config_name, dict(tags), dict(deployment))
        return ""

    def delete(self, _: str) -> None:
        self._do("delete")

    def put_variants(self, _: str, documents: Documents) -> None:
        self._do("put_variants", *documents)

    def read(self, _: str, variants: Iterable[str], __: Iterable[str] = ()) -> Scaling:
        assert list(variants) == ["v"]
        return self.scaling

    def scaled_variants(self, _: str) -> tuple[str, ...]:
        return ("v",)

    def targets(self, _: str, __: Iterable[str]) -> Documents:
        return self.scaling.targets

    def put(self, _: str, documents: Scaling, __: datetime) -> tuple[str, ...]:
        if documents == Scaling():
            return self.refuses
        self._do("put")

        def joined(has: Documents, new: Documents) -> Documents:
            names = {label(document) for document in new}
            return (*(d for d in has if label(d) not in names), *new)

        self.scaling = by_kind(joined, self.scaling, documents)
        return self.refuses

    def change_targets(self, changes: Documents) -> tuple[str, ...]:
        self._do("change_targets", *(change["SuspendedState"] for change in changes))
        return self.refuses


@dataclass
class Table:
    """What is written down, in the same list as what AWS was asked to do."""

    did: list[Any]
    free: bool = True  # whether there is a place left in the limit of deletions
    saved: dict[tuple[datetime, str], Entry] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    intent: Intent | None = None
    snapshots: list[Snapshot] = field(default_factory=list)
    version: Snapshot | None = None  # the newest that is not in force
    sleeps: list[Sleep | None] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    claims: list[int] = field(default_factory=list)
    claimed_before: int = 0  # in the minute before
    timestamps: list[Timestamps] = field(default_factory=list)
    memories: dict[str, StoredState] = field(default_factory=dict)
    unreadable: LowtideError | None = None

    def load(self, endpoint: str) -> StoredState:
        if self.unreadable:
            raise self.unreadable
        newest = StoredState(self.records[-1] if self.records else Record(), None)
        return self.memories.get(endpoint, newest)

    def save_record(self, _: str, record: Record, intent: Intent | None, __: datetime) -> None:
        self.records.append(record)
        self.did.append("intent" if intent else "record")
        self.intent = intent

    def save_snapshot(self, _: str, snapshot: Snapshot) -> None:
        self.snapshots.append(snapshot)
        self.did.append("snapshot")

    def save_version(self, _: str, snapshot: Snapshot) -> None:
        self.version = snapshot

    def newest_version(self, _: str) -> Snapshot | None:
        return self.version

    def save_sleep(self, _: str, sleep: Sleep | None) -> None:
        self.sleeps.append(sleep)
        self.did.append("sleep" if sleep else "no sleep")

    def save_blocked(self, _: str, reason: str, __: datetime) -> None:
        self.blocked.append(reason)

    def mark_suspended(self, _: str, __: datetime) -> None:
        self.did.append("mark")

    def mark_changed(self, _: str) -> None:
        """Not in `did`: it belongs to no step."""

    def unmark_suspended(self, _: str) -> None:
        self.did.append("unmark")

    def save_timestamps(self, _: str, timestamps: Timestamps) -> None:
        self.timestamps.append(timestamps)

    def deletions(self, _: datetime) -> int:
        return self.claimed_before

    def claim_deletion(self, _: str, limit: int, __: datetime) -> bool:
        self.claims.append(limit)
        return self.free

    def save_entry(self, _: str, entry: Entry) -> None:
        before = self.saved.get((entry.at, entry.step), entry)
        self.saved[entry.at, entry.step] = before if before.ok else entry
        self.did.append("begun" if entry.outcome == BEGUN else "entry")

    @property
    def entries(self) -> list[Entry]:
        return list(self.saved.values())

    def entry_of(self, _: str, intent: Intent) -> Entry | None:
        return self.saved.get((intent.at, intent.step))

    def history_since(self, _: str, since: datetime) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.at >= since)


@dataclass
class MadeUp:
    aws: Aws
    table: Table
    services: Services


def made_up(aws: Aws | None = None, *, free: bool = True) -> MadeUp:
    aws = aws or Aws()
    table = Table(aws.did, free)
    services = Services(
        endpoints=cast("Any", aws),
        scaling=cast("Any", aws),
        metrics=cast("Any", SimpleNamespace(concurrency=_no_streams)),
        store=cast("Any", table),
        stack=STACK,
        lead=LeadTimeBounds(30 * MINUTE, 30 * MINUTE, 30 * MINUTE),
        longest_creation=timedelta(hours=1),
        deletion_grace=5 * MINUTE,
        rights=cast("Any", SimpleNamespace(rights=lambda *_: NOTHING_DENIED)),
        deletions_per_minute=5,
        prices={"ml.g6.2xlarge": 2.0},
    )
    return MadeUp(aws, table, services)


def _no_streams(sources: Iterable[Source], now: datetime) -> Mapping[Source, Series]:
    return {source: {now - n * MINUTE: 0.0 for n in range(1, 6)} for source in sources}


def context(desired: DesiredState, record: Record, endpoint: Endpoint = IN_SERVICE) -> Context:
    managed = ManagedEndpoint("e", Schedule((), ZoneInfo("UTC")))
    return context_with(
        managed=managed, desired=desired, endpoint=endpoint, record=record, stack=STACK, now=NOW
    )


def of(status: Status, **fields: Any) -> Endpoint:
    return replace(IN_SERVICE, status=status, **fields)
