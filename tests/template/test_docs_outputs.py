"""What the pages show as the output of a command is what the command prints of a shipped file."""

import json
import shlex

import pytest
import time_machine
from typer.testing import CliRunner

from lowtide_cli.main import app
from tests.fixtures.pages import ROOT, Output, outputs

MONDAY = "2026-11-23T05:00-05:00"
# Commands that ask an account, and the tests that compare their output.
ELSEWHERE = {
    "drill": "tests/integration/workbench/server/test_drill_command.py",
    "status": "tests/integration/workbench/server/test_shell_of_pages.py",
    "rehearse": "tests/integration/cli/rehearse/test_rehearse.py",
    "verify-metrics": "tests/integration/cli/verify/test_verify_metrics.py",
}
HERE = [output for output in outputs() if output.name not in ELSEWHERE]


@pytest.mark.parametrize("shown", HERE, ids=lambda shown: f"{shown.page}: {shown.command}")
def test_what_a_page_shows_is_printed(shown: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with time_machine.travel(MONDAY, tick=False):
        result = CliRunner().invoke(app, shlex.split(shown.command), env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    printed = result.output.replace("\N{NO-BREAK SPACE}", " ")
    if shown.kind == "json":
        expected, answer = json.loads(shown.text), json.loads(printed)
        changes = answer["changes"] if isinstance(answer, dict) else answer
        assert changes[: len(expected)] == expected
        return
    lines = iter(line.rstrip() for line in printed.splitlines())
    unbroken = " ".join(line.strip() for line in shown.lines)  # stderr: only terminals break lines
    assert all(line in lines for line in shown.lines) or f"{unbroken}\n" in printed, printed


def test_every_marked_block_is_compared_with_an_output() -> None:
    assert len(HERE) >= 4
    assert all(output.text for output in outputs())
    assert {output.name for output in outputs()} >= ELSEWHERE.keys()
    for name, test in ELSEWHERE.items():
        assert f'output_of("{name}")' in (ROOT / test).read_text()
