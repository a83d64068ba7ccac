"""One endpoint in detail."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lowtide_cli.status import scaling
from lowtide_cli.status import wording as words

type Row = tuple[str, str | Text]


def show(answer: Mapping[str, Any], console: Console) -> None:
    title = Text.assemble((answer["endpoint"], "bold"), " is ", words.status(answer["status"]))
    console.print(title + Text(f", wished {answer['wish']}"))
    console.print(_grid(chain(_lifecycle(answer), _remembered(answer))))
    console.print("\nLast steps", style="bold")
    console.print(Padding(_grid(_steps(answer["last_steps"])), (0, 0, 1, 2)))
    scaling.show(answer["scaling"], console)


def _grid(rows: Iterable[Row]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _lifecycle(answer: Mapping[str, Any]) -> Iterator[Row]:
    yield "because", answer["because"]
    following = answer["next"]
    if following["reason"] not in (answer["refused"], answer["paused"]):
        yield "next", f"{following['action']}: {following['reason']}"
    if answer["refused"]:
        yield "refused", Text(answer["refused"], "red")
    if answer["paused"]:
        yield "paused", Text(answer["paused"], "yellow")
    yield "instances", words.instances(answer["instances"])
    if change := answer["schedule_changes"]:
        at = words.moment(change["at"])
        yield "schedule", f"{change['to']} from {at}: {change['because']}"
    yield "lead", f"{answer['lead']['minutes']:g} min, {answer['lead']['because']}"


def _remembered(answer: Mapping[str, Any]) -> Iterator[Row]:
    config = answer["config"]
    pinned = f", pinned {config['pinned']}" if config["pinned"] else ""
    yield "config", f"{config['in_use'] or 'none in use'}{pinned}"
    if config["difference"]:
        yield "", Text(config["difference"], "yellow")
    if saved := answer["saved"]:
        yield "saved", f"{words.moment(saved['at'])}, {saved['config']}: {saved['contents']}"
        if saved.get("left_out"):
            yield "", Text(saved["left_out"], "yellow")
    for label, told, did in (("savings", "asleep", "saved"), ("costs", "awake", "cost")):
        for span, figures in answer.get(label, {}).items():
            yield label, f"{span}: {_figures(figures, told, did)}"
            label = ""


def _steps(lines: Sequence[str]) -> Iterator[Row]:
    """The ledger's lines begin with a date and a time."""
    for line in lines:
        day, clock, what = line.split(" ", 2)
        yield f"{day} {clock}", what
    if not lines:
        yield "none in the last 30 days", ""


def _figures(figures: Mapping[str, Any], told: str, did: str) -> str:
    hours = f"{figures[f'hours_{told}']:g} h {told}"
    kept = [f"{each:g} h of {name}" for name, each in figures["instance_hours_at_least"].items()]
    if figures["usd_at_least"] is not None:
        kept.append(f"{figures['usd_at_least']:.2f} USD")
    return f"{hours}, which {did} at least {', '.join(kept)}" if kept else hours
