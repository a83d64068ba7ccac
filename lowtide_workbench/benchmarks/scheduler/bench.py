"""The bench of the scheduler: calls, time and memory of a minute that has much to decide."""

from typing import Annotated

import typer
from rich.console import Console

from lowtide_workbench.benchmarks.harness.costs import Cost, footnote, table
from lowtide_workbench.benchmarks.harness.processes import Bench, measure_all
from lowtide_workbench.benchmarks.scheduler.answers import STACK, Case

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
_HEADS = {
    Case.STEADY: "nothing to do",
    Case.WAKING: "all to wake",
    Case.CLOSING: "all to delete",
}
# Not open today, unless today is the one day in four years.
_SCHEDULES = {
    Case.STEADY: "always",
    Case.WAKING: "always",
    Case.CLOSING: '{windows: [{start: "0 3 29 2 *", stop: "0 4 29 2 *"}]}',
}


def bench_scheduler(
    endpoints: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 1_000,
) -> None:
    """Calls, time and memory of the scheduler, against a server of its own that takes 20 ms."""
    console = Console(markup=False, highlight=False)
    costs = measure_all(list(Case), lambda case: measure(case, endpoints), console)
    columns = {_HEADS[case]: cost for case, cost in zip(Case, costs, strict=True)}
    console.print(table(f"{endpoints:,} endpoint{'s' * (endpoints != 1)}", columns))
    console.print(footnote(costs))


def measure(case: Case, endpoints: int) -> Cost:
    return _BENCH.measure(endpoints, _file(case, endpoints))


def _file(case: Case, endpoints: int) -> str:
    settings = f"schedule: {_SCHEDULES[case]}, config: bench-config"
    entries = "".join(f"  - {{name: {case}-{n}, {settings}}}\n" for n in range(endpoints))
    return f"timezone: UTC\nendpoints:\n{entries}"
