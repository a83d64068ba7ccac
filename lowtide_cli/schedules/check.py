"""`lowtide check`: what is wrong with a file, what is odd in it, what it manages."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from lowtide import config
from lowtide.domain.scaling.lint import scaling_warnings
from lowtide.domain.schedule.lint import warnings
from lowtide.domain.schedule.schedule import Schedule
from lowtide_cli.schedules import files
from lowtide_cli.schedules import summary as managed

_NAMES_SHOWN = 3


def check(
    file: Annotated[Path, typer.Argument(help="What to manage, for example prod.yaml.")],
    lead: Annotated[str, typer.Option(help="How long a creation takes.")] = "30m",
    json_: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say everything that is wrong with a file, or what it manages."""
    creation = files.duration("--lead", lead)
    found = files.read(file)
    odd = _warnings(found, creation, datetime.now(UTC))
    if json_:
        typer.echo(json.dumps(_as_json(found, odd), indent=2))
    else:
        _print(file, found, odd)
    if found.errors:
        raise typer.Exit(files.FAULTY)


type _Warnings = Mapping[str, tuple[str, ...]]


def _warnings(found: config.Config, creation: timedelta, now: datetime) -> _Warnings:
    """By endpoint; a schedule that several share is looked at once."""

    @cache
    def of(schedule: Schedule) -> tuple[str, ...]:
        return warnings(schedule, creation, now)

    entries = track(
        found.endpoints,
        description="Looking a year ahead",
        console=files.errors,
        transient=True,
        disable=not files.errors.is_terminal,
    )
    return {
        entry.name: (*of(entry.schedule), *scaling_warnings(entry.scaling)) for entry in entries
    }


def _print(file: Path, found: config.Config, odd: _Warnings) -> None:
    console = Console(markup=False, emoji=False, highlight=False)  # what people wrote is no markup
    for field_error in found.errors:
        console.print(f"{file}: {field_error}", style="red", soft_wrap=True)
    if not found.errors:
        console.print(managed.as_table(found.endpoints))
    for message, names in _by_message(odd).items():
        console.print(f"Warning: {_listed(names)}: {message}", style="yellow")


def _by_message(odd: _Warnings) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for name, messages in odd.items():
        for message in messages:
            told.setdefault(message, []).append(name)
    return told


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _as_json(found: config.Config, odd: _Warnings) -> dict[str, Any]:
    return {
        "faults": [asdict(field_error) for field_error in found.errors],
        "warnings": [
            {"endpoint": name, "message": message}
            for name, messages in odd.items()
            for message in messages
        ],
        "endpoints": [managed.as_json(entry) for entry in found.endpoints],
    }
