"""`lowtide explain`: what a schedule says at an instant, and why."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lowtide.domain.schedule import explanation
from lowtide.domain.schedule.explanation import Explanation
from lowtide.workflows.control.explain import as_answer, state, told, when
from lowtide_cli.schedules import arguments as asked
from lowtide_cli.schedules import files
from lowtide_cli.schedules.preview import ISO

_OVERRIDES = "people's overrides live in the stack's table; ask the control function"


def explain(
    file: Annotated[Path, typer.Argument(help="What to manage, for example prod.yaml.")],
    endpoint: Annotated[str, typer.Option(help="Its name in the file.")],
    at: Annotated[str | None, typer.Option(help=f"{ISO} Else now.")] = None,
    lead: Annotated[str, typer.Option(help="How long a creation takes.")] = "30m",
    json_: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say what the schedule wants at an instant, and why: what beats what first."""
    managed = files.endpoint(file, endpoint)
    schedule = managed.schedule
    instant = asked.instant("--at", at, schedule.timezone) if at else datetime.now(UTC)
    ahead = asked.lead_time(managed, files.duration("--lead", lead))
    found = explanation.explain(schedule, instant, ahead)
    if json_:
        typer.echo(json.dumps(as_answer(managed.name, found, _OVERRIDES), indent=2))
    else:
        _print(managed.name, found)


def _print(name: str, found: Explanation) -> None:
    console = Console(markup=False, emoji=False, highlight=False)
    console.print(f"{when(found.at, found)}: {name} is {_verdict(found)}", style="bold")
    console.print(f"{found.desired.reason}\n")
    for table in (_layers(found), _around(found)):
        console.print(table)
        console.print()


def _verdict(found: Explanation) -> str:
    if found.desired.early:
        return "asleep by its schedule and being created, for the start to come"
    return state(found.desired.awake)


def _layers(found: Explanation) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for layer in told(found, _OVERRIDES):
        decides = layer.layer == found.decides
        mark, style = (">", "bold") if decides else (" ", "")
        table.add_row(mark, Text(layer.layer, style), "\n".join(layer.says))
    return table


def _around(found: Explanation) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    since, change = found.since, found.change
    table.add_row("since", *_row(since.at, since.because, found) if since else ("as far as seen",))
    table.add_row("until", *_row(change.at, change.because, found) if change else ("no end seen",))
    if change and change.create_at:
        table.add_row("created from", when(change.create_at, found))
    return table


def _row(at: datetime, because: str, found: Explanation) -> tuple[str, str]:
    return when(at, found), because
