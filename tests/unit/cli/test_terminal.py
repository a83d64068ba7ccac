"""What is stored reaches a terminal as text, never as control characters."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from typer.testing import CliRunner

from lowtide_cli import main
from lowtide_cli.status import command, detail, overview
from lowtide_cli.terminal import SafeConsole
from tests.unit.cli.status.answers import ENDPOINT

ROOT = Path(__file__).parents[3]
OWN_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
HOSTILE = (
    "\x1b]0;owned\x07 \x1b]52;c;cm0gLXJm\x07 \x1b[2J \x9b2J \x1b[31mred \u202eevil "
    "[red]markup[/red] :bomb:"
)


def shown(*renderables: Any) -> str:
    console = SafeConsole(file=io.StringIO(), width=200, force_terminal=True)
    for renderable in renderables:
        console.print(renderable)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def assert_harmless(output: str) -> None:
    text = OWN_COLOURS.sub("", output)
    assert all(line.isprintable() for line in text.splitlines())
    assert r"\x1b[2J" in text
    assert r"\x9b2J" in text
    assert r"\x1b[31mred" in text
    assert r"\u202eevil" in text
    assert "[red]markup[/red] :bomb:" in text


def table() -> Table:
    rows = Table()
    rows.add_column("name", width=150)
    rows.add_row(HOSTILE)
    return rows


@pytest.mark.parametrize(
    "renderable",
    [
        pytest.param(HOSTILE, id="text"),
        pytest.param(Text(HOSTILE, "red"), id="text with a style"),
        pytest.param(table(), id="a cell of a table"),
        pytest.param(Panel(Text(HOSTILE)), id="a panel"),
    ],
)
def test_control_characters_are_shown_as_their_escapes(renderable: Any) -> None:
    assert_harmless(shown(renderable))


@pytest.mark.parametrize("key", ["because", "blocked", "paused"])
def test_a_hostile_reason_is_harmless_in_the_status(key: str) -> None:
    console = SafeConsole(file=io.StringIO(), width=200, force_terminal=True)
    answer = ENDPOINT | {key: HOSTILE, "override": HOSTILE}
    overview.show({"endpoints": [answer]}, console)
    detail.show(answer | {"scaling": {"shown": HOSTILE, "variants": []}}, console)
    assert_harmless(console.file.getvalue())  # type: ignore[attr-defined]


def test_every_command_prints_on_such_a_console() -> None:
    parts = ("lowtide_cli", "lowtide_workbench/server", "lowtide_workbench/demo")
    files = [file for part in parts for file in (ROOT / part).rglob("*.py")]
    other = [file for file in files if re.search(r"(?<!Safe)Console\(", file.read_text())]
    assert other == []


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["as text", "as JSON"])
def test_an_endpoint_that_cannot_be_read_ends_the_command_with_an_error(
    monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    answer = {"endpoint": "e", "error": "now#record of e in the table is damaged: \x1b[2J"}
    monkeypatch.setattr(command, "invoke", lambda *_: answer)
    result = CliRunner().invoke(main.app, ["status", "--endpoint", "e", *options])
    assert result.exit_code == command.FAILED
    assert "\x1b[2J" not in result.output
    assert "now#record of e in the table is damaged" in result.output
