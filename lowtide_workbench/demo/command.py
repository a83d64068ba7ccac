"""`lowtide demo`: the options, the progress bar and where the report goes."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from lowtide_workbench.report.model import Minute

console = Console(markup=False)  # what people wrote may hold brackets


def demo(
    trace: Annotated[
        Path | None, typer.Option(help="A CSV or .csv.gz file with arrival_s,duration_s.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=2, help="Working days to play.")] = 2,
    folder: Annotated[Path, typer.Option(help="Where the report goes.")] = Path("build/demo"),
) -> None:
    """Play working days of calls through the whole system, and write a report."""
    # Imported here, so that the other commands do not wait for moto and plotly.
    from lowtide_workbench.checkout import NoCheckoutError, template
    from lowtide_workbench.demo.build_report import lost, tell
    from lowtide_workbench.demo.play import play
    from lowtide_workbench.demo.scenario import TIMEZONE, from_figures, from_trace
    from lowtide_workbench.report import page, terminal

    try:
        template()
        scenario = from_trace(trace, days) if trace else from_figures(days)
    except (NoCheckoutError, OSError, ValueError) as error:
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


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console)
