"""What the pages show as the output of a command is what the command prints of the shipped file.

A page marks such a block with a comment, `<!-- output: COMMAND -->`. Lines that are left out are
shown as ` ...`.
"""

import json
import re
import shlex
from pathlib import Path

from typer.testing import CliRunner

from lowtide_cli.main import app

BLOCK = re.compile(r"<!-- output[^:]*: lowtide (.*?) -->\n```(json)?\n(.*?)```", re.S)
SAMPLE = "docs/samples/week.yaml"


def blocks(root: Path) -> list[tuple[str, str, str]]:
    pages = sorted((root / "docs").rglob("*.md"))
    marked = [block for page in pages for block in BLOCK.findall(page.read_text())]
    return [block for block in marked if SAMPLE in block[0]]


def printed(command: str, root: Path) -> str:
    arguments = shlex.split(command.replace(SAMPLE, str(root / SAMPLE)))
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    return result.stdout.replace("\N{NO-BREAK SPACE}", " ")


def test_text_that_a_page_shows_is_printed(root: Path) -> None:
    shown = [(command, block) for command, kind, block in blocks(root) if kind != "json"]
    assert len(shown) >= 2
    for command, block in shown:
        lines = iter([line.rstrip() for line in printed(command, root).splitlines()])
        for line in block.splitlines():
            assert line.strip() == "..." or line in lines, f"{command}: {line}"


def test_json_that_a_page_shows_is_printed(root: Path) -> None:
    shown = [(command, block) for command, kind, block in blocks(root) if kind == "json"]
    assert shown
    for command, block in shown:
        expected = json.loads(block)
        answer = json.loads(printed(command, root))
        changes = answer["changes"] if isinstance(answer, dict) else answer
        assert changes[: len(expected)] == expected, command
