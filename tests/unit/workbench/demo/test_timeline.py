"""The records of all that took part, as events."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from lowtide.domain.history.entry import Entry
from lowtide_workbench.demo.play import Run
from lowtide_workbench.demo.timeline import events
from lowtide_workbench.report.model import Event, Minute
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


def of(who: str, run: Run) -> list[Event]:
    return [event for event in events(run) if event.who == who]


def whats(who: str, run: Run) -> list[str]:
    return [event.what for event in of(who, run)]


@pytest.mark.parametrize(
    ("activities", "expected"),
    [
        pytest.param((), [], id="no change, no event"),
        pytest.param((move(0, 3),), ["set 3 instances"], id="a change"),
        pytest.param((move(0, 1),), ["set 1 instance"], id="one instance is singular"),
        pytest.param(
            (move(0, 3), move(5, 9, status="Failed"), move(10, 4)),
            ["set 3 instances", "set 4 instances"],
            id="what failed changed nothing",
        ),
    ],
)
def test_each_change_of_the_count_is_a_routine_event(
    run: Run, activities: tuple[Any, ...], expected: list[str]
) -> None:
    found = of(SCALING, replace(run, activities=activities))
    assert [event.what for event in found] == expected
    assert all(event.routine for event in found)


@pytest.mark.parametrize(
    ("cause", "why"),
    [
        pytest.param(tracked(HIGH), "follow: the metric is above its target", id="target, high"),
        pytest.param(tracked(LOW), "follow: the metric is below its target", id="target, low"),
        pytest.param(
            "scheduled action name morning-floor was triggered",
            "scheduled action name morning-floor was triggered",
            id="a scheduled action is named in AWS's words",
        ),
        pytest.param(
            "scheduled action name AlarmHigh was triggered",
            "scheduled action name AlarmHigh was triggered",
            id="a scheduled action with an alarm's name is no alarm",
        ),
        pytest.param(
            "monitor alarm it-is-full in state ALARM triggered policy jump",
            "monitor alarm it-is-full in state ALARM triggered policy jump",
            id="a step policy's alarm is named",
        ),
    ],
)
def test_a_move_says_why(run: Run, cause: str, why: str) -> None:
    (event,) = of(SCALING, replace(run, activities=(move(0, 3, cause),)))
    assert event == Event(MORNING, SCALING, "set 3 instances", why, routine=True)


@pytest.mark.parametrize(
    ("step", "what"),
    [
        pytest.param("Create", "created the endpoint", id="create"),
        pytest.param("Restore", "restored the snapshot", id="restore"),
        pytest.param("ApplyScaling", "applied the file's scaling", id="the file's scaling"),
        pytest.param("BeginDrain", "began to drain", id="begin to drain"),
        pytest.param("EndDrain", "stopped draining", id="end of draining"),
        pytest.param("TakeSnapshot", "took a snapshot", id="snapshot"),
        pytest.param("Delete", "deleted the endpoint", id="delete"),
        pytest.param("Forget", "reset the retries", id="forget"),
    ],
)
def test_each_step_of_the_history_is_an_event_with_its_reason(
    run: Run, step: str, what: str
) -> None:
    found = of("Lowtide", replace(run, history=(Entry(MORNING, step, "because", "done"),)))
    assert found == [Event(MORNING, "Lowtide", what, "because", "done")]


@pytest.mark.parametrize(
    ("step", "outcome", "what"),
    [
        pytest.param("Create", "failed: no capacity", "Create: failed: no capacity", id="failed"),
        pytest.param("Refuse", "not-tagged", "Blocked: not-tagged", id="blocked"),
    ],
)
def test_a_step_that_was_not_done_says_so_in_the_line_itself(
    run: Run, step: str, outcome: str, what: str
) -> None:
    entry = Entry(MORNING, step, "because", outcome, ok=False)
    (event,) = of("Lowtide", replace(run, history=(entry,)))
    assert (event.what, event.detail) == (what, "")


def test_a_resource_id_is_shortened_to_the_variant(run: Run) -> None:
    outcome = "endpoint/my-endpoint/variant/AllTraffic has the range 6 to 39"
    entry = Entry(MORNING, "Restore", "because", outcome)
    (event,) = of("Lowtide", replace(run, history=(entry,)))
    assert event.detail == "AllTraffic has the range 6 to 39"


def test_steps_of_one_instant_are_in_the_order_of_a_wake(run: Run) -> None:
    steps = ("ApplyScaling", "Restore", "Create")
    ledger = tuple(Entry(MORNING, step, "because", "done") for step in steps)
    assert whats("Lowtide", replace(run, history=ledger)) == [
        "created the endpoint",
        "restored the snapshot",
        "applied the file's scaling",
    ]


def test_sagemaker_tells_how_long_a_creation_took_and_that_a_deletion_ends_the_bill(
    run: Run,
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
    assert of("SageMaker", replace(run, statuses=statuses)) == [
        Event(after(9.5), "SageMaker", "InService", "created in 9 min"),
        Event(after(101), "SageMaker", "Absent", "deleted; billing has stopped"),
        Event(after(220), "SageMaker", "Failed", "after 20 min of Creating"),
    ]


@pytest.mark.parametrize(
    ("minutes", "expected"),
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
    run: Run, minutes: list[Minute], expected: list[tuple[datetime, str, str]]
) -> None:
    found = of("SageMaker", replace(run, minutes=tuple(minutes)))
    assert [(event.at, event.what, event.why) for event in found] == expected


def test_all_events_are_in_the_order_of_time(run: Run) -> None:
    found = events(
        replace(
            run,
            requests=((after(-11 * 60), ASKED),),
            activities=(move(30, 3),),
            history=(Entry(after(-30), "Create", "because", "done"),),
            statuses=((after(-30), "Creating"), (after(-20), "InService")),
            minutes=(minute(89, g6=2), minute(90, g6e=1)),
        )
    )
    assert [(event.at, event.who) for event in found] == [
        (after(-11 * 60), "ann"),
        (after(-30), "Lowtide"),
        (after(-20), "SageMaker"),
        (after(30), SCALING),
        (DROUGHT.start, "EC2 capacity"),
        (after(90), "SageMaker"),
        (DROUGHT.end, "EC2 capacity"),
    ]


def test_people_ask_in_their_own_words(run: Run) -> None:
    requests = ((after(-60), ASKED), (after(-30), ASKED | {"by": "ben", "for": "2h"}))
    asked = replace(run, requests=requests)
    assert [*of("ann", asked), *of("ben", asked)] == [
        Event(after(-60), "ann", "asked for the endpoint for 40m", "smoke test"),
        Event(after(-30), "ben", "asked for the endpoint for 2h", "smoke test"),
    ]
