"""Every state that an endpoint, its wish and its record can be in together."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint.managed import Drain, ManagedEndpoint
from lowtide.domain.endpoint.metering import Capacities, Metering
from lowtide.domain.endpoint.observed import DELETABLE, SERVING, Endpoint, Status
from lowtide.domain.endpoint.scaling_policy import ManagedScaling, Policy
from lowtide.domain.lifecycle.actions import (
    Action,
    ApplyScaling,
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Forget,
    Restore,
    TakeSnapshot,
    is_step,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.delete_blockers import refusals
from lowtide.domain.lifecycle.plan import RULES, rule_for
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.retries import Failure, Failures, Kind
from lowtide.domain.load.reading import MissingReading
from lowtide.domain.scaling.desired import Types
from lowtide.domain.scaling.diff import Applied
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.override import Pause
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CREATED = NOW - 300 * MINUTE
TAGS = {"lowtide:stack": "lowtide-dev"}
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
    scaling=ManagedScaling(1, 4, Policy(0.75, "weighted", MINUTE, MINUTE, fast_lane=True)),
)
TYPES: tuple[Types | None, ...] = (None, {"v": ("a",)}, {"v": ("a", "b")})
WISHES = (DesiredState(True, "open"), DesiredState(False, "closed"))
SAVED_AT = (None, NOW - 600 * MINUTE, NOW - 35 * MINUTE, NOW - MINUTE)
# Not ending; saved and not draining; draining, held or not, for a while, past the deadline, or
# long past it; a delete that AWS has accepted; and an end that began before the endpoint was
# created.
ENDS = (
    (None, None, False),
    (NOW - MINUTE, None, False),
    (NOW - 5 * MINUTE, NOW - 4 * MINUTE, False),
    (NOW - 5 * MINUTE, NOW - 4 * MINUTE, True),
    (NOW - 36 * MINUTE, NOW - 35 * MINUTE, True),
    (NOW - 120 * MINUTE, NOW - 120 * MINUTE, True),
    (None, NOW - 4 * MINUTE, True),
    (NOW - 400 * MINUTE, NOW - 400 * MINUTE, True),
)
STREAMS: tuple[float | MissingReading, ...] = (
    0.0,
    3.0,
    MissingReading("no-data", "CloudWatch has no data"),
)


def failures(kind: Kind, minutes_ago: int, configs: tuple[str, ...]) -> Failures:
    at = NOW - minutes_ago * MINUTE
    return Failures(Failure(at, at, kind, "why"), 1, 1, 0, configs)


FAILURES = (
    None,
    failures(Kind.CAPACITY, 0, ("in-use",)),
    failures(Kind.OTHER, 30, ("in-use",)),
    failures(Kind.QUOTA, 30, ("pinned", "second")),
    failures(Kind.QUOTA, 30, ("in-use",)),
)


RECORDS = [
    Record(
        snapshot=Snapshot(saved_at, "in-use", TAGS, Scaling()) if saved_at else None,
        restore_pending=pending,
        ending_since=ending,
        draining_since=draining,
        held=held,
        failures=failed,
        creating_since=failed.newest.at if failed else None,
    )
    for saved_at, pending, (ending, draining, held), failed in product(
        SAVED_AT, (True, False), ENDS, FAILURES
    )
]


def situations() -> Iterator[Context]:
    for status, record, managed, desired, streams in product(
        Status, RECORDS, MANAGED, WISHES, STREAMS
    ):
        for tags in (TAGS, {}):
            yield context(status, tags, record, managed, desired, streams)
    for status, record, desired in product(Status, RECORDS, WISHES):
        given = context(status, TAGS, record, MANAGED[0], desired, 0.0)
        yield replace(given, missing=("model m",))
        yield replace(given, paused=PAUSE)
        for whole in (CREATED, CREATED - MINUTE):
            yield replace(given, record=replace(record, whole=whole))
    for status, record, desired, types, tags in product(Status, RECORDS, WISHES, TYPES, (TAGS, {})):
        given = context(status, tags, record, SCALED, desired, 0.0)
        yield replace(given, types=types)
        for last in (True, False):
            tried = replace(record, restoring_since=NOW - 9 * MINUTE, restored_last=last)
            yield replace(given, types=types, record=tried)
        kept = replace(record, applied=Applied("of before", CREATED))
        yield replace(given, managed=MANAGED[0], record=kept, types=types)


def context(
    status: Status,
    tags: dict[str, str],
    record: Record,
    managed: ManagedEndpoint,
    desired: DesiredState,
    streams: float | MissingReading,
) -> Context:
    there = status != Status.ABSENT
    endpoint = Endpoint(
        "e",
        status,
        config_name="in-use" if there else "",
        created_at=CREATED if there else None,
        modified_at=NOW - 2 * MINUTE if there else None,
        tags=tags,
    )
    return Context(managed, desired, endpoint, record, "lowtide-dev", NOW, streams)


def saved_of_this_one(s: Context) -> bool:
    snapshot, created = s.record.snapshot, s.endpoint.created_at
    if snapshot is None or created is None:
        return False
    return s.endpoint.status == Status.FAILED or snapshot.taken_at >= created


type Check = Callable[[Context, Action], bool]

MUST_HOLD: dict[type[Action], dict[str, Check]] = {
    Delete: {
        "SageMaker lets it be deleted": lambda s, _: s.endpoint.status in DELETABLE,
        "it is not wanted, or failed": lambda s, _: (
            not s.desired.awake or s.endpoint.status == Status.FAILED
        ),
        "it is saved": lambda s, _: saved_of_this_one(s),
        "nothing speaks against it": lambda s, _: not refusals(s),
        "no streams are cut that its drain never saw": lambda s, _: (
            s.endpoint.status == Status.FAILED
            or s.streams == 0.0
            or (
                s.record.draining_since is not None
                and s.now - s.record.draining_since < 95 * MINUTE
            )
        ),
    },
    Create: {
        "it is absent and wanted": lambda s, _: (
            s.endpoint.status == Status.ABSENT and s.desired.awake
        ),
        "it is told from what": lambda _, a: isinstance(a, Create) and a.config_name != "",
        "no quota is in the way": lambda s, _: not out_of_quota(s),
    },
    BeginDrain: {
        "it is not wanted, and there": lambda s, _: (
            not s.desired.awake and s.endpoint.status in DELETABLE
        ),
        "it is saved": lambda s, _: saved_of_this_one(s),
    },
    TakeSnapshot: {
        "its end is near": lambda s, _: (
            s.endpoint.status == Status.FAILED
            or (not s.desired.awake and s.endpoint.status in DELETABLE)
        ),
    },
    EndDrain: {
        "it is there, and wanted, refused or paused": lambda s, _: (
            (s.desired.awake or bool(refusals(s)) or s.paused is not None)
            and s.endpoint.status in DELETABLE - {Status.FAILED}
        ),
    },
    Restore: {
        "it is wanted, and serves": lambda s, _: s.desired.awake and serves(s),
        "it was not proven before": lambda s, _: s.record.restore_pending or made_by_hand(s),
    },
    ApplyScaling: {
        "it is wanted, and in service": lambda s, _: (
            s.desired.awake and s.endpoint.status == Status.IN_SERVICE
        ),
        "it is this stack's": lambda s, _: s.endpoint.tags == TAGS,
        "it is at rest, or it is its turn": lambda s, _: (
            (not s.record.restore_pending or s.record.restored_last)
            and (s.record.ending_since is None or s.record.ending_since < CREATED)
        ),
        "each type has a capacity, or no type matters": lambda s, _: (
            s.managed.scaling is None or s.types == {"v": ("a",)}
        ),
    },
    Forget: {
        "it is absent and not wanted": lambda s, _: (
            s.endpoint.status == Status.ABSENT and not s.desired.awake
        )
    },
}


def drains(s: Context) -> bool:
    since = s.record.draining_since
    return since is not None and since >= CREATED


def made_by_hand(s: Context) -> bool:
    """In the place of one that was proven whole."""
    return s.record.snapshot is not None and s.record.whole == CREATED - MINUTE


def serves(s: Context) -> bool:
    return s.endpoint.status in SERVING & DELETABLE


def broken(s: Context, action: Action) -> list[str]:
    touched = []
    if s.paused and is_step(action) and not (isinstance(action, EndDrain) and drains(s)):
        touched = ["of a paused endpoint only what is held is given back"]
    checks = MUST_HOLD.get(type(action), {})
    return touched + [name for name, holds in checks.items() if not holds(s, action)]


def out_of_quota(s: Context) -> bool:
    pinned, snapshot, failed = s.managed.config_name, s.record.snapshot, s.record.failures
    first = pinned or (snapshot.config_name if snapshot else "")
    again = failed is not None and failed.configs == (first, *s.managed.fallback_configs)
    return again and failed is not None and failed.newest.kind == Kind.QUOTA


def test_no_state_leads_to_harm_and_every_rule_is_of_use() -> None:
    used: Counter[str] = Counter()
    for given in situations():
        rule = rule_for(given)
        used[rule.name] += 1
        assert broken(given, rule.action(given)) == [], given
    assert [rule.name for rule in RULES if not used[rule.name]] == []
    assert used.total() > 90_000


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
