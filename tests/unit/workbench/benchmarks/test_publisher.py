"""The bench measures the publisher alone, against answers like AWS's."""

from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_workbench.benchmarks.__main__ import app
from lowtide_workbench.benchmarks.harness import processes


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["publisher", *arguments], env={"COLUMNS": "80"})


def test_a_minute_every_ten_seconds_has_no_more_calls_than_it_must() -> None:
    """20 endpoints with 3 pools are 60 queries in one call; instances are counted once."""
    result = run("--endpoints", "20", "--resolution", "10")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    calls = dict(line.split() for line in lines if line.split()[0].endswith(("Data", "Endpoint")))
    assert calls == {"DescribeEndpoint": "20", "GetMetricData": "6", "PutMetricData": "6"}


def test_another_resolution_is_refused() -> None:
    result = run("--resolution", "30")
    assert result.exit_code == 2
    assert "give 60 or 10" in result.output


def test_an_incomplete_run_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "run_json", lambda *_: {"done": 3})
    result = run("--endpoints", "4")
    assert result.exit_code == 1
    assert "Only 3 of 4 endpoints were done in time" in result.output
