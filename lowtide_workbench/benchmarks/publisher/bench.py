"""`lowtide bench publisher`: calls, time and memory of the publisher as endpoints become more."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from lowtide.domain.endpoint.metering import MetricName
from lowtide_workbench.benchmarks.harness.costs import SPENT, Cost, calls, server_note, spent
from lowtide_workbench.benchmarks.harness.processes import Bench, measure_all
from lowtide_workbench.benchmarks.publisher.answers import CAPACITY

_COUNTS = (1, 10, 100, 1_000)
_BENCH = Bench("publisher", "lowtide_workbench.benchmarks.publisher", {})


def bench_publisher(
    endpoints: Annotated[
        list[int] | None,
        typer.Option(min=1, max=1_000, help="How many, with three pools each; may be repeated."),
    ] = None,
    resolution: Annotated[int, typer.Option(help="Seconds between two points: 60 or 10.")] = 60,
    all_figures: Annotated[bool, typer.Option(help="Publish every figure, not only one.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Calls, time and memory of the publisher, against a server of its own that takes 20 ms."""
    if resolution not in (60, 10):
        raise typer.BadParameter(f"{resolution}; give 60 or 10", param_hint="--resolution")
    console = Console(markup=False, highlight=False)
    counts = endpoints or list(_COUNTS)
    every: Literal[60, 10] = 10 if resolution == 10 else 60
    costs = measure_all(
        counts, lambda count: measure(count, every, all_figures=all_figures), console
    )
    if as_json:
        console.print_json(json.dumps([asdict(cost) for cost in costs]))
        return
    by_count = {f"{cost.endpoints:,}": cost for cost in costs}
    console.print(table(costs), calls("endpoints", by_count), sep="\n\n")
    console.print(_footnote(costs), soft_wrap=True)


def measure(endpoints: int, resolution: Literal[60, 10] = 60, *, all_figures: bool = False) -> Cost:
    return _BENCH.measure(endpoints, _file(endpoints, resolution, all_figures))


def table(costs: Sequence[Cost]) -> Table:
    shown = Table.grid(padding=(0, 2, 0, 0))
    shown.add_row("endpoints", *SPENT)
    for before, cost in zip([None, *costs], costs, strict=False):
        shown.add_row(f"{cost.endpoints:,}", *spent(cost, before))
    return shown


def _file(endpoints: int, resolution: int, all_figures: bool) -> str:
    capacity = ", ".join(f"{name}: {streams}" for name, streams in CAPACITY.items())
    figures = f", publish: [{', '.join(MetricName)}]" if all_figures else ""
    scaling = f"capacity: {{{capacity}}}, target: 0.75, resolution: {resolution}{figures}"
    entries = "".join(
        f"  - {{name: endpoint-{n}, schedule: always, scaling: {{{scaling}}}}}\n"
        for n in range(endpoints)
    )
    return f"timezone: UTC\nendpoints:\n{entries}"


def _footnote(costs: Sequence[Cost]) -> str:
    return (
        f"{server_note(costs)} Cold: file and clients; first: "
        "its connections, too. In brackets: against the row above."
    )
