"""The bench measures what it says: the publisher alone, against answers like AWS's."""

import json
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from lowtide_cli.main import app
from lowtide_workbench.benchmarks.harness import processes
from lowtide_workbench.benchmarks.harness.costs import Cost, Spent
from lowtide_workbench.benchmarks.publisher.answers import CAPACITY, get_metric_data
from lowtide_workbench.benchmarks.publisher.bench import measure, table


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["bench", "publisher", *arguments])


def cost(endpoints: int, factor: float) -> Cost:
    spent = Spent(wall_s=0.5 * factor, cpu_s=0.2 * factor)
    calls = {"DescribeEndpoint": endpoints, "GetMetricData": 1}
    return Cost(endpoints, spent, spent, spent, calls, 80.0, server_late_s=0.2, server_calls=90)


@pytest.mark.parametrize(
    ("resolution", "all_figures", "calls"),
    [
        pytest.param(
            10,
            False,
            {"DescribeEndpoint": 200, "GetMetricData": 12, "PutMetricData": 6},
            id="every ten seconds; instances are counted once",
        ),
        pytest.param(
            60,
            True,
            {"DescribeEndpoint": 200, "GetMetricData": 2, "PutMetricData": 2},
            id="all figures; no configuration is asked for a second time",
        ),
    ],
)
def test_a_minute_has_no_more_calls_than_it_must(
    resolution: Any, all_figures: bool, calls: dict[str, int]
) -> None:
    """200 endpoints with 3 pools are 600 queries, and 200 or 1,400 figures."""
    found = measure(200, resolution, all_figures=all_figures)
    assert found.calls == calls
    assert found.peak_mb > 20  # an interpreter with boto3
    assert found.steady.cpu_s > 0


def test_one_figure_a_minute_has_no_more_calls_than_it_must_and_is_json_for_programs() -> None:
    result = run("--endpoints", "200", "--json")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)
    assert found["endpoints"] == 200
    assert found["calls"] == {"DescribeEndpoint": 200, "GetMetricData": 2, "PutMetricData": 1}


def test_each_row_is_told_against_the_one_above() -> None:
    shown = Console(width=200)
    with shown.capture() as told:
        shown.print(table([cost(1, 1), cost(10, 3)]))
    rows = told.get().splitlines()
    assert "1.5 s (3.0x)" in rows[2]
    assert "0.6 s (3.0x)" in rows[2]
    assert "80 MB (1.0x)" in rows[2]
    assert "x)" not in rows[1]


def test_the_servers_own_delay_is_a_share_of_all_answers() -> None:
    assert cost(1, 1).server_share == pytest.approx(0.2 / 2.0)


def test_another_resolution_is_refused() -> None:
    result = run("--resolution", "30")
    assert result.exit_code == 2
    assert "give 60 or 10" in result.output


def test_endpoints_that_were_left_out_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "json_of", lambda *_: {"done": 3})
    result = run("--endpoints", "4")
    assert result.exit_code == 1
    assert "Only 3 of 4 endpoints were done in time" in result.output


def test_every_period_that_is_asked_for_is_answered() -> None:
    query = {"Id": "m0", "MetricStat": {"Period": 10}}
    answer = get_metric_data({"StartTime": 100, "EndTime": 130, "MetricDataQueries": [query]})
    assert answer["MetricDataResults"][0]["Timestamps"] == [120, 110, 100]
    assert len(CAPACITY) == 3
