"""The totals of a report, and what must make the demo fail."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lowtide_workbench.aws.lambda_service.function import FunctionError
from lowtide_workbench.aws.lambda_service.invoker import InvocationFailure
from lowtide_workbench.demo.build_report import build_report, failures
from lowtide_workbench.demo.endpoint_state import EndpointState, compare
from lowtide_workbench.demo.play import Run
from lowtide_workbench.report.model import Comparison, Minute, Span
from tests.unit.workbench.demo.conftest import MORNING

EVENING = MORNING - timedelta(hours=12)
SECOND = Span(MORNING + timedelta(days=1), MORNING + timedelta(days=1, hours=8))


def compared(minutes_before: float, *differences: str) -> Comparison:
    morning = MORNING - timedelta(minutes=minutes_before)
    return Comparison(EVENING, morning, 79, differences)


@pytest.mark.parametrize(
    ("before", "now", "differences"),
    [
        pytest.param({"a": "1"}, {"a": "1"}, (), id="equal states"),
        pytest.param({"b": "1", "a": "1"}, {"b": "2", "a": "2"},
                     ("a: 1 became 2", "b: 1 became 2"), id="changed fields, in order"),
        pytest.param({"a": "1"}, {}, ("a: 1 became nothing",), id="a lost field"),
        pytest.param({}, {"a": "1"}, ("a: nothing became 1",), id="a new field"),
    ],
)  # fmt: skip
def test_a_difference_names_its_field_and_both_values(
    before: dict[str, str], now: dict[str, str], differences: tuple[str, ...]
) -> None:
    states = EndpointState(EVENING, before), EndpointState(MORNING, now)
    fields = len(before | now)
    assert compare(*states) == Comparison(EVENING, MORNING, fields, differences)


def at(minutes: float) -> datetime:
    """From the window's opening on."""
    return MORNING + timedelta(minutes=minutes)


def minutes_of(*statuses: tuple[float, str]) -> tuple[Minute, ...]:
    """Minute by minute; each status holds from its instant on."""
    (first, _), (last, _) = statuses[0], statuses[-1]
    return tuple(
        Minute(at(m), [s for since, s in statuses if since <= m][-1], 0, 0, {}, None, None, None)
        for m in range(int(first), int(last) + 30)
    )


WOKEN = minutes_of((-60, "Absent"), (-30, "Creating"), (-21, "InService"))


@pytest.mark.parametrize(
    ("minutes", "comparisons", "expected"),
    [
        pytest.param(WOKEN, [compared(21)], [], id="awake in time, compared and equal"),
        pytest.param(WOKEN, [compared(1)], [], id="twenty minutes after the wake are soon enough"),
        pytest.param(
            WOKEN, [], ["nothing was compared after the wake", "it never slept and woke"],
            id="a window without a comparison",
        ),
        pytest.param(
            WOKEN, [compared(0)], ["nothing was compared after the wake of Mon 08:39"],
            id="a comparison that comes late",
        ),
        pytest.param(
            WOKEN, [compared(22)], ["nothing was compared after the wake of Mon 08:39"],
            id="a comparison before the wake says nothing of it",
        ),
        pytest.param(
            WOKEN, [compared(600, "a: 1 became 2"), compared(21)], ["a: 1 became 2"],
            id="a difference at another time counts too",
        ),
        pytest.param(
            minutes_of((-60, "Absent"), (-5, "Creating"), (1, "InService")), [compared(-1)],
            ["nothing was in service at Mon 09:00"],
            id="a window that opens on an endpoint still created",
        ),
        pytest.param(
            minutes_of((-60, "InService"), (-1, "Updating")), [compared(600)], [],
            id="an endpoint that scales is in service",
        ),
    ],
)  # fmt: skip
def test_what_must_make_the_demo_fail(
    run: Run, minutes: tuple[Minute, ...], comparisons: list[Comparison], expected: list[str]
) -> None:
    reasons = failures(replace(run, minutes=minutes, comparisons=tuple(comparisons)))
    assert len(reasons) == len(expected)
    assert all(part in line for part, line in zip(expected, reasons, strict=True))


def test_a_function_that_failed_makes_the_demo_fail(run: Run) -> None:
    failure = InvocationFailure(MORNING, "scheduler", FunctionError("KeyError", "no"))
    failed = replace(run, minutes=WOKEN, comparisons=(compared(21),), failures=(failure,))
    assert failures(failed) == ("Mon 09:00 the scheduler failed: KeyError: no",)


def test_each_window_needs_an_endpoint_in_service(run: Run) -> None:
    scenario = replace(run.scenario, windows=(*run.scenario.windows, SECOND))
    asleep = minutes_of((24 * 60 - 60, "Absent"), (24 * 60 + 60, "Absent"))
    two = replace(run, scenario=scenario, minutes=(*WOKEN, *asleep), comparisons=(compared(21),))
    assert failures(two) == ("nothing was in service at Tue 09:00",)


def test_the_totals_count_the_minutes_asleep_and_what_they_would_have_cost(run: Run) -> None:
    statuses = ["Absent"] * 90 + ["Deleting"] * 5 + ["InService"] * 25
    minutes = tuple(
        Minute(MORNING + timedelta(minutes=n), status, 0, 0, {}, None, None, None)
        for n, status in enumerate(statuses)
    )
    tally = run.tally
    tally.instance_seconds["ml.g6.2xlarge"] = 7200.0
    tally.instance_seconds["ml.g6e.2xlarge"] = 1800.0
    tally.cut = 3
    totals = build_report(replace(run, minutes=minutes, tally=tally)).totals
    assert totals.calls_cut == 3
    assert totals.asleep == timedelta(minutes=90)
    assert totals.spent_usd == pytest.approx(2 * 1.222 + 0.5 * 2.80, rel=0.05)
    assert totals.always_on_usd - totals.spent_usd == pytest.approx(1.5 * 1.222, rel=0.01)
