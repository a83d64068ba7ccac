"""The demo end to end on a made morning, and on one where something goes wrong behind its back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lowtide_workbench.aws.autoscaling.api import ApplicationAutoScaling
from lowtide_workbench.demo.build_report import build_report, failures
from lowtide_workbench.demo.play import Run, play
from lowtide_workbench.demo.scenario import FALLBACK, PREFERRED, Scenario, from_trace
from lowtide_workbench.report.model import Minute, Span

NINE, DAY = 9 * 3600, 86400
# Forty at once for half an hour: a call of five minutes every 7.5 s. Opening hours are read from
# the trace and leave the first call and the last one out.
CALLS = [NINE + 60, *(NINE + 1020 + n * 15 // 2 for n in range(240)), NINE + 2880]


def no_progress(now: datetime, minute: Minute) -> None:
    """Shows nothing."""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """A day whose night before is short: the endpoint sleeps, is woken, sleeps, and opens."""
    rows = [f"{day * DAY + arrival},300" for day in (0, 1) for arrival in CALLS]
    trace = tmp_path / "calls.csv"
    trace.write_text("\n".join(["arrival_s,duration_s", *rows]))
    made = from_trace(trace, days=1)
    (window,) = made.windows
    return replace(
        made,
        start=window.start - timedelta(hours=2, minutes=15),
        end=window.end + timedelta(minutes=20),
        drought=Span(window.start + timedelta(minutes=5), window.end - timedelta(minutes=10)),
        morning_floor=1,
    )


def test_a_day_is_played_from_end_to_end_and_all_comes_back(
    scenario: Scenario, tmp_path: Path
) -> None:
    watched: list[datetime] = []
    run = play(scenario, tmp_path, lambda now, _: watched.append(now))
    report = build_report(run)

    assert failures(run) == ()
    assert run.failures == ()
    assert [comparison.differences for comparison in run.comparisons] == [(), ()]
    assert min(comparison.fields for comparison in run.comparisons) > 60
    assert watched[-1] == scenario.end

    assert report.totals.calls == len(scenario.sessions) == len(CALLS)
    assert report.totals.calls_without_endpoint == report.totals.calls_cut == 0
    assert report.totals.asleep > timedelta(minutes=30)
    assert 0 < report.totals.spent_usd < report.totals.always_on_usd

    _says_how_the_night_went(run)
    _falls_back_in_the_drought(run)
    events = [(event.who, event.what) for event in report.events]
    assert ("ann", "asked for the endpoint for 40m") in events
    assert ("SageMaker", f"{FALLBACK} joins") in events
    assert any(
        event.who == "Application Auto Scaling" and "lowtide-target-tracking" in event.why
        for event in report.events
    )


def _says_how_the_night_went(run: Run) -> None:
    night = ["TakeSnapshot", "BeginDrain", "Delete", "Create", "Restore", "ApplyScaling"]
    # The ledger has no order within one instant.
    entries = sorted(run.history, key=lambda entry: (entry.at, night.index(entry.step)))
    steps = [entry.step for entry in entries]
    assert steps == ["ApplyScaling", *night, *night, "TakeSnapshot", "BeginDrain", "Delete"]
    (window,) = run.scenario.windows
    opening = next(minute for minute in run.minutes if minute.at == window.start)
    assert opening.status == "InService"
    assert run.minutes[-1].status == "Absent"


def _falls_back_in_the_drought(run: Run) -> None:
    drought = run.scenario.drought
    first = next(minute for minute in run.minutes if minute.instances.get(FALLBACK))
    assert drought.start < first.at < drought.end
    before = [minute for minute in run.minutes if minute.at == drought.start]
    assert before[0].instances[PREFERRED] > 0


@pytest.fixture
def night(scenario: Scenario) -> Scenario:
    """Only the first sleep and the waking from it; no window asks for a comparison."""
    return replace(scenario, end=scenario.start + timedelta(minutes=75), windows=())


@pytest.fixture
def tampered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """From its second life on, the service keeps something else than it was asked to."""

    def tamper(change: Callable[[dict[str, Any]], None]) -> None:
        real = ApplicationAutoScaling.put_scaling_policy
        seen: set[str] = set()

        def put(self: ApplicationAutoScaling, request: dict[str, Any]) -> Any:
            if request["PolicyName"] in seen:
                change(request)
            seen.add(request["PolicyName"])
            return real(self, request)

        monkeypatch.setattr(ApplicationAutoScaling, "put_scaling_policy", put)

    return tamper


def test_what_did_not_come_back_is_seen(
    night: Scenario, tmp_path: Path, tampered: Callable[..., None]
) -> None:
    def change(request: dict[str, Any]) -> None:
        if tracking := request.get("TargetTrackingScalingPolicyConfiguration"):
            tracking["TargetValue"] = 99.0
        if request["PolicyName"] == "jump-when-full":
            request["PolicyName"] = "somewhere-else"

    tampered(change)
    run = play(night, tmp_path, no_progress)
    target = "TargetTrackingScalingPolicyConfiguration.TargetValue: 7.5 became 99.0"
    assert {
        f"policies.lowtide-target-tracking.{target}",
        "policies.jump-when-full.PolicyName: jump-when-full became nothing",
    } <= {*failures(run)}
    outcomes = [entry.outcome for entry in run.history]
    assert any("the scaling of the file is not all there" in outcome for outcome in outcomes)
    assert any("the restore is not complete" in outcome for outcome in outcomes)
