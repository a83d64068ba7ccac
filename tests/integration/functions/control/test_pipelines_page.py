"""The script of docs/operate/pipelines.md: it pauses, deploys, and resumes whatever happens."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lowtide_workbench.demo.endpoint import ENDPOINT
from tests.integration.functions.conftest import Town

PAGE = Path(__file__).parents[4] / "docs/operate/pipelines.md"
BASH = shutil.which("bash") or "bash"
# Notes the payload of `aws lambda invoke`, and answers like the AWS CLI with `--query`.
AWS = """#!/usr/bin/env bash
while [ "$1" != --payload ]; do shift; done
echo "$2" >> "$CALLS"
echo None
"""


@pytest.mark.parametrize("code", [0, 3], ids=["the deployment succeeds", "the deployment fails"])
def test_the_script_pauses_and_resumes_around_a_deployment(
    tmp_path: Path, town: Town, code: int
) -> None:
    (script,) = re.findall(r"```sh\n(#!.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    calls = tmp_path / "calls"
    deployment = f"#!/usr/bin/env bash\necho deployed >> $CALLS\nexit {code}\n"
    for name, text in {"aws": AWS, "terraform": deployment}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls)}
    run = subprocess.run([BASH, "-c", script], env=env, check=False)  # noqa: S603
    assert run.returncode == code
    pause, deployed, resume = calls.read_text().splitlines()
    assert deployed == "deployed"
    paused = town.control(**{**json.loads(pause), "endpoint": ENDPOINT})
    assert paused["paused"]
    town.control(**{**json.loads(resume), "endpoint": ENDPOINT})
    assert town.control(action="status", endpoint=ENDPOINT)["paused"] is None
