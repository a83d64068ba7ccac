"""The bench measures what it says: the publisher alone, against answers like AWS's."""

from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_workbench.benchmarks.__main__ import app
from lowtide_workbench.benchmarks.harness import processes
from lowtide_workbench.benchmarks.publisher.answers import CAPACITY, get_metric_data
from lowtide_workbench.benchmarks.publisher.bench import measure


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["publisher", *arguments], env={"COLUMNS": "80"})


@pytest.mark.parametrize(
    ("resolution", "all_metrics", "calls"),
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
            id="all metrics; no configuration is read a second time",
        ),
    ],
)
def test_a_minute_has_no_more_calls_than_it_must(
    resolution: Any, all_metrics: bool, calls: dict[str, int]
) -> None:
    """200 endpoints with 3 pools are 600 queries, and 200 or 1,400 values."""
    cost = measure(200, resolution, all_metrics=all_metrics)
    assert cost.calls == calls
    assert cost.peak_mb > 20  # an interpreter with boto3
    assert cost.steady.cpu_s > 0


def test_one_metric_a_minute_has_no_more_calls_than_it_must() -> None:
    result = run("--endpoints", "200")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    calls = dict(line.split() for line in lines if line.split()[0].endswith(("Data", "Endpoint")))
    assert calls == {"DescribeEndpoint": "200", "GetMetricData": "2", "PutMetricData": "1"}


def test_another_resolution_is_refused() -> None:
    result = run("--resolution", "30")
    assert result.exit_code == 2
    assert "give 60 or 10" in result.output


def test_an_incomplete_run_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "run_json", lambda *_: {"done": 3})
    result = run("--endpoints", "4")
    assert result.exit_code == 1
    assert "Only 3 of 4 endpoints were done in time" in result.output


def test_every_period_of_a_query_has_a_point() -> None:
    query = {"Id": "m0", "MetricStat": {"Period": 10}}
    answer = get_metric_data({"StartTime": 100, "EndTime": 130, "MetricDataQueries": [query]})
    assert answer["MetricDataResults"][0]["Timestamps"] == [120, 110, 100]
    assert len(CAPACITY) == 3
