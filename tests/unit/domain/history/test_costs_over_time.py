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
    BeginDrain,
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
SITUATION = context_with(
    managed=ManagedEndpoint("e", Schedule((), ZoneInfo("UTC"))),
    desired=DesiredState(True, "the window is open"),
    endpoint=Endpoint("e", Status.IN_SERVICE, created_at=NOW - 9 * HOUR, modified_at=NOW),
    record=Record(draining_since=NOW - HOUR / 5),
    stack="s",
    now=NOW,
    timestamps=Timestamps(in_service=NOW - 8 * HOUR),
)
FAILED = replace(SITUATION, endpoint=replace(SITUATION.endpoint, status=Status.FAILED))
CREATING = replace(SITUATION, record=Record(creating_since=NOW - HOUR / 4))
GONE = replace(
    SITUATION, endpoint=Endpoint("e", Status.ABSENT), timestamps=Timestamps(absent=NOW - 11 * HOUR)
)


@pytest.mark.parametrize(
    ("step", "context", "sleep", "ended"),
    [
        pytest.param(
            Create("", "c"), GONE, SLEEP, {"asleep": 11 * HOUR},
            id="a creation ends the sleep, which began when the endpoint was gone",
        ),
        pytest.param(
            Create("", "c"), GONE, None, {},
            id="a creation after nobody's delete ends nothing that is known",
        ),
        pytest.param(
            Restore("", HOUR / 4), CREATING, None, {"creation": HOUR / 4},
            id="a restore ends the creation",
        ),
        pytest.param(
            Restore("", None), CREATING, None, {"creation": HOUR / 4},
            id="also one that is not learned, because somebody asked again meanwhile",
        ),
        pytest.param(
            Restore("", None), SITUATION, None, {},
            id="a restore of what Lowtide did not create ends nothing",
        ),
        pytest.param(
            Delete(""), SITUATION, None, {"awake": 8 * HOUR, "drain": HOUR / 5},
            id="a delete ends the time awake, which began in service, and the drain",
        ),
        pytest.param(
            Delete(""), FAILED, None, {"until_failed": 9 * HOUR},
            id="one that failed is not counted as awake",
        ),
        pytest.param(
            Delete(""), replace(SITUATION, record=Record(draining_since=NOW - 10 * HOUR)), None,
            {"awake": 8 * HOUR}, id="the drain of an endpoint before this one is none of its own",
        ),
        pytest.param(
            TakeSnapshot(""), SITUATION, None, {},
            id="what is saved goes on",
        ),
        pytest.param(
            EndDrain(""), SITUATION, None, {"drain": HOUR / 5},
            id="a drain may end without a delete",
        ),
        pytest.param(
            BeginDrain(""), SITUATION, None, {},
            id="a drain that begins ends nothing",
        ),
    ],
)  # fmt: skip
def test_what_a_step_ends(
    step: Step, context: Context, sleep: Sleep | None, ended: dict[str, timedelta]
) -> None:
    assert ended_by(step, context, sleep) == ended


def by_hand(status: Status = S.ABSENT, *, served: bool = True, pending: bool = False) -> Context:
    return replace(
        SITUATION,
        endpoint=Endpoint("e", status),
        record=Record(restore_pending=pending),
        timestamps=Timestamps(in_service=NOW - 8 * HOUR if served else None),
    )


@pytest.mark.parametrize(
    ("context", "told"),
    [
        pytest.param(by_hand(), True, id="gone, and in service a moment ago"),
        pytest.param(by_hand(S.DELETING), False, id="not gone yet"),
        pytest.param(by_hand(served=False), False, id="gone for a while"),
        pytest.param(by_hand(pending=True), False, id="deleted by Lowtide, to come back"),
    ],
)
def test_who_deletes_an_endpoint_by_hand_is_told_of(context: Context, told: bool) -> None:
    assert (deleted_by_hand(context) is not None) is told


