"""`python -m lowtide_workbench.benchmarks`: how fast Lowtide and the embedded AWS are."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from lowtide_workbench.benchmarks.embedded_aws import measure
from lowtide_workbench.benchmarks.publisher.bench import bench_publisher
from lowtide_workbench.benchmarks.scheduler.bench import bench_scheduler
from lowtide_workbench.benchmarks.schedules import bench_schedules

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Measure how fast something is.")
app.command("schedules")(bench_schedules)
app.command("publisher")(bench_publisher)
app.command("scheduler")(bench_scheduler)
console = Console(highlight=False)


@app.command("aws")
def bench_aws(
    endpoints: Annotated[
        list[int] | None, typer.Option(min=1, help="How many endpoints; may be repeated.")
    ] = None,
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="Virtual hours to play.")] = 24,
) -> None:
    """Virtual days in the embedded AWS, with Lowtide's functions at every minute."""
    virtual = timedelta(hours=hours)
    with TemporaryDirectory() as folder:
        for count in endpoints or (1, 10):
            timing = measure(count, virtual, Path(folder))
            console.print(
                f"{count:4} endpoints: a virtual day in {timing.seconds_a_day:.1f} s, "
                f"{timing.ratio:.0f} times real time ({hours:g} h played, "
                f"{timing.busy_s:.1f} s of processor time)",
                highlight=False,
                soft_wrap=True,
            )


if __name__ == "__main__":
    app()
