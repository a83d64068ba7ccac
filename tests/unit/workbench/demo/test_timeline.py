"""The records of a run, as events."""

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
HIGH = "TargetTracking-endpoint/e/variant/v-AlarmHigh-1"
LOW = "TargetTracking-endpoint/e/variant/v-AlarmLow-1"
G6E_JOINS = "ml.g6e.2xlarge joins"


def after(minutes: float) -> datetime:
    return MORNING + timedelta(minutes=minutes)


def triggered(alarm: str, policy: str = "follow") -> str:
    return f"monitor alarm {alarm} in state ALARM triggered policy {policy}"


def activity(minute: float, desired: int, cause: str = "", status: str = "Successful") -> Any:
    return {
        "StartTime": after(minute),
        "Description": f"Setting desired instance count to {desired}.",
        "Cause": cause or triggered(HIGH),
        "StatusCode": status,
    }


def minute(at: float, **instances: int) -> Minute:
    by_type = {f"ml.{name}.2xlarge": count for name, count in instances.items()}
    return Minute(after(at), "InService", 0, 10, by_type, None, None, None)


def of(who: str, run: Run, **records: Any) -> list[Event]:
    return [event for event in events(replace(run, **records)) if event.who == who]


@pytest.mark.parametrize(
    ("activities", "expected"),
    [
        pytest.param((activity(0, 1),), ["set 1 instance"], id="one instance is singular"),
        pytest.param((activity(0, 3), activity(5, 9, status="Failed"), activity(10, 4)),
                     ["set 3 instances", "set 4 instances"], id="what failed changed nothing"),
    ],
)  # fmt: skip
def test_each_change_of_the_count_is_a_routine_event(
    run: Run, activities: tuple[Any, ...], expected: list[str]
) -> None:
    changes = of(SCALING, run, activities=activities)
    assert [event.what for event in changes] == expected
    assert all(event.routine for event in changes)


@pytest.mark.parametrize(
    ("cause", "why"),
    [
        pytest.param(triggered(HIGH), "follow: the metric is above its target", id="target, high"),
        pytest.param(triggered(LOW), "follow: the metric is below its target", id="target, low"),
        *(pytest.param(cause, cause, id=f"in AWS's words: {cause}")
          for cause in ("scheduled action name AlarmHigh was triggered",
                        triggered("it-is-full", "jump"))),
    ],
)  # fmt: skip
def test_a_change_of_the_count_has_its_cause(run: Run, cause: str, why: str) -> None:
    (event,) = of(SCALING, run, activities=(activity(0, 3, cause),))
    assert event == Event(MORNING, SCALING, "set 3 instances", why, routine=True)


@pytest.mark.parametrize(
    ("step", "what"),
    [
        ("Create", "created the endpoint"),
        ("Restore", "restored the snapshot"),
        ("ApplyScaling", "applied the file's scaling"),
        ("BeginDrain", "began to drain"),
        ("EndDrain", "stopped draining"),
        ("TakeSnapshot", "took a snapshot"),
        ("Delete", "deleted the endpoint"),
        ("Forget", "reset the retries"),
    ],
)
def test_each_step_is_an_event_with_its_reason(run: Run, step: str, what: str) -> None:
    outcome = "endpoint/my-endpoint/variant/AllTraffic has the range 6 to 39"
    (event,) = of("Lowtide", run, history=(Entry(MORNING, step, "because", outcome),))
    short = "AllTraffic has the range 6 to 39"
    assert event == Event(MORNING, "Lowtide", what, "because", short)


@pytest.mark.parametrize(
    ("step", "outcome", "what"),
    [
        pytest.param("Create", "failed: no capacity", "Create: failed: no capacity", id="failed"),
        pytest.param("Refuse", "not-tagged", "Blocked: not-tagged", id="blocked"),
    ],
)
def test_a_step_that_was_not_done_has_its_outcome_in_the_line(
    run: Run, step: str, outcome: str, what: str
) -> None:
    entry = Entry(MORNING, step, "because", outcome, ok=False)
    (event,) = of("Lowtide", run, history=(entry,))
    assert (event.what, event.detail) == (what, "")


def test_steps_of_one_instant_are_in_the_order_of_a_wake(run: Run) -> None:
    steps = ("ApplyScaling", "Restore", "Create")
    history = tuple(Entry(MORNING, step, "because", "done") for step in steps)
    assert [event.what for event in of("Lowtide", run, history=history)] == [
        "created the endpoint",
        "restored the snapshot",
        "applied the file's scaling",
    ]


def test_creations_and_deletions_of_sagemaker(run: Run) -> None:
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
    assert of("SageMaker", run, statuses=statuses) == [
        Event(after(9.5), "SageMaker", "InService", "created in 9 min"),
        Event(after(101), "SageMaker", "Absent", "deleted; billing has stopped"),
        Event(after(220), "SageMaker", "Failed", "after 20 min of Creating"),
    ]


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param((minute(69, g6=2), minute(70, g6e=1), minute(71, g6e=2)),
                     [(after(70), G6E_JOINS, "ml.g6.2xlarge has no capacity")],
                     id="once, in the drought, because there is no other"),
        pytest.param((minute(9, g6=2), minute(10, g6=2, g6e=1)),
                     [(after(10), G6E_JOINS, "fallback")],
                     id="before the drought for another reason"),
        pytest.param((minute(70, g6=2), minute(71, g6=3)), [], id="not the preferred type"),
    ],
)  # fmt: skip
def test_the_fallback_joins(run: Run, minutes: tuple[Minute, ...], expected: list[Any]) -> None:
    joins = of("SageMaker", run, minutes=minutes)
    assert [(event.at, event.what, event.why) for event in joins] == expected


def test_all_events_are_in_the_order_of_time(run: Run) -> None:
    request = {"action": "wake", "by": "ann", "for": "40m", "reason": "smoke test"}
    everything = events(
        replace(
            run,
            requests=((after(-11 * 60), request),),
            activities=(activity(30, 3),),
            history=(Entry(after(-30), "Create", "because", "done"),),
            statuses=((after(-30), "Creating"), (after(-20), "InService")),
            minutes=(minute(89, g6=2), minute(90, g6e=1)),
        )
    )
    asked = "asked for the endpoint for 40m"
    assert everything[0] == Event(after(-11 * 60), "ann", asked, "smoke test")
    assert [(event.at, event.who) for event in everything[1:]] == [
        (after(-30), "Lowtide"),
        (after(-20), "SageMaker"),
        (after(30), SCALING),
        (DROUGHT.start, "EC2 capacity"),
        (after(90), "SageMaker"),
        (DROUGHT.end, "EC2 capacity"),
    ]
