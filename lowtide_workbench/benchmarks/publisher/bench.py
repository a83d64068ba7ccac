"""The bench of the publisher: calls, time and memory as the number of endpoints grows."""

from typing import Annotated

import typer
from rich.console import Console

from lowtide_workbench.benchmarks.harness.costs import footnote, table
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
) -> None:
    """Calls, time and memory of the publisher, against a server of its own that takes 20 ms."""
    if resolution not in (60, 10):
        raise typer.BadParameter(f"{resolution}; give 60 or 10", param_hint="--resolution")
    console = Console(markup=False, highlight=False)
    costs = measure_all(
        endpoints or list(_COUNTS),
        lambda count: _BENCH.measure(count, _file(count, resolution)),
        console,
    )
    console.print(table("endpoints", {f"{cost.endpoints:,}": cost for cost in costs}))
    console.print(footnote(costs))


def _file(endpoints: int, resolution: int) -> str:
    capacity = ", ".join(f"{name}: {streams}" for name, streams in CAPACITY.items())
    scaling = f"capacity: {{{capacity}}}, target: 0.75, resolution: {resolution}"
    entries = "".join(
        f"  - {{name: endpoint-{n}, schedule: always, scaling: {{{scaling}}}}}\n"
        for n in range(endpoints)
    )
    return f"timezone: UTC\nendpoints:\n{entries}"
