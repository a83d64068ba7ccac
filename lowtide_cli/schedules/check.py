"""`lowtide check`: what is wrong with files, what is probably not meant, what they manage."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.wording import counted, printable
from lowtide_cli.schedules import files, summary
from lowtide_cli.schedules.examine import Examined, examine
from lowtide_cli.terminal import SafeConsole

_NAMES_SHOWN = 3


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def check(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="For example endpoints/prod.yaml.")
    ],
    lead: Annotated[str, typer.Option(help="How long a creation takes.")] = "30m",
    format_: Annotated[
        Format, typer.Option("--format", help="github: annotations of a workflow run.")
    ] = Format.TEXT,
    json_: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Name everything that is wrong with each file; of one file, show what it manages."""
    creation, now = files.duration("--lead", lead), datetime.now(UTC)
    examined = [examine(path, creation, now, _progress) for path in paths]
    if json_ or format_ is Format.JSON:
        typer.echo(json.dumps(_as_json(examined), indent=2))
    elif format_ is Format.GITHUB:
        for file in examined:
            typer.echo(printable("\n".join([*_annotations(file), _verdict(file)])))
    else:
        for file in examined:
            _print(file, with_table=len(examined) == 1)
    if not all(file.is_readable for file in examined):
        raise typer.Exit(files.UNUSABLE)
    if any(file.errors for file in examined):
        raise typer.Exit(files.INVALID)


def _progress(endpoints: Sequence[ManagedEndpoint]) -> Iterable[ManagedEndpoint]:
    return track(
        endpoints,
        description="Looking a year ahead",
        console=files.stderr,
        transient=True,
        disable=not files.stderr.is_terminal,
    )


def _print(file: Examined, *, with_table: bool) -> None:
    """One line for each error and warning, as compilers do, but for people on a terminal."""
    console = SafeConsole(highlight=False)  # what people wrote is no markup
    if with_table and not file.errors:
        for part in summary.as_tables(file.endpoints):
            console.print(part)
    for kind, line, message in _problems(file):
        style = "red" if kind == "error" else "yellow"
        place = f"{file.path}:{line}" if line else str(file.path)
        text = f"{place}: {kind}: {message}"
        console.print(text, style=style, soft_wrap=not console.is_terminal)
    console.print(_verdict(file), style="bold", soft_wrap=not console.is_terminal)


def _verdict(file: Examined) -> str:
    if file.errors:
        return f"{file.path}: {counted(file.errors, 'error')}"
    return f"{file.path}: ok, {counted(file.endpoints, 'endpoint')}"


def _annotations(file: Examined) -> Iterator[str]:
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions"""
    name = _escaped(str(file.path)).replace(":", "%3A").replace(",", "%2C")
    for kind, line, message in _problems(file):
        place = f"file={name},line={line}" if line else f"file={name}"
        yield f"::{kind} {place}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _problems(file: Examined) -> Iterator[tuple[str, int | None, str]]:
    """Yields kind, line and message; one warning for all endpoints that share it."""
    for line, error in file.errors:
        yield "error", line, error.text
    for message in dict.fromkeys(warning.message for warning in file.warnings):
        same = [warning for warning in file.warnings if warning.message == message]
        names = ", ".join(warning.endpoint or "prices" for warning in same[:_NAMES_SHOWN])
        more = f" and {len(same) - _NAMES_SHOWN} more" if len(same) > _NAMES_SHOWN else ""
        yield "warning", same[0].line, f"{names}{more}: {message}"


def _as_json(examined: Sequence[Examined]) -> dict[str, Any]:
    errors = [
        {
            "file": str(file.path),
            "line": line,
            "path": error.path,
            "value": error.value,
            "message": error.message,
        }
        for file in examined
        for line, error in file.errors
    ]
    return {
        "errors": errors,
        "warnings": [
            {"file": str(file.path), **warning._asdict()}
            for file in examined
            for warning in file.warnings
        ],
        "endpoints": [
            {"file": str(file.path), **summary.as_json(entry)}
            for file in examined
            for entry in file.endpoints
        ],
    }
