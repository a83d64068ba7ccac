"""What a container keeps decides as what it would read does, and costs a few calls a minute."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given, settings
from hypothesis import strategies as st

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import Endpoint, Status, Version
from lowtide.domain.errors import BusyError
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.schedule.cron import parse_cron
from lowtide.domain.schedule.override import Override, Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window
from lowtide.workflows.decision import Decision
from lowtide.workflows.reconciler.reconcile import reconcile_named
from lowtide.workflows.scheduler import tick
from lowtide.workflows.services import Services
from lowtide.workflows.state_cache import StateCache
from tests.unit.workflows.fakes import IN_SERVICE, MINUTE, NOW, SAVED, Aws, made_up
from tests.unit.workflows.items import Items, store_of

UTC = ZoneInfo("UTC")
ALWAYS = Schedule((), UTC)
TEN_MINUTES = Schedule((Window(parse_cron("0 * * * *"), parse_cron("10 * * * *"), UTC),), UTC)
NEVER = Schedule((Window(parse_cron("0 5 1 1 *"), parse_cron("0 6 1 1 *"), UTC),), UTC)
FILE = tuple(
    ManagedEndpoint(name, schedule, config)
    for name, schedule, config in (("e", ALWAYS, None), ("f", TEN_MINUTES, "c"), ("g", NEVER, "c"))
)
NAMES = tuple(managed.name for managed in FILE)


class Account(Aws):
    """SageMaker with several endpoints. `asked` counts the calls that read them."""

    def __init__(self) -> None:
        super().__init__()
        self.endpoints = {name: replace(IN_SERVICE, name=name) for name in NAMES}
        self.asked: Counter[str] = Counter()
        self.now, self.others, self.is_busy = NOW, 0, False

    def observe(self, name: str) -> Endpoint:
        self.asked["observe"] += 1
        return self.endpoints.get(name, Endpoint(name, Status.ABSENT))

    def versions(self, most_pages: int) -> Mapping[str, Version] | None:
        self.asked["versions"] += 1
        if self.is_busy:
            raise BusyError("ListEndpoints: ThrottlingException: Rate exceeded")
        fits = len(self.endpoints) + self.others <= 100 * most_pages
        return {name: e.version for name, e in self.endpoints.items()} if fits else None

    def set(self, name: str, status: Status, config: str = "in-use") -> None:
        """As AWS does it: what is changed has another LastModifiedTime; what is new is created."""
        self.now += timedelta(milliseconds=1)
        if status == Status.ABSENT:
            self.endpoints.pop(name, None)
            return
        before = self.endpoints.get(name) or replace(IN_SERVICE, name=name, created_at=self.now)
        self.endpoints[name] = replace(
            before, status=status, reported=str(status), modified_at=self.now, config_name=config
        )

    def create(self, name: str, config_name: str, *_: Any) -> str:
        self.set(name, Status.CREATING, config_name)
        return ""

    def delete(self, name: str) -> None:
        self.set(name, Status.DELETING)


class Written(Items):
    """A table that also limits, replaces and reads backwards; numbers are as boto3 reads them."""

    def put(self, endpoint: str, item: str, **attributes: Any) -> None:
        stored = {name: TypeSerializer().serialize(value) for name, value in attributes.items()}
        read = {name: TypeDeserializer().deserialize(value) for name, value in stored.items()}
        super().put(endpoint, item, **read)

    def update(self, *_: Any, **__: Any) -> None:
        """Each deletion is within the limit."""

    def newest(self, endpoint: str, kind: str, *_: Any, **__: Any) -> list[Any]:
        return self.of_kind(endpoint, kind)[::-1]


@dataclass
class World:
    """One container that keeps what it reads, and for comparison a new one in each minute."""

    now: datetime = NOW
    account: Account = field(default_factory=Account)
    loads: int = 0

    def __post_init__(self) -> None:
        self.store = store_of(Written())
        load = self.store.load

        def counted(endpoint: str) -> Any:
            self.loads += 1
            return load(endpoint)

        cast("Any", self.store).load = counted
        self.services = replace(made_up(self.account).services, store=self.store)

    def tick(self, services: Services | None = None) -> tuple[tuple[Decision, ...], list[str]]:
        queued: list[str] = []
        queue: Any = SimpleNamespace(send=lambda name, _: queued.append(name))
        return tick(FILE, services or self.services, queue, self.now, "cause"), queued

    def describing_everything(self) -> tuple[tuple[Decision, ...], list[str]]:
        return self.tick(replace(self.services, state_cache=StateCache()))

    def minute(self) -> None:
        """The scheduler decides, and the reconciler takes the steps."""
        for name in self.tick()[1]:
            reconcile_named({"endpoint": name}, FILE, self.services, self.now)
        self.pass_minutes(1)

    def pass_minutes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.account.now = self.now

    def happens(self, what: str, name: str, value: Any) -> None:
        """Something by a person, a workload, AWS, or a reconciler that this one does not see."""
        store = self.store
        match what:
            case "status":
                self.account.set(name, *value)
            case "override":
                awake, minutes = value
                until = self.now + minutes * MINUTE
                store.save_override(name, Override(awake, until, "a test", "ann"))
            case "pause":
                store.save_pause(name, Pause(self.now, "a test", "ann"))
            case "resume":
                store.save_asked(name, self.now)
                store.end_pause(name, self.now)
            case "record":
                store.save_record(name, value(self.now), None, self.now)
                store.mark_changed(name)
            case "blocked":
                store.save_blocked(name, value, self.now)
                store.mark_changed(name)
            case "snapshot":
                store.save_snapshot(name, replace(SAVED, taken_at=self.now))
                store.mark_changed(name)


RECORDS = (
    lambda _: Record(),
    lambda _: Record(restore_pending=True),
    lambda now: Record(ending_since=now, draining_since=now, suspended=True),
    lambda now: Record(creating_since=now - 9 * MINUTE, creations=(7 * MINUTE,)),
    lambda now: Record(restore_pending=True, restoring_since=now - 9 * MINUTE),
)
HAPPENS = st.one_of(
    st.tuples(
        st.just("status"),
        st.sampled_from(NAMES),
        st.tuples(st.sampled_from(list(Status)), st.sampled_from(["in-use", "c"])),
    ),
    st.tuples(
        st.just("override"), st.sampled_from(NAMES), st.tuples(st.booleans(), st.integers(0, 40))
    ),
    st.tuples(st.sampled_from(["pause", "resume", "snapshot"]), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("record"), st.sampled_from(NAMES), st.sampled_from(RECORDS)),
    st.tuples(st.just("blocked"), st.sampled_from(NAMES), st.sampled_from(["", "why"])),
)
STORIES = st.lists(st.tuples(st.lists(HAPPENS, max_size=2), st.integers(1, 45)), max_size=15)


@settings(max_examples=60, deadline=None)
@given(STORIES)
def test_no_decision_differs_from_one_that_describes_everything(story: list[Any]) -> None:
    world = World()
    for events, minutes in story:
        for _ in range(2):
            world.minute()
        for event in events:
            world.happens(*event)
        for _ in range(min(minutes, 3)):
            assert world.tick() == world.describing_everything()
            world.minute()
        world.pass_minutes(minutes)
        assert world.tick() == world.describing_everything()


def at_rest() -> World:
    """Nothing is to be done in the minutes that follow."""
    world = World()
    world.happens("status", "f", (Status.IN_SERVICE, "c"))
    world.happens("status", "g", (Status.ABSENT,))
    for _ in range(3):
        world.minute()
    world.account.asked.clear()
    world.loads = 0
    return world


def test_two_hours_without_a_change_read_each_endpoint_once() -> None:
    world = at_rest()
    for _ in range(120):
        tick(FILE[:1], world.services, cast("Any", None), world.now, "cause")
        world.pass_minutes(1)
    assert world.account.asked == {"versions": 120, "observe": 1}
    assert world.loads == 1


@pytest.mark.parametrize(
    ("event", "read"),
    [
        pytest.param(("status", "e", (Status.UPDATING,)), ["e"], id="another status"),
        pytest.param(("status", "e", (Status.IN_SERVICE, "c")), ["e"], id="a new LastModifiedTime"),
        pytest.param(("status", "e", (Status.ABSENT,)), ["e"], id="it is gone"),
        pytest.param(("status", "g", (Status.CREATING,)), ["g"], id="it is there again"),
        pytest.param(("override", "g", (False, 30)), ["g"], id="a request"),
        pytest.param(("resume", "e", None), ["e"], id="a request that changes nothing"),
        pytest.param(("blocked", "e", "why"), ["e"], id="a step of the reconciler"),
    ],
)
def test_only_what_has_changed_is_read(event: tuple[str, str, Any], read: list[str]) -> None:
    world = at_rest()
    world.happens(*event)
    world.tick()
    assert (world.account.asked["observe"], world.loads) == (len(read), len(read))


def test_a_named_endpoint_is_always_read() -> None:
    """Its state has changed: ListEndpoints may not show that yet."""
    world = at_rest()
    tick(FILE, world.services, cast("Any", None), world.now, "cause", only="e")
    assert (world.account.asked, world.loads) == ({"observe": 1}, 1)


def test_a_step_rests_on_what_is_read_for_it() -> None:
    """A window closes while ListEndpoints still shows an endpoint that is gone."""
    world = at_rest()
    listed = world.account.versions(1)
    cast("Any", world.account).versions = lambda _: listed
    world.account.set("f", Status.ABSENT)
    assert {d.action for d in world.tick()[0]} == {"Rest"}  # of what was kept
    world.now = world.now.replace(minute=10) + timedelta(hours=1)
    assert world.tick() == world.describing_everything()


def test_without_the_list_each_is_described_and_the_failure_is_counted() -> None:
    world = at_rest()
    world.account.is_busy = True
    decisions, queued = world.tick()
    assert (world.account.asked["observe"], queued) == (3, [])
    (failed,) = [decision for decision in decisions if decision.failed]
    assert (failed.endpoint, failed.reason) == (
        "what has changed",
        "BusyError: ListEndpoints: ThrottlingException: Rate exceeded",
    )


def test_few_endpoints_of_a_large_account_are_described() -> None:
    world = at_rest()
    world.account.others = 300
    decisions, _ = world.tick()
    assert world.account.asked["observe"] == 3
    assert not any(decision.failed for decision in decisions)
