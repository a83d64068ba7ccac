"""What a step ended, for how long, and what that cost or saved."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.observed import ConfiguredVariant, Endpoint, Status
from lowtide.domain.history.costs import Cost, cost, cost_within, kept_at_least
from lowtide.domain.history.entry import (
    Entry,
    Stretch,
    asleep_since,
    awake_since,
    ended_by,
    is_news,
    known_sleep,
)
from lowtide.domain.history.evidence import deleted_by_hand
from lowtide.domain.lifecycle.actions import (
    Create,
    Delete,
    EndDrain,
    Restore,
    Step,
    TakeSnapshot,
)
from lowtide.domain.lifecycle.context import Context
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Sleep, Timestamps
from lowtide.domain.schedule.desired_state import DesiredState
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot
from tests.unit.contexts import context_with

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
S = Status
G6, G5 = "ml.g6.2xlarge", "ml.g5.2xlarge"
SLEEP = Sleep(NOW - 12 * HOUR, {G6: 2})
CONTEXT = context_with(
    managed=ManagedEndpoint("e", Schedule((), ZoneInfo("UTC"))),
    desired=DesiredState(True, "the window is open"),
    endpoint=Endpoint("e", Status.IN_SERVICE, created_at=NOW - 9 * HOUR, modified_at=NOW),
    record=Record(draining_since=NOW - HOUR / 5),
    stack="s",
    now=NOW,
    timestamps=Timestamps(in_service=NOW - 8 * HOUR),
)
FAILED = replace(CONTEXT, endpoint=replace(CONTEXT.endpoint, status=Status.FAILED))
CREATING = replace(CONTEXT, record=Record(creating_since=NOW - HOUR / 4))
GONE = replace(
    CONTEXT, endpoint=Endpoint("e", Status.ABSENT), timestamps=Timestamps(absent=NOW - 11 * HOUR)
)


ENDED = {
    "a creation ends the sleep, which began when the endpoint was gone": (
        Create("", "c"), GONE, SLEEP, {"asleep": 11 * HOUR},
    ),
    "a creation after an unknown delete ends nothing that is known": (
        Create("", "c"), GONE, None, {},
    ),
    "a restore ends the creation": (Restore("", HOUR / 4), CREATING, None, {"creation": HOUR / 4}),
    "also one whose time is not stored, because a person asked again meanwhile": (
        Restore("", None), CREATING, None, {"creation": HOUR / 4},
    ),
    "a restore of what Lowtide did not create ends nothing": (
        Restore("", None), CONTEXT, None, {},
    ),
    "a delete ends the time awake, which began in service, and the drain": (
        Delete(""), CONTEXT, None, {"awake": 8 * HOUR, "drain": HOUR / 5},
    ),
    "one that failed is not counted as awake": (
        Delete(""), FAILED, None, {"until_failed": 9 * HOUR},
    ),
    "the drain of an endpoint before this one is none of its own": (
        Delete(""), replace(CONTEXT, record=Record(draining_since=NOW - 10 * HOUR)), None,
        {"awake": 8 * HOUR},
    ),
    "what is saved goes on": (TakeSnapshot(""), CONTEXT, None, {}),
    "a drain may end without a delete": (EndDrain(""), CONTEXT, None, {"drain": HOUR / 5}),
}  # fmt: skip


@pytest.mark.parametrize(("step", "context", "sleep", "ended"), ENDED.values(), ids=ENDED)
def test_what_a_step_ends(
    step: Step, context: Context, sleep: Sleep | None, ended: dict[str, timedelta]
) -> None:
    assert ended_by(step, context, sleep) == ended


def by_hand(status: Status = S.ABSENT, *, served: bool = True) -> Context:
    return replace(
        CONTEXT,
        endpoint=Endpoint("e", status),
        record=Record(),
        timestamps=Timestamps(in_service=NOW - 8 * HOUR if served else None),
    )


DELETED = {
    "gone, and in service a moment ago": (by_hand(), True),
    "not gone yet": (by_hand(S.DELETING), False),
    "gone for a while": (by_hand(served=False), False),
    "deleted by Lowtide, which stored its sleep": (
        replace(by_hand(), sleep=Sleep(NOW - MINUTE, {})), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("context", "noticed"), DELETED.values(), ids=DELETED)
def test_a_delete_by_hand_is_noticed(context: Context, noticed: bool) -> None:
    assert (deleted_by_hand(context) is not None) is noticed


def test_a_sleep_that_is_over_is_not_counted_again() -> None:
    for verified, known in (None, SLEEP), (NOW - 20 * HOUR, SLEEP), (NOW - 2 * HOUR, None):
        record = Record(verified_created_at=verified)
        assert known_sleep(replace(CONTEXT, sleep=SLEEP, record=record)) == known
    assert known_sleep(replace(CONTEXT, sleep=None, record=Record())) is None


def failed(minutes: int, outcome: str = "no", step: str = "Delete") -> Entry:
    return Entry(NOW - minutes * MINUTE, step, "", outcome, ok=False)


def blocked(minutes: int, reason: str) -> Entry:
    return Entry(NOW - minutes * MINUTE, "Refuse", reason, "missing", ok=False)


FAILURES = {
    "the first failure": ([], failed(0), True),
    "it fails as it did a minute ago": ([failed(1)], failed(0), False),
    "it fails in another way": ([failed(1, "what?")], failed(0), True),
    "two failures that take turns are two lines": (
        [failed(2), failed(1, "what?")], failed(0), False,
    ),
    "another step succeeded in between": (
        [failed(2), replace(failed(1, step="BeginDrain"), ok=True)], failed(0), True,
    ),
    "the file's scaling was applied in between": (
        [failed(2), replace(failed(1, step="ApplyScaling"), ok=True)], failed(0), False,
    ),
    "blocked for a new reason": ([blocked(1, "a")], blocked(0, "b"), True),
    "blocked for a reason that comes and goes": (
        [blocked(2, "a"), blocked(1, "b")], blocked(0, "a"), False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lately", "entry", "news"), FAILURES.values(), ids=FAILURES)
def test_what_does_not_succeed_is_written_down_while_it_is_news(
    lately: list[Entry], entry: Entry, news: bool
) -> None:
    assert is_news(entry, lately) is news


TARGET = {"ResourceId": "endpoint/e/variant/A", "MinCapacity": 2, "MaxCapacity": 6}


def scaled(*targets: dict[str, object], actions: Sequence[dict[str, int]] = ()) -> Snapshot:
    scheduled = tuple(
        {"ResourceId": TARGET["ResourceId"], "ScalableTargetAction": action} for action in actions
    )
    return Snapshot(NOW, "c", {}, Scaling(targets=targets, scheduled_actions=scheduled))


KEPT = {
    "a scalable target's minimum": ([ConfiguredVariant("A", G6, 4)], scaled(TARGET), {G6: 2}),
    "the least that scheduled actions make of it": (
        [ConfiguredVariant("A", G6, 4)],
        scaled(TARGET, actions=[{"MinCapacity": 1}, {"MinCapacity": 4}, {"MaxCapacity": 9}]),
        {G6: 1},
    ),
    "an action without a target moves nothing": (
        [ConfiguredVariant("A", G6, 4)], scaled(actions=[{"MinCapacity": 1}]), {G6: 4},
    ),
    "never saved, so that its targets are unknown: one of each variant": (
        [ConfiguredVariant("A", G6, 4), ConfiguredVariant("B", G5, 1)], None, {G6: 1, G5: 1},
    ),
    "variants of one type are summed": (
        [ConfiguredVariant("A", G6, 4), ConfiguredVariant("B", G6, 1)], scaled(TARGET), {G6: 3},
    ),
    "a variant that was not there when it was saved: one": (
        [ConfiguredVariant("A", G6, 4), ConfiguredVariant("B", G5, 4)],
        replace(scaled(TARGET), variants=({"VariantName": "A"},)), {G6: 2, G5: 1},
    ),
    "what is kept of a variant that is not there counts for nothing": (
        [ConfiguredVariant("B", G5, 4)],
        replace(scaled(TARGET), variants=({"VariantName": "B"}, {"VariantName": "A"})), {G5: 4},
    ),
    "the configuration is gone: nothing is claimed": ([], scaled(TARGET), {}),
}  # fmt: skip


@pytest.mark.parametrize(("fleet", "snapshot", "kept"), KEPT.values(), ids=KEPT)
def test_what_would_have_stayed_at_least(
    fleet: list[ConfiguredVariant], snapshot: Snapshot | None, kept: dict[str, int]
) -> None:
    assert kept_at_least(fleet, snapshot) == kept


COSTS = {
    "12 h of two at 1.50": ({G6: 2}, {G6: 1.5}, 36.0),
    "no price: hours only": ({G6: 2}, {}, None),
    "what has no price is not counted": ({G6: 2, G5: 1}, {G5: 1.0}, 12.0),
    "nothing is known to have been kept": ({}, {G6: 1.5}, None),
}


@pytest.mark.parametrize(("kept", "prices", "usd"), COSTS.values(), ids=COSTS)
def test_a_stretch_costs_hours_and_with_a_price_dollars(
    kept: dict[str, int], prices: dict[str, float], usd: float | None
) -> None:
    spent = cost(12 * HOUR, kept, prices)
    assert spent == Cost(12 * HOUR, {kind: n * 12.0 for kind, n in kept.items()}, usd)


AWAKE_SINCE = {
    "since it was seen in service": (Status.IN_SERVICE, True),
    "it serves while it is updated": (Status.UPDATING, True),
    "not in service yet": (Status.CREATING, False),
    "one that failed never was": (Status.FAILED, False),
    "nothing is there": (Status.ABSENT, False),
}


@pytest.mark.parametrize(("status", "awake"), AWAKE_SINCE.values(), ids=AWAKE_SINCE)
def test_since_when_it_is_awake(status: Status, awake: bool) -> None:
    seen = replace(CONTEXT, endpoint=replace(CONTEXT.endpoint, status=status))
    assert awake_since(seen) == (NOW - 8 * HOUR if awake else None)


ASLEEP_SINCE = {
    "since it was seen gone": (S.ABSENT, 11, SLEEP, NOW - 11 * HOUR),
    "not before the delete": (S.ABSENT, 13, SLEEP, NOW - 12 * HOUR),
    "not deleted by Lowtide": (S.ABSENT, 11, None, None),
    "its instances may still be there": (S.DELETING, 11, SLEEP, None),
}


@pytest.mark.parametrize(
    ("status", "gone", "sleep", "since"), ASLEEP_SINCE.values(), ids=ASLEEP_SINCE
)
def test_since_when_it_is_asleep(
    status: Status, gone: int, sleep: Sleep | None, since: datetime | None
) -> None:
    seen = replace(
        CONTEXT,
        endpoint=Endpoint("e", status),
        timestamps=Timestamps(absent=NOW - gone * HOUR),
    )
    assert asleep_since(seen, sleep) == since


def ended(stretch: Stretch, until: datetime, hours: int, usd: float | None) -> Entry:
    """Two instances were kept, or would have been."""
    return Entry(
        until, "", "", "", ended={str(stretch): hours * HOUR},
        kept_hours={G6: 2.0 * hours}, kept_usd=usd,
    )  # fmt: skip


DAYS = {
    "nothing": ([], Cost(timedelta(), {}, None)),
    "all are summed": (
        [(NOW, 10, 20.0), (NOW - 12 * HOUR, 2, None)], Cost(12 * HOUR, {G6: 24.0}, 20.0),
    ),
    "of one that began before, only the part inside": (
        [(NOW - 14 * HOUR, 20, 20.0)], Cost(10 * HOUR, {G6: 20.0}, 10.0),
    ),
    "one that was over before": ([(NOW - 30 * HOUR, 2, 3.0)], Cost(timedelta(), {}, None)),
    "one that was ended twice is counted once": (
        [(NOW - HOUR, 9, 9.0), (NOW, 10, 10.0)], Cost(10 * HOUR, {G6: 20.0}, 10.0),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stretch", "other"), [("asleep", "awake"), ("awake", "asleep")])
@pytest.mark.parametrize(("stretches", "total"), DAYS.values(), ids=DAYS)
def test_what_a_day_cost_or_saved(
    stretch: Stretch,
    other: Stretch,
    stretches: list[tuple[datetime, int, float | None]],
    total: Cost,
) -> None:
    entries = [ended(stretch, *each) for each in stretches]
    others = [ended(other, NOW, 24, 99.0), replace(ended(other, NOW, 3, 1.0), ended={})]
    assert cost_within([*entries, *others], stretch, NOW - 24 * HOUR, NOW) == total


@pytest.mark.parametrize("outcome", ["begun", "failed: no"])
def test_a_delete_that_is_not_done_has_ended_nothing(outcome: str) -> None:
    entry = replace(ended("awake", NOW, 9, 9.0), outcome=outcome, ok=False)
    assert cost_within([entry], "awake", NOW - 24 * HOUR, NOW) == Cost(timedelta(), {}, None)
