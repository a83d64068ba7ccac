"""The bench measures what it says: how often a schedule is evaluated."""

import pytest
from typer.testing import CliRunner

from lowtide.domain.schedule.state import schedule_state
from lowtide_workbench.benchmarks.__main__ import app
from lowtide_workbench.benchmarks.schedules import measure


@pytest.fixture
def evaluations(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    calls: list[object] = []

    def counted(*arguments: object) -> object:
        calls.append(arguments)
        return schedule_state(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("lowtide.workflows.schedule_cache.schedule_state", counted)
    return calls


def test_each_schedule_is_evaluated_at_first_and_when_it_changes(evaluations: list[object]) -> None:
    measure(10)
    assert len(evaluations) == 10 + 10


def test_each_minute_has_its_ratio_to_croniter() -> None:
    result = CliRunner().invoke(app, ["schedules", "--endpoints", "3"], env={"COLUMNS": "80"})
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 5
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("croniter")
    assert lines[1].rstrip().endswith("1.00 times")
    assert all(line.rstrip().endswith("times") for line in lines[1:])
