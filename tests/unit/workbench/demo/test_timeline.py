"""Every party's own records, told as one story."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.history.entry import Entry
from lowtide_workbench.demo.play import Played
from lowtide_workbench.demo.timeline import happenings
from lowtide_workbench.report.model import Happening, Minute
from tests.unit.workbench.demo.conftest import DROUGHT, MORNING

SCALING = "Application Auto Scaling"
ASKED = {"action": "wake", "by": "ann", "for": "40m", "reason": "smoke test"}
HIGH = "TargetTracking-endpoint/e/variant/v-AlarmHigh-1"
LOW = "TargetTracking-endpoint/e/variant/v-AlarmLow-1"


def after(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def tracked(alarm: str) -> str:
    return f"monitor alarm {alarm} in state ALARM triggered policy follow"


def move(minute: float, desired: int, cause: str = "", status: str = "Successful") -> Any:
    return {
        "StartTime": after(minute),
        "Description": f"Setting desired instance count to {desired}.",
        "Cause": cause or tracked(HIGH),
        "StatusCode": status,
    }


def minute(at: float, **instances: int) -> Minute:
    by_type: Mapping[str, int] = {f"ml.{name}.2xlarge": count for name, count in instances.items()}
    return Minute(after(at), "InService", 0, 10, by_type, None, None, None)


def of(who: str, played: Played) -> list[Happening]:
    return [happening for happening in happenings(played) if happening.who == who]


def whats(who: str, played: Played) -> list[str]:
    return [happening.what for happening in of(who, played)]


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        pytest.param([], [], id="no move, no word"),
        pytest.param([(0, 3)], ["asks for 3 instances"], id="one move"),
        pytest.param([(0, 1)], ["asks for 1 instance"], id="one instance is singular"),
        pytest.param(
            [(0, 3), (5, 4), (10, 6)], ["asks for 3 instances, 6 in the end (3 moves)"],
            id="moves out are told as one",
        ),
        pytest.param(
            [(0, 6), (5, 5), (10, 3)], ["asks for 6 instances, 3 in the end (3 moves)"],
            id="moves in are told as one",
        ),
        pytest.param(
            [(0, 3), (5, 5), (10, 4), (15, 2)],
            ["asks for 3 instances, 5 in the end (2 moves)",
             "asks for 4 instances, 2 in the end (2 moves)"],
            id="a turn begins anew",
        ),
        pytest.param(
            [(0, 2), (10, 3), (20, 2), (30, 3)],
            ["asks for 2 instances, 3 in the end (2 moves)", "asks for 2 instances",
             "asks for 3 instances"],
            id="each turn of a zigzag is told",
        ),
        pytest.param(
            [(0, 3), (45, 4)], ["asks for 3 instances, 4 in the end (2 moves)"],
            id="three quarters of an hour apart are still one",
        ),
        pytest.param(
            [(0, 3), (46, 4)], ["asks for 3 instances", "asks for 4 instances"],
            id="a move an hour later is another",
        ),
        pytest.param(
            [(0, 3), (30, 4), (60, 5)],
            ["asks for 3 instances, 4 in the end (2 moves)", "asks for 5 instances"],
            id="a slow climb is told every three quarters of an hour",
        ),
    ],
)  # fmt: skip
def test_moves_in_one_direction_are_told_as_one(
    played: Played, moves: list[tuple[int, int]], told: list[str]
) -> None:
    activities = tuple(move(at, desired) for at, desired in moves)
    assert whats(SCALING, replace(played, activities=activities)) == told


def test_a_move_that_failed_changed_nothing_and_is_not_told(played: Played) -> None:
    activities = (move(0, 3), move(5, 9, status="Failed"), move(10, 4))
    told = whats(SCALING, replace(played, activities=activities))
    assert told == ["asks for 3 instances, 4 in the end (2 moves)"]


@pytest.mark.parametrize(
    ("cause", "why"),
    [
        pytest.param(tracked(HIGH), "follow: the load is above its target", id="target, high"),
        pytest.param(tracked(LOW), "follow: the load is below its target", id="target, low"),
        pytest.param(
            "scheduled action name morning-floor was triggered",
            "scheduled action name morning-floor was triggered",
            id="a scheduled action is told in AWS's words",
        ),
        pytest.param(
            "scheduled action name AlarmHigh was triggered",
            "scheduled action name AlarmHigh was triggered",
            id="a scheduled action with an alarm's name is no alarm",
        ),
        pytest.param(
            "monitor alarm it-is-full in state ALARM triggered policy jump",
            "monitor alarm it-is-full in state ALARM triggered policy jump",
            id="a step policy's alarm is the owner's own and is named",
        ),
    ],
)
def test_a_move_says_why(played: Played, cause: str, why: str) -> None:
    (told,) = of(SCALING, replace(played, activities=(move(0, 3, cause),)))
    assert told == Happening(MORNING, SCALING, "asks for 3 instances", why)


def test_moves_that_are_told_as_one_say_why_the_first_was_made(played: Played) -> None:
    scheduled = "scheduled action name morning-floor was triggered"
    activities = (move(0, 3, scheduled), move(5, 4))
    (told,) = of(SCALING, replace(played, activities=activities))
    assert (told.at, told.why) == (MORNING, scheduled)


@pytest.mark.parametrize(
    ("step", "what"),
    [
        pytest.param("Create", "creates the endpoint: done", id="create"),
        pytest.param("Restore", "restores what was saved: done", id="restore"),
        pytest.param("ApplyScaling", "puts the scaling of the file: done", id="the file's scaling"),
        pytest.param("BeginDrain", "begins to drain: done", id="begin to drain"),
        pytest.param("EndDrain", "stops draining: done", id="end of draining"),
        pytest.param("TakeSnapshot", "saves everything: done", id="snapshot"),
        pytest.param("Delete", "deletes the endpoint: done", id="delete"),
        pytest.param(
            "ResetRetries", "forgets a creation that is not wanted any more: done", id="forget"
        ),
    ],
)
def test_each_step_of_the_ledger_is_told_with_its_reason(
    played: Played, step: str, what: str
) -> None:
    told = of("Lowtide", replace(played, ledger=(Entry(MORNING, step, "because", "done"),)))
    assert told == [Happening(MORNING, "Lowtide", what, "because")]


def test_steps_of_one_instant_are_told_in_the_order_of_a_life(played: Played) -> None:
    steps = ("ApplyScaling", "Restore", "Create")
    ledger = tuple(Entry(MORNING, step, "because", "done") for step in steps)
    assert whats("Lowtide", replace(played, ledger=ledger)) == [
        "creates the endpoint: done",
        "restores what was saved: done",
        "puts the scaling of the file: done",
    ]


def test_sagemaker_tells_how_long_a_creation_took_and_that_a_deletion_ends_the_bill(
    played: Played,
) -> None:
    statuses = (
        (after(0), "Creating"),
        (after(9.5), "InService"),
        (after(60), "Updating"),
        (after(65), "InService"),
        (after(100), "Deleting"),
        (after(101), "Absent"),
        (after(200), "Creating"),
        (after(220), "Failed"),
    )
    assert of("SageMaker", replace(played, statuses=statuses)) == [
        Happening(after(9.5), "SageMaker", "in service", "created in 9 min"),
        Happening(after(101), "SageMaker", "gone", "deleted; billing has stopped"),
        Happening(after(220), "SageMaker", "Failed", "after 20 min of Creating"),
    ]


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        pytest.param(
            [minute(69, g6=2), minute(70, g6=2, g6e=1)],
            [(after(70), "ml.g6e.2xlarge joins", "ml.g6.2xlarge has no capacity")],
            id="in the drought because there is no other",
        ),
        pytest.param(
            [minute(9, g6=2), minute(10, g6=2, g6e=1)],
            [(after(10), "ml.g6e.2xlarge joins", "fallback")],
            id="before the drought for another reason",
        ),
        pytest.param([minute(70, g6=2), minute(71, g6=3)], [], id="the preferred type does not"),
        pytest.param(
            [minute(69, g6=2), minute(70, g6e=1), minute(71, g6e=2)],
            [(after(70), "ml.g6e.2xlarge joins", "ml.g6.2xlarge has no capacity")],
            id="once, however many follow",
        ),
    ],
)
def test_the_fallback_joins(
    played: Played, minutes: list[Minute], told: list[tuple[datetime, str, str]]
) -> None:
    found = of("SageMaker", replace(played, minutes=tuple(minutes)))
    assert [(happening.at, happening.what, happening.why) for happening in found] == told


def test_all_parties_are_told_in_the_order_of_time(played: Played) -> None:
    found = happenings(
        replace(
            played,
            wishes=((after(-11 * 60), ASKED),),
            activities=(move(30, 3),),
            ledger=(Entry(after(-30), "Create", "because", "done"),),
            statuses=((after(-30), "Creating"), (after(-20), "InService")),
            minutes=(minute(89, g6=2), minute(90, g6e=1)),
        )
    )
    assert [(happening.at, happening.who) for happening in found] == [
        (after(-11 * 60), "ann"),
        (after(-30), "Lowtide"),
        (after(-20), "SageMaker"),
        (after(30), SCALING),
        (DROUGHT.start, "EC2 capacity"),
        (after(90), "SageMaker"),
        (DROUGHT.end, "EC2 capacity"),
    ]


def test_people_ask_in_their_own_words(played: Played) -> None:
    wishes = ((after(-60), ASKED), (after(-30), ASKED | {"by": "ben", "for": "2h"}))
    asked = replace(played, wishes=wishes)
    assert [*of("ann", asked), *of("ben", asked)] == [
        Happening(after(-60), "ann", "asks for the endpoint for 40m", "smoke test"),
        Happening(after(-30), "ben", "asks for the endpoint for 2h", "smoke test"),
    ]
