"""All endpoints of a stack in one table."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lowtide_cli.status import wording as words


def show(answer: Mapping[str, Any], console: Console) -> None:
    found, left, faults = (answer.get(key, []) for key in ("endpoints", "unlisted", "faults"))
    for fault in faults:
        console.print(Text(f"Left out of the file: {fault}", "red"))
    if not found and not left and not faults:
        console.print("The stack manages no endpoint, and remembers none.")
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("Endpoint", overflow="fold", max_width=22)
    table.add_column("Wished", no_wrap=True)
    table.add_column("Is", no_wrap=True)
    table.add_column("Why, and what is next", overflow="fold")
    for endpoint in [*found, *left]:
        table.add_row(*_row(endpoint))
        table.add_section()
    console.print(table)


def _row(endpoint: Mapping[str, Any]) -> tuple[Text, str, Text, Text]:
    name = Text(endpoint["endpoint"], "bold")
    if "error" in endpoint:
        return name, "", Text("unreadable", "red"), Text(endpoint["error"], "red")
    if "note" in endpoint:
        return name, "", words.status(endpoint["status"]), _left(endpoint)
    return name, endpoint["wish"], _is(endpoint), _why(endpoint)


def _is(endpoint: Mapping[str, Any]) -> Text:
    counts = (f"{count} {name}" for name, count in endpoint["instances"].items() if count)
    return Text("\n").join([words.status(endpoint["status"]), *(Text(each) for each in counts)])


def _why(endpoint: Mapping[str, Any]) -> Text:
    step = endpoint["next"]
    lines = [Text(endpoint["because"])]
    if endpoint.get("refused"):
        lines.append(Text(f"refused: {endpoint['refused']}", "red"))
    if endpoint.get("paused"):
        lines.append(Text(f"paused: {endpoint['paused']}", "yellow"))
    told = [endpoint[key] for key in ("because", "refused", "paused") if key in endpoint]
    if step["reason"] not in told:
        lines.append(Text(f"{step['action']}: {step['reason']}"))
    return Text("\n").join(lines)


def _left(endpoint: Mapping[str, Any]) -> Text:
    wishes = (endpoint[key] for key in ("paused", "override") if key in endpoint)
    return Text("\n").join(
        [Text(endpoint["note"]), *(Text(desired, "yellow") for desired in wishes)]
    )
