"""`lowtide drill`: what it says, and that it reaches the embedded AWS alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from lowtide_cli.main import app
from lowtide_workbench.aws import Cloud
from lowtide_workbench.server.admin_api import AdminApi
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway
from lowtide_workbench.server.listener import bind, serving
from tests.fixtures.pages import output_of

START = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with Cloud(START) as cloud, EventLoop() as loop, bind(0) as bound:
        gateway = Gateway(loop, [AdminApi(cloud, 60)], lambda: None)
        with serving(gateway, bound) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            yield url


def drill(*arguments: str) -> tuple[int, str]:
    """The exit code and what is printed."""
    result = CliRunner().invoke(app, ["drill", *arguments], env={"COLUMNS": "80"})
    return result.exit_code, result.output


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.usefixtures("url")
def test_the_command_begins_lists_and_stops_drills() -> None:
    longest = "DescribeInferenceRecommendationsJob"
    of_a_function = ("--operation", longest, "--function", "a" * 64)
    assert drill("list") == (0, "No drill is running.\n")
    assert drill("ice", "--type", "ml.g6.2xlarge", "--for", "2h") == (
        0, " 1  no capacity for ml.g6.2xlarge\n    until Mon 23 Nov 09:00:00 UTC\n",
    )  # fmt: skip
    page = output_of("drill")
    described = ("--service", "sagemaker", "--operation", "DescribeEndpoint")
    assert drill("throttle", *described, "--function", "scheduler", "--for", "10m")[0] == 0
    assert drill("list") == (0, page.text)
    for arguments in (
        ("quota", "--type", "ml.g6.2xlarge", "--limit", "0"),
        ("throttle", "--service", "sagemaker", *of_a_function),
        ("deny", "--service", "sqs"),
        ("crash", "--function", "publisher", "--for", "10m"),
    ):
        assert drill(*arguments)[0] == 0
    code, listed = drill("list")
    assert (code, max(map(len, listed.splitlines())) <= 80) == (0, True)
    assert " 5  sqs all calls denied\n    until it is stopped, 0 calls so far\n" in listed
    assert drill("stop", "6")[1].startswith(" 6  stopped: publisher crashes\n")
    assert drill("stop", "6") == (1, "no drill 6 is running; running: 1, 2, 3, 4, 5\n")
    assert drill("stop")[0] == 2
    assert drill("stop", "--all")[1].count("stopped: ") == 5
    code, said = drill("ice", "--type", "ml.g6.3xlarge")
    assert (code, "did you mean 'ml.g6.xlarge'?" in said) == (2, True)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(None, "AWS_ENDPOINT_URL is not set", id="AWS itself"),
        pytest.param("https://sagemaker.us-east-1.amazonaws.com", "is not this machine",
                     id="an address of AWS"),
        pytest.param("http://127.0.0.1@example.com:4666", "is not this machine",
                     id="an address behind a user's name"),
        pytest.param("http://127.0.0.1.example.com", "is not this machine",
                     id="a name that looks like loopback"),
        pytest.param("http://10.0.0.1:4666", "is not this machine", id="another machine"),
        pytest.param("http://127.0.0.1:99999", "is not this machine", id="a port that is none"),
        pytest.param("ftp://127.0.0.1", "is not this machine", id="another protocol"),
    ],
)  # fmt: skip
def test_the_command_refuses_every_other_aws_before_it_sends_anything(
    monkeypatch: pytest.MonkeyPatch, given: str | None, reason: str
) -> None:
    """Sockets are forbidden here."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    if given is not None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", given)
    code, said = drill("ice", "--type", "ml.g6.2xlarge")
    assert (code, reason in said) == (2, True), said


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_command_changes_nothing_in_another_server_on_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def other(environ: Any, start: Any) -> list[bytes]:
        asked.append(environ["REQUEST_METHOD"])
        start("200 OK", [("Content-Type", "application/json")])
        return [b'{"services": {}}']

    with bind(0) as bound, serving(other, bound) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        code, said = drill("stop", "--all")
    assert (code, asked) == (2, ["GET"])
    assert "is no embedded AWS" in said
