"""Every state that an endpoint, its desired state and its record can be in together."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint.managed import Drain, ManagedEndpoint
from lowtide.domain.endpoint.metering import Capacities, Metering
from lowtide.domain.endpoint.observed import DELETABLE, SERVING, Endpoint, Status
from lowtide.domain.endpoint.scaling_policy import ManagedScaling, ScalingPolicy
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    ResetRetries,
    Restore,
    TakeSnapshot,
    is_step,
)
from lowtide.domain.lifecycle.blockers import delete_blockers
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.plan import RULES
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, FailureKind, Failures
from lowtide.domain.lifecycle.rules import first_that_applies
from lowtide.domain.lifecycle.stored_state import Timestamps
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.scaling.diff import AppliedScaling
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.override import Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from tests.unit.contexts import context_with
from tests.unit.domain.lifecycle.both_stages import STACK, TAGS, Given, decide

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CREATED = NOW - 300 * MINUTE
SCHEDULE = Schedule((), ZoneInfo("UTC"))
PAUSE = Pause(NOW, "by hand", "ann")
MANAGED = (
    ManagedEndpoint("e", SCHEDULE),
    ManagedEndpoint("e", SCHEDULE, config_name="pinned", fallback_configs=("second",)),
    ManagedEndpoint("e", SCHEDULE, drain=Drain(then="stay")),
)
SCALED = ManagedEndpoint(
    "e",
    SCHEDULE,
    metering=Metering(Capacities({"a": 10.0}, "a")),
    scaling=ManagedScaling(1, 4, ScalingPolicy(0.75, "weighted", MINUTE, MINUTE, fast_lane=True)),
)
DESIRED = (DesiredState(True, "open"), DesiredState(False, "closed"))
SAVED_AT = (None, NOW - 600 * MINUTE, NOW - 35 * MINUTE, NOW - MINUTE)
# No steps towards a delete; saved and not draining; draining, suspended or not, for a while, past
# the deadline, or long past it; a delete that AWS has accepted; and steps that began before the
# endpoint was created.
ENDINGS = (
    (None, None, False),
    (NOW - MINUTE, None, False),
    (NOW - 5 * MINUTE, NOW - 4 * MINUTE, False),
    (NOW - 5 * MINUTE, NOW - 4 * MINUTE, True),
    (NOW - 36 * MINUTE, NOW - 35 * MINUTE, True),
    (NOW - 120 * MINUTE, NOW - 120 * MINUTE, True),
    (None, NOW - 4 * MINUTE, True),
    (NOW - 400 * MINUTE, NOW - 400 * MINUTE, True),
)
GONE = Timestamps(absent=NOW - 4 * MINUTE, by_others=True)
STREAMS: tuple[float | MissingReading, ...] = (
    0.0,
    3.0,
    MissingReading("no-data", "CloudWatch has no data"),
)


def failures(kind: FailureKind, minutes_ago: int, configs: tuple[str, ...]) -> Failures:
    at = NOW - minutes_ago * MINUTE
    return Failures(Failure(at, at, kind, "why"), 1, 1, configs, dict.fromkeys(configs, kind))


FAILURES = (
    failures(FailureKind.CAPACITY, 0, ("in-use",)),
    failures(FailureKind.OTHER, 30, ("in-use",)),
    failures(FailureKind.QUOTA, 30, ("pinned", "second")),
    failures(FailureKind.QUOTA, 30, ("in-use",)),
    failures(FailureKind.QUOTA, 3, ("in-use",)),
    failures(FailureKind.REFUSED, 0, ("in-use",)),
)
RECORDS = [
    Record(
        snapshot=Snapshot(saved_at, "in-use", TAGS, Scaling()) if saved_at else None,
        restore_pending=pending,
        ending_since=ending,
        draining_since=draining,
        suspended=suspended,
    )
    for saved_at, pending, (ending, draining, suspended) in product(
        SAVED_AT, (True, False), ENDINGS
    )
]


def every_state() -> Iterator[Given]:
    for status, record, managed, desired, streams in product(
        Status, RECORDS, MANAGED, DESIRED, STREAMS
    ):
        yield Given(context(status, record, managed, desired), streams=streams)
    for status, record, managed, desired, failed in product(
        (Status.ABSENT, Status.CREATING, Status.FAILED), RECORDS, MANAGED, DESIRED, FAILURES
    ):
        tried = replace(record, failures=failed, creating_since=failed.newest.at)
        yield Given(context(status, tried, managed, desired))
    for status, record, desired in product(Status, RECORDS, DESIRED):
        given = Given(context(status, record, MANAGED[0], desired))
        yield given.but(tags={})
        yield given.but(missing=("model m",))
        yield given.but(paused=PAUSE)
        yield given.but(timestamps=GONE)
        if record.snapshot:
            foreign = Scaling(targets=({"ResourceId": "endpoint/other/variant/v"},))
            yield given.but(
                record=replace(record, snapshot=replace(record.snapshot, scaling=foreign))
            )
        for created_at in (CREATED, CREATED - MINUTE):
            yield given.but(record=replace(record, verified_created_at=created_at))
        yield from scaled_states(status, record, desired)


def scaled_states(status: Status, record: Record, desired: DesiredState) -> Iterator[Given]:
    applied = replace(record, applied=AppliedScaling("of before", CREATED))
    yield Given(context(status, applied, MANAGED[0], desired))
    for types, tags in ((None, TAGS), ({"v": ("a",)}, TAGS), ({"v": ("a", "b")}, TAGS), (None, {})):
        given = Given(context(status, record, SCALED, desired), tags, types=types)
        yield given
        for last in (True, False):
            tried = replace(record, restoring_since=NOW - 9 * MINUTE, restored_last=last)
            yield given.but(record=tried)


def context(
    status: Status, record: Record, managed: ManagedEndpoint, desired: DesiredState
) -> Context:
    there = status != Status.ABSENT
    endpoint = Endpoint(
        "e",
        status,
        config_name="in-use" if there else "",
        created_at=CREATED if there else None,
        modified_at=NOW - 2 * MINUTE if there else None,
    )
    return context_with(
        managed=managed, desired=desired, endpoint=endpoint, record=record, stack=STACK, now=NOW
    )


def is_blocked(given: Given) -> bool:
    return bool(delete_blockers(given.context, given.deletion_facts))


def saved_of_this_one(s: Context) -> bool:
    snapshot, created = s.record.snapshot, s.endpoint.created_at
    if snapshot is None or created is None:
        return False
    return s.endpoint.status == Status.FAILED or snapshot.taken_at >= created


type Check = Callable[[Given, Action], bool]

MUST_HOLD: dict[type[Action], dict[str, Check]] = {
    Delete: {
        "SageMaker lets it be deleted": lambda g, _: g.context.endpoint.status in DELETABLE,
        "it is not wanted, or failed": lambda g, _: (
            not g.context.desired.awake or g.context.endpoint.status == Status.FAILED
        ),
        "it is saved": lambda g, _: saved_of_this_one(g.context),
        "nothing blocks it": lambda g, _: not is_blocked(g),
        "no streams are cut that its drain never saw": lambda g, _: (
            g.context.endpoint.status == Status.FAILED
            or g.streams == 0.0
            or (
                g.context.record.draining_since is not None
                and g.context.now - g.context.record.draining_since < 95 * MINUTE
            )
        ),
    },
    Create: {
        "it is absent and wanted": lambda g, _: (
            g.context.endpoint.status == Status.ABSENT and g.context.desired.awake
        ),
        "it names a configuration": lambda _, a: isinstance(a, Create) and a.config_name != "",
        "no quota is in the way": lambda g, _: not out_of_quota(g.context),
        "no one else deleted it a moment ago": lambda g, _: g.context.timestamps != GONE,
    },
    BeginDrain: {
        "it is not wanted, and there": lambda g, _: (
            not g.context.desired.awake and g.context.endpoint.status in DELETABLE
        ),
        "it is saved": lambda g, _: saved_of_this_one(g.context),
    },
    TakeSnapshot: {
        "its delete is near": lambda g, _: (
            g.context.endpoint.status == Status.FAILED
            or (not g.context.desired.awake and g.context.endpoint.status in DELETABLE)
        ),
    },
    EndDrain: {
        "it is there, and wanted, blocked or paused": lambda g, _: (
            (g.context.desired.awake or is_blocked(g) or g.context.paused is not None)
            and g.context.endpoint.status in DELETABLE - {Status.FAILED}
        ),
    },
    Restore: {
        "it is wanted, and serves": lambda g, _: g.context.desired.awake and serves(g.context),
        "it is this stack's": lambda g, _: g.tags == TAGS,
        "it was not verified before": lambda g, _: (
            g.context.record.restore_pending or created_by_a_person(g.context)
        ),
    },
    ApplyScaling: {
        "it is wanted, and in service": lambda g, _: (
            g.context.desired.awake and g.context.endpoint.status == Status.IN_SERVICE
        ),
        "it is this stack's": lambda g, _: g.tags == TAGS,
        "it is at rest, or it is its turn": lambda g, _: (
            (not g.context.record.restore_pending or g.context.record.restored_last)
            and (g.context.record.ending_since is None or g.context.record.ending_since < CREATED)
        ),
        "each type has a capacity, or the file has no scaling": lambda g, _: (
            g.context.managed.scaling is None or g.types == {"v": ("a",)}
        ),
    },
    ResetRetries: {
        "it is absent and not wanted": lambda g, _: (
            g.context.endpoint.status == Status.ABSENT and not g.context.desired.awake
        )
    },
}


def drains(s: Context) -> bool:
    since = s.record.draining_since
    return since is not None and since >= CREATED


def created_by_a_person(s: Context) -> bool:
    """In the place of an endpoint that was verified."""
    return s.record.snapshot is not None and s.record.verified_created_at == CREATED - MINUTE


def serves(s: Context) -> bool:
    return s.endpoint.status in SERVING & DELETABLE


def broken(given: Given, action: Action) -> list[str]:
    touched, s = [], given.context
    if s.paused and is_step(action) and not (isinstance(action, EndDrain) and drains(s)):
        touched = ["of a paused endpoint only the scaling is resumed"]
    checks = MUST_HOLD.get(type(action), {})
    return touched + [name for name, holds in checks.items() if not holds(given, action)]


def out_of_quota(s: Context) -> bool:
    pinned, snapshot, failed = s.managed.config_name, s.record.snapshot, s.record.failures
    first = pinned or (snapshot.config_name if snapshot else "")
    again = failed is not None and failed.configs == (first, *s.managed.fallback_configs)
    lately = failed is not None and NOW - failed.newest.at < 15 * MINUTE
    return again and lately and failed is not None and failed.newest.kind == FailureKind.QUOTA


def test_no_state_leads_to_harm_and_every_rule_is_of_use() -> None:
    used: Counter[str] = Counter()
    for given in every_state():
        used[first_that_applies(RULES, given.context).name] += 1
        action = decide(given)
        assert broken(given, action) == [], given
    assert [rule.name for rule in RULES if not used[rule.name]] == []
    assert used.total() > 35_000


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
