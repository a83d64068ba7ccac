"""The oracle finds each kind of harm in a day that is right but for that."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tests.month import oracle
from tests.month.fleet import Spec
from tests.month.oracle import Timeline
from tests.month.records import MINUTE, Change, Records, Request
from tests.unit.domain.schedule.schedule_oracle import walk

BEGIN = datetime(2026, 10, 25, tzinfo=UTC)  # the clock in Berlin goes back at 01:00 UTC
DAY = timedelta(days=1)
SPEC = Spec("x", "Europe/Berlin", [("0 8 * * *", "0 20 * * *")])  # from 07:00 to 19:00 UTC
RIGHT = ("06:40 Creating", "06:50 InService", "19:23 Deleting", "19:25 Absent")


def _at(clock: str) -> datetime:
    hours, minutes = map(int, clock.split(":"))
    return BEGIN + timedelta(hours=hours, minutes=minutes)


def _wrong(
    day: Sequence[str],
    requests: Sequence[Request] = (),
    calls: Sequence[tuple[float, float]] = (),
    by_hand: str = "",
) -> list[str]:
    records = Records(
        BEGIN, {"x": SPEC}, {"x": walk(SPEC.schedule(), BEGIN - DAY, BEGIN + 2 * DAY)}, {"x": calls}
    )
    records.requests["x"] += requests
    changes = [
        Change(_at(clock), status, f"{clock} {status}" == by_hand)
        for clock, status in (each.split() for each in day)
    ]
    night = Change(BEGIN - 2 * MINUTE, "Absent", by_hand=False)
    return list(oracle.judge(Timeline(records, "x", [night, *changes], BEGIN + DAY)))


def test_a_day_that_is_right_has_nothing_wrong() -> None:
    assert _wrong(RIGHT) == []


@pytest.mark.parametrize(
    ("day", "what"),
    [
        (("07:00 Creating", "07:10 InService", *RIGHT[2:]), "should be in service"),
        (("06:40 Creating",), "should be in service, and is Creating"),
        (RIGHT[:2], "should be asleep, and is InService"),
        (("05:58 Creating", *RIGHT[1:]), "no window opens within"),
        (("06:40 Creating", "06:50 InService", "18:59 Deleting", *RIGHT[3:]), "in an open window"),
        ((*RIGHT[:2], "06:52 Creating", "06:59 InService", *RIGHT[2:]), "created while InService"),
    ],
    ids=[
        "created when the window opens",
        "never in service",
        "never asleep",
        "created more than an hour early",
        "deleted a minute before the closing",
        "created twice",
    ],
)
def test_harm_is_found(day: Sequence[str], what: str) -> None:
    assert any(what in wrong for wrong in _wrong(day))


@pytest.mark.parametrize("action", ["pause", "wake"])
def test_a_request_that_is_not_met_is_found(action: str) -> None:
    request = Request(_at("19:00"), action, BEGIN + DAY)
    assert any("Deleting" in w or "deleted" in w for w in _wrong(RIGHT, [request]))


def test_a_call_that_is_cut_before_the_deadline_is_found() -> None:
    early = (*RIGHT[:2], "19:05 Deleting", "19:07 Absent")
    call = (_at("18:58").timestamp(), 600.0)
    assert "with 1 open streams" in "".join(_wrong(early, calls=[call]))
    assert _wrong(RIGHT, calls=[call]) == []


def test_a_creation_within_the_grace_is_found() -> None:
    deleted = "12:00 Deleting"
    day = (*RIGHT[:2], deleted, "12:02 Absent", "12:04 Creating", "12:12 InService", *RIGHT[2:])
    assert "after it was deleted by hand" in "".join(_wrong(day, by_hand=deleted))


@pytest.mark.parametrize(
    ("entries", "wrong"),
    [
        (("06:40 Create", "19:23 Delete"), ""),
        (("19:23 Delete",), "Creating has no entry"),
        (("06:40 Create", "19:23 Delete", "19:23 Delete"), "an entry Delete of nothing"),
    ],
    ids=["each has one", "one is missing", "one is double"],
)
def test_the_history_has_one_entry_for_each_change(entries: Sequence[str], wrong: str) -> None:
    records = Records(
        BEGIN, {"x": SPEC}, {"x": walk(SPEC.schedule(), BEGIN - DAY, BEGIN + 2 * DAY)}, {"x": ()}
    )
    changes = [Change(_at(c), s, by_hand=False) for c, s in (each.split() for each in RIGHT)]
    line = Timeline(records, "x", changes, BEGIN + DAY)
    items = [{"at": _at(c).isoformat(), "step": s, "ok": True} for c, s in map(str.split, entries)]
    found = list(oracle.judge_history(line, items))
    assert bool(found) == bool(wrong)
    assert all(wrong in each for each in found)
