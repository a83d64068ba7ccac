"""The script of docs/operate/pipelines.md: it pauses, deploys, and resumes what it paused."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
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
echo "$FUNCTION_ERROR"
"""


type Run = Callable[[str, int], tuple[int, list[str]]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the script with an error of the function and a code of the deployment; returns its own
    code, and what it called."""
    (script,) = re.findall(r"```sh\n(#!.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    def run(function_error: str, code: int) -> tuple[int, list[str]]:
        deployment = f"#!/usr/bin/env bash\necho deployed >> $CALLS\nexit {code}\n"
        for name, text in {"aws": AWS, "terraform": deployment}.items():
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(0o755)
        calls, path = tmp_path / "calls", f"{tmp_path}:{os.environ['PATH']}"
        env = {"PATH": path, "CALLS": str(calls), "FUNCTION_ERROR": function_error}
        ended = subprocess.run([BASH, "-c", script], env=env, check=False)  # noqa: S603
        return ended.returncode, calls.read_text().splitlines()

    return run


@pytest.mark.parametrize("code", [0, 3], ids=["the deployment succeeds", "the deployment fails"])
def test_the_script_pauses_and_resumes_around_a_deployment(run: Run, town: Town, code: int) -> None:
    ended, (pause, deployed, resume) = run("None", code)
    assert (ended, deployed) == (code, "deployed")
    paused = town.control(**{**json.loads(pause), "endpoint": ENDPOINT})
    assert paused["paused"]
    town.control(**{**json.loads(resume), "endpoint": ENDPOINT})
    assert town.control(action="status", endpoint=ENDPOINT)["paused"] is None


def test_a_pause_that_is_refused_is_followed_by_no_deployment_and_no_resume(run: Run) -> None:
    ended, calls = run("Unhandled", 0)
    assert ended != 0
    assert [json.loads(call)["action"] for call in calls] == ["pause"]
