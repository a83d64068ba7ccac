"""How `lowtide aws` begins, what it refuses, how it ends, and what it remembers."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_cli.main import app

TRACE = "arrival_s,duration_s\n3600,60\n"


def refused(*options: str) -> str:
    """What is said where nothing is started."""
    ended = CliRunner().invoke(app, ["aws", "--port", "0", *options])
    assert ended.exit_code == 2, ended.output
    return ended.output


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_port_in_use_gets_one_clear_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused("--port", port)
    assert said == (
        f"--port: {port} cannot be had: Address already in use. "
        "End the program that has it, or choose another\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--start", "soon"], "--start: found 'soon'", id="a start that is no time"),
        pytest.param(["--start", "1066-10-14"], "between 1970 and 2099", id="a start too early"),
        pytest.param(["--speed", "-1"], "--speed", id="a clock that runs backwards"),
        pytest.param(["--speed", "inf"], "--speed: found inf", id="a clock without a speed"),
        pytest.param(["--start", "a:x:b"], "found 'a:x:b'", id="words that rich has a picture for"),
        pytest.param(["--traffic", "calls.csv"], "ENDPOINT=TRACE", id="calls without an endpoint"),
        pytest.param(
            ["--traffic", "a=1.csv", "--traffic", "a=2.csv"], "a stands twice", id="two traces"
        ),
        pytest.param(["--traffic", "a=no.csv"], "no.csv: cannot be read", id="no such trace"),
        pytest.param(
            ["--traffic", "a=calls.csv", "--start", "2026-11-24T00:00"],
            "ends before Tue 24 Nov 00:00",
            id="a trace of the past",
        ),
        pytest.param(
            ["--samples", "some"], "found 'some', expected one of each, mean, total", id="samples"
        ),
        pytest.param(["--idle", "no"], "found 'no', expected one of zeros, silent", id="idleness"),
        pytest.param(
            ["--load", "old.state", "--idle", "silent"], "not beside --load", id="another account"
        ),
        pytest.param(["--stack", "no.yaml"], "no.yaml cannot be read", id="no such file"),
        pytest.param(["--stack", "calls.csv"], "not a mapping", id="a file with a fault"),
        pytest.param(["--save", "no/where"], "there is no folder no", id="no such folder"),
        pytest.param(["--save", "calls.csv"], "not overwritten", id="a file of somebody else"),
        pytest.param(["--load", "no.state"], "no.state: cannot be read", id="no such state"),
        pytest.param(["--load", "calls.csv"], "is no saved state", id="no state at all"),
        pytest.param(["--load", "old.state"], "by another version", id="another version's state"),
        pytest.param(
            ["--load", "old.state", "--start", "2026-11-23"], "not beside --load", id="two starts"
        ),
    ],
)
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_is_refused_before_anything_is_served(
    options: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("calls.csv").write_text(TRACE)
    Path("old.state").write_text("lowtide-aws-state 0 lowtide-0.0.1\n")
    assert said in refused(*options)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_ctrl_c_saves_everything_and_load_goes_on(
    start: Any, endpoint: Callable[..., None], tmp_path: Path
) -> None:
    file, config = tmp_path / "cloud.state", tmp_path / "endpoints.yaml"
    config.write_text("timezone: UTC\nendpoints: [{name: kept, schedule: always}]\n")
    common = ("--speed", 0, "--stack", config)
    first = start(*common, "--start", "2026-11-23T07:00", "--save", file)
    assert first.get("clock")["now"] == "2026-11-23T07:00:00+00:00", "it stands"
    endpoint(first, "kept")
    first.client("sqs").create_queue(QueueName="steps.fifo", Attributes={"FifoQueue": "true"})
    first.advance(seconds=900)
    before = first.get("statuses")
    assert first.end() == 0
    assert "Saved in" in first.said

    second = start(*common, "--load", file)
    assert second.get("clock")["now"] == "2026-11-23T07:15:00+00:00"
    assert second.get("statuses") == before
    found = second.client("sagemaker").describe_endpoint(EndpointName="kept")
    assert found["EndpointStatus"] == "InService"
    assert [each["ModelName"] for each in second.client("sagemaker").list_models()["Models"]]
    assert second.client("sqs").list_queues()["QueueUrls"]
    asked = second.client("lambda").invoke(
        FunctionName="lowtide-dev-control", Payload=b'{"action": "status"}'
    )
    assert "FunctionError" not in asked
    second.client("sagemaker").delete_endpoint(EndpointName="kept")
    second.advance(seconds=300)
    assert second.statuses("kept") == ["Creating", "InService", "Deleting", "Absent"]
    assert second.end() == 0
