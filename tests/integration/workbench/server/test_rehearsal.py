"""`lowtide verify-metrics` against `lowtide aws`: rehearsed before it meets an account."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_cli.main import app


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_silent_account_on_its_own_clock(
    start: Any, endpoint: Callable[..., None], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole minutes are those of the server, which need not be the laptop's."""
    trace = tmp_path / "calls.csv"
    trace.write_text("arrival_s,duration_s\n27000,120\n")  # Monday 07:30, as the metric's first
    running = start(
        "--speed", 0, "--start", "2026-11-23T07:00", "--idle", "silent", "--samples", "mean",
        "--traffic", f"quiet={trace}",
    )  # fmt: skip
    endpoint(running, "quiet")
    running.advance(seconds=3600)
    monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
    result = CliRunner().invoke(app, ["verify-metrics", "--endpoint", "quiet", "--json"])
    assert result.exit_code == 3, result.output
    found = json.loads(result.stdout)
    assert found["minutes"][0] == "2026-11-23T07:43:00+00:00"
    assert (found["idle"], found["total"]) == ("silent", None)
