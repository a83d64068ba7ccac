"""The shell commands of every page run as they stand, against `lowtide aws` with a stack.

PROGRAMS says how: what is not carried out has its reason there. No other program is found.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.fixtures.pages import PAGES, ROOT, output_of, shell_blocks

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FILE = """
timezone: America/New_York
endpoints:
  - {name: my-endpoint, schedule: always, scaling: {capacity: {ml.g6.2xlarge: 10}}}
  - {name: my-deepgram-endpoint, schedule: always}
"""
KIND = "SageMakerVariantConcurrentRequestsPerModelHighResolution"
TRACKING = {
    "TargetValue": 7.5,
    "PredefinedMetricSpecification": {"PredefinedMetricType": KIND},
    "ScaleInCooldown": 300,
    "ScaleOutCooldown": 60,
}
LOWTIDE = f"""{sys.executable} -c 'from lowtide_cli.main import app; app()' "$@" """
PROGRAMS = {
    "lowtide": f"""
        case "$1" in
          aws | demo | rehearse | simulate) set -- "$@" --help;; # they last: the options are read
        esac
        {LOWTIDE} || test "$1 $?" = "verify-metrics 3" # the streams are others
    """,
    "aws": f'{sys.executable} {ROOT}/tests/fixtures/aws_cli.py "$@"',
    "make": f'{shutil.which("make")} --dry-run "$@"',
    "sam": f'{Path(sys.executable).parent}/sam "$@" --help',
    "pipx": "# it installs; tests/integration/cli/test_wheel.py does",
    "pytest": "# the tests of crashes are tests themselves",
    "terraform": "# stands for the reader's own deployment",
}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
REPLACED = {  # by what the account of this test has
    "lowtide-prod": "lowtide-dev",
    "ENDPOINT_ARN": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-endpoint",
}
OF_A_PAGE = {"try-on-a-laptop.md": {"my-": "your-"}}  # it creates what the others have already


class Account(NamedTuple):
    url: str
    status: str  # what `lowtide status --endpoint my-endpoint` prints
    folder: Path


def build(cloud: Any, endpoint: Callable[..., None]) -> None:
    """More calls come than four instances hold."""
    managed = [{"Key": "lowtide:stack", "Value": "lowtide-dev"}]
    for name in ("my-endpoint", "my-deepgram-endpoint"):
        endpoint(cloud, name, Tags=managed)
    cloud.advance(seconds=900)
    autoscaling = cloud.client("application-autoscaling")
    for name in ("my-endpoint", "my-deepgram-endpoint"):
        where = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": f"endpoint/{name}/variant/AllTraffic",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        }
        autoscaling.register_scalable_target(**where, MinCapacity=1, MaxCapacity=4)
    autoscaling.put_scaling_policy(
        **where | {"ResourceId": "endpoint/my-endpoint/variant/AllTraffic"},
        PolicyName="deepgram-streaming-concurrency-policy",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TRACKING,
    )
    cloud.client("logs").create_log_group(logGroupName="/aws/lambda/lowtide-dev-scheduler")
    cloud.advance(seconds=1500)


@pytest.fixture(scope="module")
def account(
    tmp_path_factory: pytest.TempPathFactory, running: Any, endpoint: Callable[..., None]
) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("checkout")
    for path in (*ROOT.glob("[!.]*"), ROOT / ".python-version"):
        (folder / path.name).symlink_to(path)
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    for name, script in PROGRAMS.items():
        (programs / name).write_text(f"#!/bin/bash\n{script}\n")
        (programs / name).chmod(0o755)
    file, trace = folder / "endpoints.yaml", folder / "calls.csv"
    file.write_text(FILE)
    calls = "".join(f"{second},1200\n" for second in range(0, 86400, 15))
    trace.write_text(f"arrival_s,duration_s\n{calls}")
    options = ("--port", "0", "--speed", "0", "--start", "2026-11-23T13:00")
    played = ("--stack", str(file), "--traffic", f"my-endpoint={trace}")
    with running(folder / "log", *options, *played) as cloud, pytest.MonkeyPatch.context() as set_:
        for name, value in CREDENTIALS.items():
            set_.setenv(name, value)
        build(cloud, endpoint)
        account = Account(cloud.url, "", folder)
        shown = shell("lowtide status --endpoint my-endpoint", account)
        yield account._replace(status=shown.stdout)


def shell(commands: str, account: Account) -> subprocess.CompletedProcess[str]:
    environment = CREDENTIALS | {
        "PATH": f"{account.folder}/.venv/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join((f"{ROOT}/layers/common", str(ROOT))),
        "HOME": str(account.folder),
        "COLUMNS": "80",
        "AWS_ENDPOINT_URL": account.url,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    return subprocess.run(  # noqa: S603
        ["/bin/bash", "-euo", "pipefail", "-c", commands],
        cwd=account.folder, env=environment, text=True, capture_output=True, check=False,
    )  # fmt: skip


def test_the_page_shows_the_scaling_that_is_printed(account: Account) -> None:
    printed = iter(line.rstrip() for line in account.status.splitlines())
    assert [line for line in output_of("status").lines if line not in printed] == []


BLOCKS = [
    pytest.param(page, block, id=f"{page.relative_to(ROOT)}: {block.splitlines()[0]}")
    for page in PAGES
    for block in shell_blocks(page)
]


@pytest.mark.parametrize(("page", "block"), BLOCKS)
def test_the_commands_of_a_page_run(page: Path, block: str, account: Account) -> None:
    for written, used in (REPLACED | OF_A_PAGE.get(page.name, {})).items():
        block = block.replace(written, used)
    done = shell(block, account)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(
    "commands",
    [
        "make nothing",
        "lowtide checks dev.yaml",
        "lowtide check missing.yaml",
        "lowtide aws --fast",
        "lowtide status --endpoint nothing",
        ".venv/bin/sam deploy --environment dev",
        "aws sagemaker add-tags --resource ENDPOINT_ARN",
        "aws sagemaker describe-endpoint --endpoint-name nothing",
        "an-unknown-program",
    ],
)
def test_a_wrong_command_would_be_found(commands: str, account: Account) -> None:
    assert shell(commands, account).returncode != 0
