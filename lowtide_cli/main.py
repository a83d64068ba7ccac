"""The `lowtide` command: what runs on a laptop."""

import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from lowtide_cli.schedules.check import check
from lowtide_cli.schedules.explain import explain
from lowtide_cli.schedules.preview import preview
from lowtide_cli.schedules.schema import schema
from lowtide_cli.status.command import status
from lowtide_cli.verify.command import verify_metrics
from lowtide_workbench.benchmarks.publisher.bench import bench_publisher
from lowtide_workbench.benchmarks.scheduler.bench import bench_scheduler
from lowtide_workbench.benchmarks.schedules import bench_schedules
from lowtide_workbench.report.model import Minute
from lowtide_workbench.server.command import aws

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(check)
app.command()(preview)
app.command()(explain)
app.command()(aws)
app.command()(schema)
app.command()(status)
app.command("verify-metrics")(verify_metrics)
bench = typer.Typer(no_args_is_help=True, help="Measure how fast something is.")
app.add_typer(bench, name="bench")
bench.command("schedules")(bench_schedules)
bench.command("publisher")(bench_publisher)
bench.command("scheduler")(bench_scheduler)
console = Console(markup=False)  # what people wrote may hold brackets


@app.callback()
def main() -> None:
    """SageMaker endpoints that sleep when nobody needs them."""


@app.command()
def demo(
    trace: Annotated[
        Path | None, typer.Option(help="A CSV or .csv.gz file with arrival_s,duration_s.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=2, help="Working days to play.")] = 2,
    folder: Annotated[Path, typer.Option(help="Where the report goes.")] = Path("build/demo"),
) -> None:
    """Play working days of calls through the whole system, and write a report."""
    # Imported here, so that `lowtide check` does not wait for moto and plotly.
    from lowtide_workbench.demo.build_report import lost, tell
    from lowtide_workbench.demo.play import play
    from lowtide_workbench.demo.scenario import TIMEZONE, from_figures, from_trace
    from lowtide_workbench.report import page, terminal

    try:
        scenario = from_trace(trace, days) if trace else from_figures(days)
    except (OSError, ValueError) as error:
        console.print(str(error), style="red", highlight=False)
        raise typer.Exit(2) from error
    folder.mkdir(parents=True, exist_ok=True)
    with _progress() as bar:
        task = bar.add_task("", total=(scenario.end - scenario.start).total_seconds())

        def progress(now: datetime, minute: Minute) -> None:
            local = now.astimezone(TIMEZONE)
            bar.update(
                task,
                completed=(now - scenario.start).total_seconds(),
                description=f"{local:%a %H:%M} {minute.status:>10} {minute.streams:4} streams",
            )

        played = play(scenario, folder, progress)
    story = tell(played)
    terminal.show(story, console)
    page.write(story, folder / "report.html")
    console.print(f"The pictures: {folder / 'report.html'}")
    reasons = lost(played)
    for reason in reasons:
        console.print(f"Lost: {reason}", style="red", highlight=False)
    sys.exit(1 if reasons else 0)


@bench.command("aws")
def bench_aws(
    endpoints: Annotated[
        list[int] | None, typer.Option(min=1, help="How many endpoints; may be repeated.")
    ] = None,
    hours: Annotated[float, typer.Option(min=0.1, max=24, help="Virtual hours to play.")] = 24,
    profile: Annotated[bool, typer.Option(help="Say what takes the time, too.")] = True,
) -> None:
    """Virtual days in the embedded AWS, with Lowtide's functions at every minute."""
    from tempfile import TemporaryDirectory

    from lowtide_workbench.benchmarks.embedded_aws import measure, shares

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
            if profile:
                console.print(_shares(shares(count, virtual / 8, Path(folder))))


def _shares(shares: Mapping[str, float]) -> Table:
    table = Table.grid(padding=(0, 2))
    for owner, share in shares.items():
        table.add_row(f"  {owner}", f"{share:.0%}")
    return table


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console)