@pytest.mark.parametrize(
    ("verified", "known"),
    [
        pytest.param(None, SLEEP, id="never verified"),
        pytest.param(NOW - 20 * HOUR, SLEEP, id="it was verified before"),
        pytest.param(NOW - 2 * HOUR, None, id="it was created since: that sleep is long over"),
    ],
)
def test_a_sleep_that_is_over_is_not_counted_again(
    verified: datetime | None, known: Sleep | None
) -> None:
    given = replace(SITUATION, sleep=SLEEP, record=Record(verified_created_at=verified))
    assert known_sleep(given) == known


def failed(minutes: int, outcome: str = "no", step: str = "Delete") -> Entry:
    return Entry(NOW - minutes * MINUTE, step, "", outcome, ok=False)


def refused(minutes: int, reason: str) -> Entry:
    return Entry(NOW - minutes * MINUTE, "Refuse", reason, "missing", ok=False)


@pytest.mark.parametrize(
    ("lately", "entry", "news"),
    [
        pytest.param([], failed(0), True, id="the first failure"),
        pytest.param([failed(1)], failed(0), False, id="it fails as it did a minute ago"),
        pytest.param([failed(1, "what?")], failed(0), True, id="it fails in another way"),
        pytest.param([failed(1, step="Create")], failed(0), True, id="another step failed so"),
        pytest.param(
            [failed(2), failed(1, "what?")], failed(0), False,
            id="two failures that take turns are two lines",
        ),
        pytest.param(
            [failed(2), replace(failed(1), ok=True)], failed(0), True,
            id="it succeeded in between",
        ),
        pytest.param(
            [failed(2), replace(failed(1, step="BeginDrain"), ok=True)], failed(0), True,
            id="another step succeeded in between",
        ),
        pytest.param(
            [failed(2), replace(failed(1, step="ApplyScaling"), ok=True)], failed(0), False,
            id="the file's scaling was applied in between",
        ),
        pytest.param([refused(1, "a")], refused(0, "b"), True, id="blocked for a new reason"),
        pytest.param(
            [refused(2, "a"), refused(1, "b")], refused(0, "a"), False,
            id="blocked for a reason that comes and goes",
        ),
    ],
)  # fmt: skip
def test_what_does_not_succeed_is_written_down_while_it_is_news(
    lately: list[Entry], entry: Entry, news: bool
) -> None:
    assert is_news(entry, lately) is news


def test_one_that_never_slept_has_no_sleep_to_count() -> None:
    verified = Record(verified_created_at=NOW - HOUR)
    assert known_sleep(replace(SITUATION, sleep=None, record=verified)) is None


TARGET = {"ResourceId": "endpoint/e/variant/A", "MinCapacity": 2, "MaxCapacity": 6}


def scaled(*targets: dict[str, object], actions: Sequence[dict[str, int]] = ()) -> Snapshot:
    scheduled = tuple(
        {"ResourceId": TARGET["ResourceId"], "ScalableTargetAction": action} for action in actions
    )
    return Snapshot(NOW, "c", {}, Scaling(targets=targets, scheduled_actions=scheduled))


@pytest.mark.parametrize(
    ("fleet", "snapshot", "kept"),
    [
        pytest.param(
            [ConfiguredVariant("A", G6, 4)], scaled(TARGET), {G6: 2},
            id="a scalable target's minimum",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4)],
            scaled(TARGET, actions=[{"MinCapacity": 1}, {"MinCapacity": 4}, {"MaxCapacity": 9}]),
            {G6: 1}, id="the least that scheduled actions make of it",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4)], scaled(actions=[{"MinCapacity": 1}]), {G6: 4},
            id="an action without a target moves nothing",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4)], scaled(), {G6: 4},
            id="without a target, what the configuration starts with",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4), ConfiguredVariant("B", G5, 1)], None, {G6: 1, G5: 1},
            id="never saved, so that nobody knows its targets: one of each variant",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4), ConfiguredVariant("B", G6, 1)], scaled(TARGET),
            {G6: 3},
            id="variants of one type are summed",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4), ConfiguredVariant("B", G5, 1)], scaled(TARGET),
            {G6: 2, G5: 1},
            id="types are told apart",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4), ConfiguredVariant("B", G5, 4)],
            replace(scaled(TARGET), variants=({"VariantName": "A"},)), {G6: 2, G5: 1},
            id="a variant that was not there when it was saved: one",
        ),
        pytest.param(
            [ConfiguredVariant("B", G5, 4)],
            replace(scaled(TARGET), variants=({"VariantName": "B"}, {"VariantName": "A"})), {G5: 4},
            id="what is kept of a variant that is not there counts for nothing",
        ),
        pytest.param([], scaled(TARGET), {}, id="the configuration is gone: nothing is claimed"),
    ],
)  # fmt: skip
def test_what_would_have_stayed_at_least(
    fleet: list[ConfiguredVariant], snapshot: Snapshot | None, kept: dict[str, int]
) -> None:
    assert kept_at_least(fleet, snapshot) == kept


