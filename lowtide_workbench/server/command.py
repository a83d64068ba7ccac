"""`lowtide aws`: the options, and what a person is told where they are wrong."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def aws(
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0: any.")] = 4666,
    speed: Annotated[
        float, typer.Option(min=0, help="Virtual seconds a second; 0: still until stepped.")
    ] = 60,
    start: Annotated[
        str | None, typer.Option(help="When the clock starts, ISO 8601; UTC without a zone.")
    ] = None,
    stack: Annotated[
        Path | None, typer.Option(help="Run Lowtide's functions too, managing what this file says.")
    ] = None,
    traffic: Annotated[
        list[str] | None,
        typer.Option(help="ENDPOINT=TRACE.csv.gz: play calls onto it; may be repeated."),
    ] = None,
    samples: Annotated[
        str | None,
        typer.Option(help="ConcurrentRequestsPerModel of several instances: each, mean or total."),
    ] = None,
    idle: Annotated[
        str | None, typer.Option(help="What instances without streams report: zeros or silent.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Keep everything in this file at the end.")
    ] = None,
    load: Annotated[Path | None, typer.Option(help="Go on from a file that --save wrote.")] = None,
) -> None:
    """Serve the embedded AWS on this machine: boto3 and the AWS CLI reach it unchanged."""
    # Imported here, so that the other commands do not wait for moto.
    from lowtide_workbench.checkout import NoCheckoutError
    from lowtide_workbench.server import options
    from lowtide_workbench.server.options import OptionError, Options
    from lowtide_workbench.server.serve import serve
    from lowtide_workbench.server.state import StateError
    from lowtide_workbench.traces.files import TraceError

    console = Console(emoji=False)  # a file or a path may hold ":x:"
    try:
        begin = options.instant(start) if start else None
        traces = options.traces(traffic or ())
        unknowns = options.unknowns(samples, idle)
        serve(Options(port, speed, begin, stack, traces, save, load, unknowns), console)
    except (NoCheckoutError, OptionError, StateError, TraceError) as error:
        console.print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(2) from error
