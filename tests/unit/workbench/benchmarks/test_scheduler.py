"""The bench measures what it says: a minute of the scheduler in each of three situations."""

import json
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from lowtide_cli.main import app
from lowtide_workbench.benchmarks.harness import processes
from lowtide_workbench.benchmarks.harness.costs import Cost, Spent
from lowtide_workbench.benchmarks.scheduler.answers import Context
from lowtide_workbench.benchmarks.scheduler.bench import table


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["bench", "scheduler", *arguments])


@pytest.fixture(scope="module")
def printed() -> Any:
    """What the bench prints for ten endpoints: each situation takes a server and a function."""
    result = run("--endpoints", "10", "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def cost(factor: float, calls: int) -> Cost:
    spent = Spent(wall_s=0.5 * factor, cpu_s=0.2 * factor)
    return Cost(9, spent, spent, spent, {"Query": calls}, 80.0, server_late_s=0.2, server_calls=90)


@pytest.mark.parametrize(
    ("context", "calls"),
    [
        pytest.param(
            Context.STEADY,
            {"Query": 11, "DescribeEndpoint": 10},
            id="nothing to do: one more query finds those that left the file",
        ),
        pytest.param(
            Context.WAKING,
            {"Query": 11, "DescribeEndpoint": 10, "SendMessage": 10},
            id="all to wake",
        ),
        pytest.param(
            Context.CLOSING,
            {
                "Query": 11,
                "DescribeEndpoint": 10,
                "DescribeEndpointConfig": 30,
                "DescribeModel": 10,
                "ListTags": 10,
                "GetMetricData": 10,
                "SendMessage": 10,
            },
            id="all due for deletion: what only that needs is asked, too",
        ),
    ],
)
def test_each_situation_has_its_calls(
    printed: Any, context: Context, calls: dict[str, int]
) -> None:
    assert list(printed) == ["steady", "waking", "closing"]
    assert printed[context]["calls"] == calls
    assert printed[context]["steady"]["cpu_s"] > 0


def test_each_row_is_told_against_the_first_and_against_calls_in_turn() -> None:
    shown = Console(width=200)
    with shown.capture() as told:
        shown.print(table("2 endpoints", {"a": cost(1, 50), "b": cost(3, 300), "c": cost(4, 900)}))
    _, first, second, third = told.get().splitlines()
    assert "1 s (2.0x)" in first
    assert "1.5 s (3.0x)" in second
    assert "6 s (4.0x)" in second
    assert "2 s (4.0x)" in third


def test_endpoints_that_were_not_decided_about_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "json_of", lambda *_: {"done": 3})
    result = run("--endpoints", "4")
    assert result.exit_code == 1
    assert "Only 3 of 4 endpoints were done in time" in result.output
