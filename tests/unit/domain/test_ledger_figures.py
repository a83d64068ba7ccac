"""What a step ended, for how long, and what that cost or saved."""

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
from lowtide.domain.costs import (
    ConfiguredVariant,
    Cost,
    cost,
    cost_within,
    kept_at_least,
)
from lowtide.domain.endpoints import Endpoint, Managed, Status
from lowtide.domain.ledger import Entry, Stretch, awake_since, ended_by, known_sleep
from lowtide.domain.record import Record
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


def test_one_that_never_slept_has_no_sleep_to_count() -> None:
    assert known_sleep(replace(SITUATION, sleep=None, record=Record(whole=NOW - HOUR))) is None


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
        pytest.param(Status.IN_SERVICE, True, id="in service since it was created"),
        pytest.param(Status.UPDATING, True, id="it serves while it is updated"),
        pytest.param(Status.OUT_OF_SERVICE, True, id="its instances cost what they do"),
        pytest.param(Status.CREATING, False, id="not in service yet"),
        pytest.param(Status.FAILED, False, id="one that failed never was"),
        pytest.param(Status.DELETING, False, id="its end stands in the ledger already"),
        pytest.param(Status.ABSENT, False, id="nothing is there"),
    ],
)
def test_since_when_it_is_awake(status: Status, awake: bool) -> None:
    endpoint = replace(SITUATION.endpoint, status=status)
    assert awake_since(endpoint) == (endpoint.created_at if awake else None)


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
