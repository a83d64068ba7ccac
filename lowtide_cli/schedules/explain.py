"""`lowtide explain`: what a schedule says at an instant, and why."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from lowtide.domain.schedule import Explanation, explanation
from lowtide.workflows.control.explain import as_answer, layers, state, when
from lowtide_cli.schedules import arguments, files
from lowtide_cli.schedules.preview import ISO
from lowtide_cli.schedules.tables import grid
from lowtide_cli.terminal import SafeConsole

_OVERRIDES = "not known from the file; see `lowtide status`"


def explain(
    file: Annotated[Path, typer.Argument(help="What to manage, for example prod.yaml.")],
    endpoint: Annotated[str, typer.Option(help="Its name in the file.")],
    at: Annotated[str | None, typer.Option(help=f"{ISO} Default: now.")] = None,
    lead: Annotated[str, typer.Option(help="How long a creation takes.")] = "30m",
    json_: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say whether the schedule wants the endpoint awake at an instant, and why."""
    managed = files.endpoint(file, endpoint)
    schedule = managed.schedule
    instant = arguments.instant("--at", at, schedule.timezone) if at else datetime.now(UTC)
    lead_time = arguments.lead_time(managed, files.duration("--lead", lead))
    result = explanation.explain(schedule, instant, lead_time)
    if json_:
        typer.echo(json.dumps(as_answer(managed.name, result, _OVERRIDES), indent=2))
    else:
        _print(managed.name, result)


def _print(name: str, result: Explanation) -> None:
    console = SafeConsole(highlight=False)
    console.print(f"{when(result.at, result)}: {name} is {_verdict(result)}", style="bold")
    console.print(f"{result.desired.reason}\n")
    for table in (_layers(result), _around(result)):
        console.print(table)
        console.print()


def _verdict(result: Explanation) -> str:
    if result.desired.early:
        return "asleep by its schedule and being created for the next window"
    return state(result.desired.awake)


def _layers(result: Explanation) -> Table:
    table = grid(3)
    for layer in layers(result, _OVERRIDES):
        decides = layer.layer == result.decides
        mark, style = (">", "bold") if decides else (" ", "")
        table.add_row(mark, Text(layer.layer, style), "\n".join(layer.says))
    return table


def _around(result: Explanation) -> Table:
    table = grid(3)
    since, change = result.since, result.change
    table.add_row("since", *_row(since.at, since.because, result) if since else ("unknown",))
    table.add_row("until", *_row(change.at, change.because, result) if change else ("no end seen",))
    if change and change.create_at:
        table.add_row("creation at", when(change.create_at, result))
    return table


def _row(at: datetime, because: str, result: Explanation) -> tuple[str, str]:
    return when(at, result), because
