"""The bench of the publisher: calls, time and memory as the number of endpoints grows."""

from typing import Annotated, Literal

import typer
from rich.console import Console

from lowtide.domain.endpoint import MetricName
from lowtide_workbench.benchmarks.harness.costs import Cost, footnote, table
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
    all_metrics: Annotated[bool, typer.Option(help="Publish every metric, not only one.")] = False,
) -> None:
    """Calls, time and memory of the publisher, against a server of its own that takes 20 ms."""
    if resolution not in (60, 10):
        raise typer.BadParameter(f"{resolution}; give 60 or 10", param_hint="--resolution")
    console = Console(markup=False, highlight=False)
    period: Literal[60, 10] = 10 if resolution == 10 else 60
    costs = measure_all(
        endpoints or list(_COUNTS),
        lambda count: measure(count, period, all_metrics=all_metrics),
        console,
    )
    console.print(table("endpoints", {f"{cost.endpoints:,}": cost for cost in costs}))
    console.print(footnote(costs))


def measure(endpoints: int, resolution: Literal[60, 10] = 60, *, all_metrics: bool = False) -> Cost:
    return _BENCH.measure(endpoints, _file(endpoints, resolution, all_metrics))


def _file(endpoints: int, resolution: int, all_metrics: bool) -> str:
    capacity = ", ".join(f"{name}: {streams}" for name, streams in CAPACITY.items())
    metrics = f", publish: [{', '.join(MetricName)}]" if all_metrics else ""
    scaling = f"capacity: {{{capacity}}}, target: 0.75, resolution: {resolution}{metrics}"
    entries = "".join(
        f"  - {{name: endpoint-{n}, schedule: always, scaling: {{{scaling}}}}}\n"
        for n in range(endpoints)
    )
    return f"timezone: UTC\nendpoints:\n{entries}"
