"""The file and the endpoint that a command is asked about; it ends where there is none."""

from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console

from lowtide import config
from lowtide.config import yaml_text as config_text
from lowtide.config.entries import value_of
from lowtide.domain.duration import parse_duration
from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.validation import nearest

FAULTY, UNUSABLE = 1, 2  # exit codes: the file is wrong, the question is
errors = Console(stderr=True, markup=False, emoji=False)  # what people wrote may hold brackets


def read(file: Path) -> config.Config:
    try:
        return config.load(file)
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{file}: cannot be read: {error}")


def endpoint(file: Path, name: str) -> ManagedEndpoint:
    found = read(file)
    for entry in found.endpoints:
        if entry.name == name:
            return entry
    return _missing(file, name, found)


def _missing(file: Path, name: str, found: config.Config) -> NoReturn:
    written = _written(file)
    if (written and name not in written) or not found.errors:
        meant = nearest(name, written) if written else "the file lists none"
        refuse(f"{file}: no endpoint is called {name!r}; {meant}")
    for field_error in found.errors:
        say(f"{file}: {field_error}")
    refuse(f"{name} cannot be shown before these faults are mended", FAULTY)


def _written(file: Path) -> list[str]:
    """Every name that stands in the file, of entries with faults too."""
    raw, _ = config_text.read(file.read_text(encoding="utf-8"))
    entries = raw.get("endpoints")
    names = [value_of(body, "name") for body in entries] if isinstance(entries, list) else []
    return [name for name in names if isinstance(name, str)]


def duration(option: str, text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        refuse(f"{option}: {text!r}: {error}")


def say(message: str) -> None:
    errors.print(message, style="red", highlight=False, soft_wrap=True)


def refuse(message: str, code: int = UNUSABLE) -> NoReturn:
    say(message)
    raise typer.Exit(code)