@pytest.mark.parametrize(
    ("kept", "prices", "usd"),
    [
        pytest.param({G6: 2}, {G6: 1.5}, 36.0, id="12 h of two at 1.50"),
        pytest.param({G6: 2}, {}, None, id="no price: only hours are told"),
        pytest.param({G6: 2, G5: 1}, {G5: 1.0}, 12.0, id="what has no price is not counted"),
        pytest.param({}, {G6: 1.5}, None, id="nothing known to have been kept"),
    ],
)
def test_a_stretch_costs_hours_and_with_a_price_dollars(
    kept: dict[str, int], prices: dict[str, float], usd: float | None
) -> None:
    spent = cost(12 * HOUR, kept, prices)
    assert spent == Cost(12 * HOUR, {kind: n * 12.0 for kind, n in kept.items()}, usd)


@pytest.mark.parametrize(
    ("status", "awake"),
    [
        pytest.param(Status.IN_SERVICE, True, id="since it was seen in service"),
        pytest.param(Status.UPDATING, True, id="it serves while it is updated"),
        pytest.param(Status.OUT_OF_SERVICE, True, id="its instances cost what they do"),
        pytest.param(Status.CREATING, False, id="not in service yet"),
        pytest.param(Status.FAILED, False, id="one that failed never was"),
        pytest.param(Status.DELETING, False, id="its end stands in the ledger already"),
        pytest.param(Status.ABSENT, False, id="nothing is there"),
    ],
)
def test_since_when_it_is_awake(status: Status, awake: bool) -> None:
    seen = replace(SITUATION, endpoint=replace(SITUATION.endpoint, status=status))
    assert awake_since(seen) == (NOW - 8 * HOUR if awake else None)


@pytest.mark.parametrize(
    ("status", "gone", "sleep", "since"),
    [
        pytest.param(S.ABSENT, 11, SLEEP, NOW - 11 * HOUR, id="since it was seen gone"),
        pytest.param(S.ABSENT, 13, SLEEP, NOW - 12 * HOUR, id="not before the delete"),
        pytest.param(S.ABSENT, 11, None, None, id="deleted by somebody else"),
        pytest.param(S.DELETING, 11, SLEEP, None, id="its instances may still be there"),
        pytest.param(S.CREATING, 11, SLEEP, None, id="the sleep is over"),
    ],
)
def test_since_when_it_is_asleep(
    status: Status, gone: int, sleep: Sleep | None, since: datetime | None
) -> None:
    seen = replace(
        SITUATION,
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


@pytest.mark.parametrize(("stretch", "other"), [("asleep", "awake"), ("awake", "asleep")])
@pytest.mark.parametrize(
    ("stretches", "total"),
    [
        pytest.param([], Cost(timedelta(), {}, None), id="nothing"),
        pytest.param(
            [(NOW, 10, 20.0), (NOW - 12 * HOUR, 2, None)], Cost(12 * HOUR, {G6: 24.0}, 20.0),
            id="all are summed",
        ),
        pytest.param(
            [(NOW - 14 * HOUR, 20, 20.0)], Cost(10 * HOUR, {G6: 20.0}, 10.0),
            id="of one that began before, only the part inside",
        ),
        pytest.param(
            [(NOW - 30 * HOUR, 2, 3.0)], Cost(timedelta(), {}, None),
            id="one that was over before",
        ),
        pytest.param(
            [(NOW - HOUR, 9, 9.0), (NOW, 10, 10.0)], Cost(10 * HOUR, {G6: 20.0}, 10.0),
            id="one that was ended twice is counted once",
        ),
    ],
)  # fmt: skip
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
