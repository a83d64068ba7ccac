"""One endpoint in detail."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lowtide_cli.status import scaling
from lowtide_cli.status import wording as words

type Row = tuple[str, str | Text]


def show(answer: Mapping[str, Any], console: Console) -> None:
    zone = words.zone_of(answer)
    console.print(Text(answer["endpoint"], "bold"))
    console.print(_grid(chain(_lifecycle(answer, zone), _stored(answer, zone))))
    console.print("\nLast steps", style="bold")
    for step in _steps(answer["last_steps"], zone):
        console.print(step)
    console.print()
    scaling.show(answer["scaling"], zone, console)


def _grid(rows: Iterable[Row]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def _lifecycle(answer: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Row]:
    yield "desired", answer["desired_state"]
    yield "actual", words.actual(answer)
    yield "because", answer["because"]
    yield "next", words.next_step(answer)
    if answer["blocked"]:
        yield "blocked", Text(answer["blocked"], "red")
    if answer["paused"]:
        yield "paused", Text(answer["paused"], "yellow")
    if change := answer["schedule_changes"]:
        yield (
            "schedule",
            f"{change['to']} from {words.moment(change['at'], zone)}: {change['because']}",
        )
    yield from _floors(answer.get("floors"), zone)
    lead_time = answer["lead_time"]
    yield "lead time", f"{lead_time['minutes']:g} min, {lead_time['because']}"


def _floors(floors: Mapping[str, Any] | None, zone: ZoneInfo) -> Iterator[Row]:
    if floors is None:
        return
    if floors["floor"] is not None:
        change = floors["next"]
        then = f"; {change['floor']} from {words.moment(change['at'], zone)}" if change else ""
        ratio = f"streams are {floors['forecast_ratio']:g} times their forecast"
        yield "floor", f"{floors['floor']}, with a minimum of {floors['minimum']}; {ratio}{then}"
    if floors["differs"]:
        yield "", Text(floors["differs"], "yellow")


def _stored(answer: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Row]:
    config = answer["config"]
    pinned = f", pinned {config['pinned']}" if config["pinned"] else ""
    yield "config", f"{config['in_use'] or 'none in use'}{pinned}"
    if config["difference"]:
        yield "", Text(config["difference"], "yellow")
    if saved := answer["saved"]:
        yield "saved", f"{words.moment(saved['at'], zone)}, {saved['config']}: {saved['contents']}"
        if saved.get("left_out"):
            yield "", Text(saved["left_out"], "yellow")
    if answer.get("would_save"):
        yield from _amounts("would_save", answer, "asleep", "would save {}, against always on")
    yield from _amounts("savings", answer, "asleep", "saves at least {}, against always on")
    yield from _amounts("costs", answer, "awake", "costs at least {}")


def _amounts(label: str, answer: Mapping[str, Any], state: str, sentence: str) -> Iterator[Row]:
    for span, amount in answer.get(label, {}).items():
        hours = amount["instance_hours_at_least"].items()
        parts = [f"{count:g} h of {instance_type}" for instance_type, count in hours]
        if amount["usd_at_least"] is not None:
            parts.append(f"${amount['usd_at_least']:.2f}")
        label = label.replace("_", " ")
        lasted = f"{span}: {amount[f'hours_{state}']:g} h {state}"
        yield label, f"{lasted}, {sentence.format(', '.join(parts))}" if parts else lasted
        label = ""


def _steps(lines: Sequence[str], zone: ZoneInfo) -> Iterator[Padding]:
    """Yields the lines of the history, which begin with date and time in UTC."""
    for line in lines:
        day, time, what = line.split(" ", 2)
        yield from words.at(f"{day}T{time}", zone, Text(what))
    if not lines:
        yield Padding(Text("none in the last 30 days", "dim"), (0, 0, 0, 2))
