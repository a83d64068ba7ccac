"""The benchmark measures what it says: how often schedules are asked, not how long it takes."""

import pytest
from typer.testing import CliRunner

from lowtide.domain.schedule.state import schedule_state
from lowtide_cli.main import app
from lowtide_workbench.benchmarks.schedules import measure


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    calls: list[object] = []

    def counted(*arguments: object) -> object:
        calls.append(arguments)
        return schedule_state(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("lowtide.workflows.schedule_cache.schedule_state", counted)
    return calls


def test_each_schedule_is_asked_at_first_and_when_it_changes(asked: list[object]) -> None:
    measure(70)
    assert len(asked) == 70 + 70


def test_each_minute_is_told_as_a_ratio_to_croniter() -> None:
    result = CliRunner().invoke(
        app, ["bench", "schedules", "--endpoints", "3"], env={"COLUMNS": "100"}
    )
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert len(lines) == 5
    assert lines[1].startswith("croniter")
    assert lines[1].rstrip().endswith("1.00 times")
    assert all(line.rstrip().endswith("times") for line in lines[1:])
