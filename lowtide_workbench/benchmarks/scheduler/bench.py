"""`lowtide bench scheduler`: calls, time and memory of a minute in which much is to be decided."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from lowtide_workbench.benchmarks.harness.costs import SPENT, Cost, calls, grown, server_note, spent
from lowtide_workbench.benchmarks.harness.processes import Bench, measure_all
from lowtide_workbench.benchmarks.harness.server import LATENCY_S
from lowtide_workbench.benchmarks.scheduler.answers import STACK, Context

_BENCH = Bench(
    "scheduler",
    "lowtide_workbench.benchmarks.scheduler",
    {
        "LOWTIDE_STACK": STACK,
        "LOWTIDE_TABLE": "bench",
        "LOWTIDE_QUEUE_URL": "http://127.0.0.1/123456789012/steps.fifo",
        "LOWTIDE_LEAD_MINUTES": "30",
    },
)
_WORDS = {
    Context.STEADY: "nothing to do",
    Context.WAKING: "all to wake",
    Context.CLOSING: "all due for deletion",
}
# Not open today, unless today is the one day in four years.
_SCHEDULES = {
    Context.STEADY: "always",
    Context.WAKING: "always",
    Context.CLOSING: '{windows: [{start: "0 3 29 2 *", stop: "0 4 29 2 *"}]}',
}


def bench_scheduler(
    endpoints: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 1_000,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Calls, time and memory of the scheduler, against a server of its own that takes 20 ms."""
    console = Console(markup=False, highlight=False)
    situations = list(Context)
    found = measure_all(situations, lambda context: measure(context, endpoints), console)
    if as_json:
        told = zip(situations, found, strict=True)
        console.print_json(json.dumps({context: asdict(cost) for context, cost in told}))
        return
    costs = {_WORDS[context]: cost for context, cost in zip(situations, found, strict=True)}
    head = f"{endpoints:,} endpoints"
    console.print(table(head, costs), calls(head, costs), sep="\n\n")
    console.print(_footnote(found), soft_wrap=True)


def measure(context: Context, endpoints: int) -> Cost:
    return _BENCH.measure(endpoints, _file(context, endpoints))


def table(head: str, costs: Mapping[str, Cost]) -> Table:
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_row(head, *SPENT, "one by one")
    before = None
    for words, cost in costs.items():
        waited = sum(cost.calls.values()) * LATENCY_S
        in_turn = grown(waited, cost.steady.wall_s, "s")
        shown.add_row(words, *spent(cost, before), in_turn)
        before = before or cost
    return shown


def _file(context: Context, endpoints: int) -> str:
    said = f"schedule: {_SCHEDULES[context]}, config: bench-config"
    entries = "".join(f"  - {{name: {context}-{n}, {said}}}\n" for n in range(endpoints))
    return f"timezone: UTC\nendpoints:\n{entries}"


def _footnote(costs: list[Cost]) -> str:
    return (
        f"{server_note(costs)} Cold: file and clients; first: its connections, too. In brackets: "
        "against the first row. One by one: what the calls of a minute alone would take in turn, "
        "against the minute."
    )
