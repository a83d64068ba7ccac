"""`lowtide demo`: its options, the progress bar and where the report goes."""

import multiprocessing
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from lowtide_cli.terminal import SafeConsole
from lowtide_workbench.report.model import Minute

if TYPE_CHECKING:
    from lowtide_workbench.demo import play
    from lowtide_workbench.demo.scenario import Scenario

console = SafeConsole(highlight=False)  # what people wrote may hold brackets


def demo(
    trace: Annotated[
        Path | None, typer.Option(help="A CSV or .csv.gz file with arrival_s,duration_s.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=2, help="Working days to play.")] = 2,
    folder: Annotated[Path, typer.Option(help="Where the report goes.")] = Path("build/demo"),
    verbose: Annotated[bool, typer.Option(help="List every event in full.")] = False,
) -> None:
    """Play working days of calls through the whole system, and write a report."""
    # Imported here, so that the other commands do not wait for moto and plotly.
    from lowtide_workbench.checkout import NoCheckoutError, template
    from lowtide_workbench.demo.build_report import build_report, failures
    from lowtide_workbench.demo.play import play
    from lowtide_workbench.demo.scenario import from_profile, from_trace
    from lowtide_workbench.demo.week.play import week
    from lowtide_workbench.report import page, terminal
    from lowtide_workbench.report.week_picture import picture

    try:
        template()
        scenario = from_trace(trace, days) if trace else from_profile(days)
    except (NoCheckoutError, OSError, ValueError) as error:
        console.print(str(error), style="red", soft_wrap=True)
        raise typer.Exit(2) from error
    folder.mkdir(parents=True, exist_ok=True)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as beside, _progress(scenario) as progress:
        comparison = None if trace else beside.submit(week)
        run = play(scenario, folder, progress)
    report = build_report(run, comparison.result() if comparison else None)
    if report.week:
        (folder / "week.svg").write_text(picture(report.week), encoding="utf-8")
    page.write(report, folder / "report.html")
    terminal.show(report, console, verbose=verbose)
    console.print(f"\nThe report with charts: {folder / 'report.html'}", soft_wrap=True)
    reasons = failures(run)
    for reason in reasons:
        console.print(f"Failed: {reason}", style="red", soft_wrap=True)
    sys.exit(1 if reasons else 0)


@contextmanager
def _progress(scenario: "Scenario") -> Iterator["play.Progress"]:
    from lowtide_workbench.demo.scenario import TIMEZONE

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=(scenario.end - scenario.start).total_seconds())

        def update(now: datetime, minute: Minute) -> None:
            local = now.astimezone(TIMEZONE)
            bar.update(
                task,
                completed=(now - scenario.start).total_seconds(),
                description=f"{local:%a %H:%M} {minute.status:>10} {minute.streams:4} streams",
            )

        yield update
