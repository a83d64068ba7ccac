"""`python -m lowtide_workbench.benchmarks COMMAND`; `make bench` runs all of them."""

import typer

from lowtide_workbench.benchmarks.cold_start.bench import bench_cold_start
from lowtide_workbench.benchmarks.embedded_aws import bench_aws
from lowtide_workbench.benchmarks.publisher.bench import bench_publisher
from lowtide_workbench.benchmarks.scheduler.bench import bench_scheduler

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Measure how fast something is.")
app.command("publisher")(bench_publisher)
app.command("scheduler")(bench_scheduler)
app.command("aws")(bench_aws)
app.command("cold-start")(bench_cold_start)

if __name__ == "__main__":
    app()
