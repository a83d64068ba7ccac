"""The file and the endpoint that a command is about; without them the command ends."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import typer

from lowtide import config
from lowtide.config.yaml_text import read
from lowtide.domain.duration import parse_duration
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.validation import FieldError, nearest
from lowtide_cli.prices import price_file
from lowtide_cli.prices.price_file import PriceFileError
from lowtide_cli.prices.table import Prices
from lowtide_cli.schedules.examine import UnreadableError, places, read_text, with_lines
from lowtide_cli.terminal import SafeConsole

INVALID, UNUSABLE = 1, 2  # exit codes: an error in the file, or in the question
stderr = SafeConsole(stderr=True)  # what people wrote may hold brackets


def endpoint(path: Path, name: str) -> ManagedEndpoint:
    """Returns the endpoint of this name; ends the command if there is none without an error."""
    try:
        text = read_text(path)
    except UnreadableError as error:
        refuse(f"{path}: {error}")
    file = config.parse(text)
    entry = next((entry for entry in file.endpoints if entry.name == name), None)
    return entry or _no_endpoint(path, name, text, file.errors)


def _no_endpoint(path: Path, name: str, text: str, errors: Sequence[FieldError]) -> NoReturn:
    names = list(places(read(text)[0]))
    if (names and name not in names) or not errors:
        hint = nearest(name, names) if names else "the file lists none"
        refuse(f"{path}: no endpoint is called {name!r}; {hint}")
    for line, field_error in with_lines(text, errors):
        print_error(f"{path}:{line}: {field_error.text}")
    refuse(f"{name} cannot be shown before these errors are corrected", INVALID)


def prices(path: Path | None) -> Prices:
    """Returns those of `--prices FILE`, without one none; ends the command if it has none."""
    try:
        return price_file.read(path) if path else {}
    except PriceFileError as error:
        refuse(f"--prices: {error}")


def duration(option: str, text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        refuse(f"{option}: {text!r}: {error}")


def print_error(message: str) -> None:
    stderr.print(message, style="red", highlight=False, soft_wrap=not stderr.is_terminal)


def refuse(message: str, code: int = UNUSABLE) -> NoReturn:
    print_error(message)
    raise typer.Exit(code)
