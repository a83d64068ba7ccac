"""How `lowtide aws` starts, which options it refuses, and how it ends."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from lowtide_cli.main import app

TRACE = "arrival_s,duration_s\n3600,60\n"


def refused(*options: str) -> str:
    """The output where nothing is started."""
    ended = CliRunner().invoke(app, ["aws", "--port", "0", *options])
    assert ended.exit_code == 2, ended.output
    return ended.output


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_port_in_use_gets_one_clear_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        output = refused("--port", port)
    assert output == (
        f"--port: {port} cannot be used: Address already in use. "
        "End the program that uses it, or choose another port\n"
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(["--start", "soon"], "--start: found 'soon'", id="a start that is no time"),
        pytest.param(["--start", "1066-10-14"], "between 1970 and 2099", id="a start too early"),
        pytest.param(["--speed", "-1"], "--speed", id="a clock that runs backwards"),
        pytest.param(["--speed", "inf"], "--speed: found inf", id="a clock without a speed"),
        pytest.param(["--start", "a:x:b"], "found 'a:x:b'", id="words that rich has a picture for"),
        pytest.param(["--traffic", "calls.csv"], "ENDPOINT=TRACE", id="calls without an endpoint"),
        pytest.param(
            ["--traffic", "a=1.csv", "--traffic", "a=2.csv"], "a is given twice", id="two traces"
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
        pytest.param(["--traffic", "[/b]=no.csv"], "no.csv: cannot be read", id="markup"),
        pytest.param(["--stack", "no.yaml"], "no.yaml cannot be read", id="no such file"),
        pytest.param(["--stack", "calls.csv"], "not a mapping", id="a file with a fault"),
    ],
)
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_is_refused_before_anything_is_served(
    options: list[str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("calls.csv").write_text(TRACE)
    assert expected in refused(*options)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_ctrl_c_ends_it_and_the_next_start_is_an_empty_account(
    start: Any, endpoint: Callable[..., None], tmp_path: Path
) -> None:
    common = ("--speed", 0, "--start", "2026-11-23T07:00")
    trace = tmp_path / "calls.csv"
    trace.write_text("arrival_s,duration_s\n36000,60\n")
    first = start(*common, "--models-must-exist", "--traffic", f"a[/bold]={trace}")
    assert "Traffic: 1 calls on a[/bold]" in first.output, "a name is no markup"
    with pytest.raises(ClientError, match="Could not find model"):
        first.client("sagemaker").create_endpoint_config(
            EndpointConfigName="config",
            ProductionVariants=[
                {"VariantName": "A", "ModelName": "absent", "InstanceType": "ml.g6.2xlarge"}
            ],
        )
    endpoint(first, "visitor")
    first.advance(seconds=900)
    assert first.get("clock")["now"] == "2026-11-23T07:15:00+00:00"
    assert first.end() == 0

    second = start(*common)
    assert second.get("clock")["now"] == "2026-11-23T07:00:00+00:00"
    assert second.get("statuses") == []
    assert second.client("sagemaker").list_endpoints()["Endpoints"] == []
    assert second.end() == 0
