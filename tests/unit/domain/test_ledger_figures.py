"""What a step ended, for how long, and what that saved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lowtide.domain.actions import (
    BeginDrain,
    Create,
    Delete,
    EndDrain,
    Restore,
    Step,
    TakeSnapshot,
)
from lowtide.domain.endpoints import Endpoint, Managed, Status
from lowtide.domain.ledger import Entry, ended_by, known_sleep
from lowtide.domain.record import Record
from lowtide.domain.savings import (
    ConfiguredVariant,
    Savings,
    both,
    kept_at_least,
    saved_by,
    saved_within,
)
from lowtide.domain.schedules import Schedule
from lowtide.domain.situation import Situation
from lowtide.domain.sleep import Sleep
from lowtide.domain.snapshot import Scaling, Snapshot
from lowtide.domain.wishes import Wish

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
G6, G5 = "ml.g6.2xlarge", "ml.g5.2xlarge"
SLEEP = Sleep(NOW - 12 * HOUR, {G6: 2})
SITUATION = Situation(
    managed=Managed("e", Schedule((), ZoneInfo("UTC"))),
    wish=Wish(True, "the window is open"),
    endpoint=Endpoint("e", Status.IN_SERVICE, created_at=NOW - 9 * HOUR, modified_at=NOW),
    record=Record(draining_since=NOW - HOUR / 5),
    stack="s",
    now=NOW,
    streams=0.0,
)
FAILED = replace(SITUATION, endpoint=replace(SITUATION.endpoint, status=Status.FAILED))


@pytest.mark.parametrize(
    ("step", "situation", "sleep", "ended"),
    [
        pytest.param(
            Create("", "c"), SITUATION, SLEEP, {"asleep": 12 * HOUR},
            id="a creation ends the sleep",
        ),
        pytest.param(
            Create("", "c"), SITUATION, None, {},
            id="a creation after nobody's delete ends nothing that is known",
        ),
        pytest.param(
            Restore("", HOUR / 4), SITUATION, None, {"creation": HOUR / 4},
            id="a restore ends the creation",
        ),
        pytest.param(
            Delete(""), SITUATION, None, {"awake": 9 * HOUR, "drain": HOUR / 5},
            id="a delete ends the time awake, and the drain",
        ),
        pytest.param(
            Delete(""), FAILED, None, {},
            id="one that failed was never awake",
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
    step: Step, situation: Situation, sleep: Sleep | None, ended: dict[str, timedelta]
) -> None:
    assert ended_by(step, situation, sleep) == ended


@pytest.mark.parametrize(
    ("whole", "known"),
    [
        pytest.param(None, SLEEP, id="never seen whole"),
        pytest.param(NOW - 20 * HOUR, SLEEP, id="it was whole before"),
        pytest.param(NOW - 2 * HOUR, None, id="it was created since: that sleep is long over"),
    ],
)
def test_a_sleep_that_is_over_is_not_counted_again(
    whole: datetime | None, known: Sleep | None
) -> None:
    given = replace(SITUATION, sleep=SLEEP, record=Record(whole=whole))
    assert known_sleep(given) == known


TARGET = {"ResourceId": "endpoint/e/variant/A", "MinCapacity": 2, "MaxCapacity": 6}


def scaled(*targets: dict[str, object]) -> Snapshot:
    return Snapshot(NOW, "c", {}, Scaling(targets=targets))


@pytest.mark.parametrize(
    ("fleet", "snapshot", "kept"),
    [
        pytest.param(
            [ConfiguredVariant("A", G6, 4)], scaled(TARGET), {G6: 2},
            id="a scalable target's minimum",
        ),
        pytest.param(
            [ConfiguredVariant("A", G6, 4)], scaled(), {G6: 4},
            id="without a target, what the configuration starts with",
        ),
        pytest.param([ConfiguredVariant("A", G6, 4)], None, {G6: 4}, id="nothing saved"),
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
        pytest.param([], scaled(TARGET), {}, id="the configuration is gone: nothing is claimed"),
    ],
)  # fmt: skip
def test_what_would_have_stayed_at_least(
    fleet: list[ConfiguredVariant], snapshot: Snapshot | None, kept: dict[str, int]
) -> None:
    assert kept_at_least(fleet, snapshot) == kept


@pytest.mark.parametrize(
    ("keeps", "prices", "usd"),
    [
        pytest.param({G6: 2}, {G6: 1.5}, 36.0, id="12 h of two at 1.50"),
        pytest.param({G6: 2}, {}, None, id="no price: only hours are told"),
        pytest.param({G6: 2, G5: 1}, {G5: 1.0}, 12.0, id="what has no price is not counted"),
        pytest.param({}, {G6: 1.5}, None, id="nothing known to have stayed"),
    ],
)
def test_a_sleep_saves_hours_and_with_a_price_dollars(
    keeps: dict[str, int], prices: dict[str, float], usd: float | None
) -> None:
    saved = saved_by(Sleep(NOW - 12 * HOUR, keeps), NOW, prices)
    assert saved == Savings(12 * HOUR, {kind: n * 12.0 for kind, n in keeps.items()}, usd)


def slept(until: datetime, hours: int, usd: float | None) -> Entry:
    return Entry(
        until, "Create", "", "", ended={"asleep": hours * HOUR},
        saved_hours={G6: 2.0 * hours}, saved_usd=usd,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "saved"),
    [
        pytest.param([], Savings(timedelta(), {}, None), id="nothing"),
        pytest.param(
            [slept(NOW, 10, 20.0), slept(NOW - 12 * HOUR, 2, None)],
            Savings(12 * HOUR, {G6: 24.0}, 20.0),
            id="nights are summed",
        ),
        pytest.param(
            [slept(NOW - 14 * HOUR, 20, 20.0)], Savings(10 * HOUR, {G6: 20.0}, 10.0),
            id="of a night that began before, only the part inside",
        ),
        pytest.param(
            [slept(NOW - 30 * HOUR, 2, 3.0)], Savings(timedelta(), {}, None),
            id="a night before",
        ),
        pytest.param(
            [replace(slept(NOW, 10, 20.0), ended={"awake": 10 * HOUR})],
            Savings(timedelta(), {}, None),
            id="time awake is no sleep",
        ),
    ],
)  # fmt: skip
def test_savings_within_a_day(entries: list[Entry], saved: Savings) -> None:
    assert saved_within(entries, NOW - 24 * HOUR, NOW) == saved


def test_two_savings_add_up() -> None:
    one, other = Savings(HOUR, {G6: 1.0}, None), Savings(HOUR, {G6: 1.0, G5: 2.0}, 3.0)
    assert both(one, other) == Savings(2 * HOUR, {G6: 2.0, G5: 2.0}, 3.0)
