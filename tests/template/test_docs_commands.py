"""Commands within sentences are commands: `lowtide` has the option, the Makefile has the target.

Blocks of commands are run by tests/integration/workbench/server/test_shell_of_pages.py.
"""

import re
from pathlib import Path

import pytest
import typer

from lowtide_cli.main import app
from tests.fixtures.pages import PAGES, ROOT

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
_INLINE = re.compile(r"`(lowtide|make) ([^`]+)`")


PLACEHOLDER = "COMMAND"
GUIDES = [page for page in PAGES if "adr" not in page.parts]  # decisions name what is gone


def exists(program: str, name: str, *arguments: str) -> bool:
    if program == "make":
        return name in TARGETS
    if name not in COMMANDS:
        return name in (PLACEHOLDER, "--version", "--install-completion")
    command = COMMANDS[name]
    if arguments and arguments[0] in getattr(command, "commands", {}):
        command = command.commands[arguments[0]]
    options = {option for parameter in command.params for option in parameter.opts}
    return options >= {each.partition("=")[0] for each in arguments if each.startswith("--")}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_the_commands_in_sentences_exist(page: Path) -> None:
    written = _INLINE.findall(page.read_text())
    assert [words for words in written if not exists(words[0], *words[1].split())] == []


@pytest.mark.parametrize(
    "words",
    [
        "lowtide show",
        "lowtide status --all",
        "make everything",
        "lowtide --verbose",
        "lowtide drill ice --limit",
    ],
)
def test_what_does_not_exist_is_found(words: str) -> None:
    assert not exists(*words.split())
