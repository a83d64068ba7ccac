"""The real SAM CLI against the embedded AWS, from the first deploy to the delete (`make test-sam`).

`sam build` has run before. Each step is one command as the documentation has it.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from lowtide_workbench.aws import Cloud
from lowtide_workbench.aws.protocol.faults import Failed, Fault
from lowtide_workbench.server.event_loop import EventLoop
from lowtide_workbench.server.gateway import Gateway
from lowtide_workbench.server.listener import bind, serving

ROOT = Path(__file__).parents[2]
START = datetime(2026, 11, 23, 12, tzinfo=UTC)
STACK = "lowtide-dev"
END = "2026-11-24"
DEPLOY = ("deploy", "--config-env", "dev")
DENIED = Failed("AccessDeniedException", "no right for it")

type Sam = Callable[..., tuple[int, str]]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud(START) as cloud:
        yield cloud


@pytest.fixture
def sam(cloud: Cloud, tmp_path: Path) -> Iterator[Sam]:
    """Runs a command of SAM; gives its exit code and its output."""
    with EventLoop() as turns, bind(0) as bound:
        gateway = Gateway(turns, [cloud.dispatcher], afterwards=lambda: None)
        with serving(gateway, bound) as url:
            environment = {
                **os.environ,
                "AWS_ENDPOINT_URL": url,
                "SAM_CLI_POLL_DELAY": "0.1",
                "SAM_CLI_TELEMETRY": "0",
                "__SAM_CLI_APP_DIR": str(tmp_path),
            }
            del environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]

            def run(*arguments: str) -> tuple[int, str]:
                done = subprocess.run(  # noqa: S603 (SAM, with arguments of the test's own)
                    [str(Path(sys.executable).with_name("sam")), *arguments],
                    cwd=ROOT, env=environment, text=True, check=False,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )  # fmt: skip
                return done.returncode, done.stdout

            yield run


def _client(service: str) -> Any:
    made: Any = boto3.client
    return made(service)


def _status() -> str:
    (stack,) = _client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return str(stack["StackStatus"])


def _parameters(*values: str) -> tuple[str, ...]:
    return (*DEPLOY, "--parameter-overrides", " ".join(["Environment=dev", *values]))


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_from_the_first_deploy_to_the_delete(sam: Sam, cloud: Cloud) -> None:
    assert (ROOT / ".aws-sam/build/template.yaml").exists(), "make build first"

    cloud.faults.add(Fault(DENIED, operation="CreateSchedule"))
    code, said = sam(*DEPLOY)
    assert (code, _status()) == (1, "ROLLBACK_COMPLETE"), said
    code, said = sam("delete", "--config-env", "dev", "--no-prompts")
    assert code == 0, said

    code, said = sam(*DEPLOY)
    assert (code, _status()) == (0, "CREATE_COMPLETE"), said
    assert "Successfully created/updated stack - lowtide-dev in us-east-1" in said

    code, said = sam(*_parameters("LogRetentionDays=60", "PublisherShards=2"))
    assert (code, _status()) == (0, "UPDATE_COMPLETE"), said
    code, said = sam(*_parameters("LogRetentionDays=60", "PublisherShards=2"))
    assert "No changes to deploy. Stack lowtide-dev is up to date" in said

    code, said = sam(*_parameters("LogRetentionDays=42"))
    assert code == 1
    assert "(ValidationError)" in said
    assert "Parameter 'LogRetentionDays' must be one of AllowedValues" in said
    code, said = sam(*DEPLOY, "--capabilities", "CAPABILITY_AUTO_EXPAND")
    assert (code, "Requires capabilities : [CAPABILITY_IAM]" in said) == (1, True)

    cloud.faults.add(Fault(DENIED, operation="PutMetricAlarm"))
    code, said = sam(*_parameters("LogRetentionDays=90", "RestoreOverdueMinutes=30"))
    assert (code, _status()) == (1, "UPDATE_ROLLBACK_COMPLETE"), said
    assert "UPDATE_FAILED" in said, "SAM shows the event"
    groups = _client("logs").describe_log_groups()["logGroups"]
    assert {each["retentionInDays"] for each in groups} == {60}

    code, said = sam("list", "resources", "--config-env", "dev", "--output", "json")
    assert (code, '"PhysicalResourceId": "lowtide-dev-control"' in said) == (0, True)
    code, said = sam("list", "stack-outputs", "--config-env", "dev", "--output", "json")
    assert (code, '"OutputValue": "lowtide-dev-control"' in said) == (0, True)

    status = ("ControlFunction", "--stack-name", STACK, "--event", '{"action": "status"}')
    code, said = sam("remote", "invoke", *status)
    assert (code, '"endpoint": "my-deepgram-endpoint"' in said) == (0, True), said
    shown = ("--stack-name", STACK, "--name", "ControlFunction")
    code, said = sam("logs", *shown, "--start-time", START.isoformat(), "--end-time", END)
    assert (code, '"action": "status"' in said) == (0, True), said

    code, said = sam("delete", "--config-env", "dev", "--no-prompts")
    assert code == 0, said
    left = _client("cloudformation").describe_stacks()["Stacks"]
    assert [each["StackName"] for each in left] == ["aws-sam-cli-managed-default"]
    assert _client("lambda").list_functions()["Functions"] == []
    tables = _client("dynamodb").list_tables()["TableNames"]
    assert len(tables) == 1, "retained, but not by the first deploy, which failed"
