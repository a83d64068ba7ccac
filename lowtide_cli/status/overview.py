"""All endpoints of a stack, each with its name on a line of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from lowtide_cli.status import wording as words

_SPAN = "last 30 days"


def show(answer: Mapping[str, Any], console: Console) -> None:
    endpoints, left, errors = (answer.get(key, []) for key in ("endpoints", "unlisted", "errors"))
    for error in errors:
        console.print(Text(f"Left out of the file: {error}", "red"))
    if not endpoints and not left and not errors:
        console.print("The stack manages no endpoint, and its table has none.")
    for endpoint in [*endpoints, *left]:
        console.print(Text(endpoint["endpoint"], "bold"))
        for line in _lines(endpoint):
            console.print(Padding(line, (0, 0, 0, 2)))


def show_totals(answer: Mapping[str, Any], alarms: list[str] | None, console: Console) -> None:
    """Prints the alarms that are on, None where they are not known, and what sleep saved."""
    if alarms is None:
        console.print("Alarms: not known, without the right cloudwatch:DescribeAlarms", style="dim")
    elif alarms:
        console.print(Text(f"Alarms: {', '.join(alarms)}", "red"))
    else:
        console.print("Alarms: none")
    known = [each["savings"][_SPAN] for each in answer["endpoints"] if "savings" in each]
    saved = [amount["usd_at_least"] for amount in known if amount["usd_at_least"] is not None]
    if saved:
        console.print(f"Saved in the {_SPAN}: at least ${sum(saved):,.2f}")


def _lines(endpoint: Mapping[str, Any]) -> Iterator[Text]:
    if "error" in endpoint:
        yield Text(f"unreadable: {endpoint['error']}", "red")
        return
    if "note" in endpoint:
        yield words.status(endpoint["status"])
        yield Text(endpoint["note"])
    else:
        yield Text(f"desired {endpoint['desired_state']}, actual ") + words.actual(endpoint)
        yield Text(endpoint["because"])
        yield Text(words.next_step(endpoint))
        if change := endpoint.get("schedule_changes"):
            when = words.moment(change["at"], words.zone_of(endpoint))
            yield Text(f"schedule: {change['to']} from {when}", "dim")
    for span, amount in (endpoint.get("would_save") or {}).items():
        usd = amount["usd_at_least"]
        worth = "" if usd is None else f", ${usd:,.2f}"
        hours = f"{amount['hours_asleep']:g} h"
        yield Text(f"observed: {span} it would have been asleep {hours}{worth}")
    for key, style in (("blocked", "red"), ("paused", "yellow"), ("override", "yellow")):
        if endpoint.get(key):
            yield Text(f"{key}: {endpoint[key]}", style)
