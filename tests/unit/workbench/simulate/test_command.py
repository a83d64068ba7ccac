"""`lowtide simulate` on a small trace, on an export of CloudWatch, and on what is neither."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner, Result

from lowtide_cli.main import app
from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.cloudwatch.metric_store import metric, of
from lowtide_workbench.simulate.sources import of_export
from tests.unit.workbench.simulate.test_walk_forward import TRACE

FILE = """
timezone: America/New_York
endpoints:
  - name: my-endpoint
    schedule:
      windows: [{start: "0 8 * * MON-FRI", stop: "0 18 * * MON-FRI"}]
    scaling: {capacity: {ml.g6.2xlarge: 8}, min: 1, max: 9, target: 0.7}
"""


FIXED, FLOORS = "Fixed number of instances", "Lowtide with floors"


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["simulate", *arguments], env={"COLUMNS": "80"})


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    rows = (f"{session.arrival_s},{session.duration_s}\n" for session in TRACE)
    path.write_text("arrival_s,duration_s\n" + "".join(rows))
    return path


def test_a_trace_is_compared_and_a_setting_advised(trace: Path, tmp_path: Path) -> None:
    result = _run(str(trace), "--seeds", "1", "--weeks", "1", "--folder", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert "Open as the calls come: MON 08:00-18:00" in result.output
    lines = result.output.splitlines()
    assert max(len(line) for line in lines if str(tmp_path) not in line) <= 80
    cost = {name: _cost_at_half_a_percent(lines, name) for name in (FIXED, FLOORS)}
    assert cost[FLOORS] < cost[FIXED]
    written = YAML(typ="safe").load(result.output.partition("scaling:")[2].split("\n\n")[0])
    assert written["floors"]["margin"] in (1, 1.5, 2, 2.5, 3)
    assert list(written["capacity"]) == ["ml.g6.2xlarge", "ml.g6e.2xlarge"]
    page = (tmp_path / "out" / "simulation.html").read_text()
    assert "Cost against quality" in page
    assert "The worst day" in page


def _cost_at_half_a_percent(lines: list[str], name: str) -> float:
    line = next(line for line in lines if line.startswith(name) and "/" in line)
    return float(line.removeprefix(name).split()[0].replace(",", ""))


def _export(path: Path, streams: float, days: int, period_s: int = 300) -> Path:
    """Weekdays of constant streams, 08:00 to 18:00 in New York, as CloudWatch returns them."""
    start = datetime(2026, 2, 2, 13, tzinfo=UTC)  # a Monday; the clock changes within five weeks
    at = [
        start + timedelta(days=day, seconds=second)
        for day in range(days)
        if day % 7 < 5
        for second in range(0, 36_000, period_s)
    ]
    result = {"Id": "m", "Label": "TotalStreams", "Values": [streams] * len(at)}
    timestamps = [each.isoformat() for each in at]
    path.write_text(json.dumps({"MetricDataResults": [{**result, "Timestamps": timestamps}]}))
    return path


def test_calls_are_rebuilt_from_an_export(tmp_path: Path) -> None:
    rebuilt = of_export(_export(tmp_path / "streams.json", 20, 2), timedelta(minutes=5))
    streams = rebuilt.traffic.streams
    open_hours = streams[13 * 360 + 6 : 23 * 360]
    assert rebuilt.period_s == 300
    assert open_hours.mean() == pytest.approx(20, abs=1)
    mean_s = (rebuilt.traffic.ends - rebuilt.traffic.arrivals - 1).mean() * 10
    assert mean_s == pytest.approx(300, rel=0.1)


def test_an_export_is_played_in_the_hours_of_the_file(tmp_path: Path) -> None:
    file, export = tmp_path / "prod.yaml", _export(tmp_path / "streams.json", 20, 9)
    file.write_text(FILE)
    result = _run(
        str(export), "--file", str(file), "--endpoint", "my-endpoint",
        "--seeds", "1", "--folder", str(tmp_path / "out"),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Calls rebuilt from points of 300 s. Bias:" in result.output
    assert "ml.g6.2xlarge: 8" in result.output
    assert "Mon 09 Feb" in result.output  # the worst day has its date


def test_the_streams_of_an_endpoint_are_read_from_cloudwatch(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(FILE)
    wanted = ("--file", str(file), "--endpoint", "my-endpoint", "--region", "us-east-1")
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    streams = metric("Lowtide", "TotalStreams", EndpointName="my-endpoint", VariantName="v")
    with Cloud(now) as cloud:
        without = _run(*wanted)
        for back in range(300, 20 * 86_400, 300):
            cloud.metrics.put(streams, now.timestamp() - back, of([20.0]))
        result = _run(*wanted, "--seeds", "1", "--weeks", "1", "--folder", str(tmp_path / "out"))
    assert without.exit_code == 2
    assert "TotalStreams has no points" in without.output
    assert result.exit_code == 0, result.output
    assert "Calls rebuilt from 5,759 points of 300 s. Bias:" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param([], "give a file with calls", id="neither a file nor an endpoint"),
        pytest.param(["none.csv"], "cannot be read", id="no such file"),
        pytest.param(["short.csv"], "expected 8 or more", id="too few days"),
        pytest.param(["e.json"], "give --file and --endpoint", id="an export without hours"),
        pytest.param(["short.csv", "--pool", "ml.x:no"], "write for example", id="no pool"),
        pytest.param(["short.csv", "--pool", "ml.x:9"], "no price is known", id="no price"),
        pytest.param(["short.csv", "--file", "a.yaml"], "belong together", id="no endpoint"),
    ],
)
def test_what_cannot_be_played_is_refused(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short.csv").write_text("arrival_s,duration_s\n30000,60\n90000,60\n")
    (tmp_path / "e.json").write_text("{}")
    result = _run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
