"""`lowtide aws`: its options, and the message where one of them is wrong."""

from pathlib import Path
from typing import Annotated

import typer

from lowtide_cli.terminal import SafeConsole


def aws(
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0: any.")] = 4666,
    speed: Annotated[
        float, typer.Option(min=0, help="Virtual seconds a second; 0: stopped until advanced.")
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
        str,
        typer.Option(help="ConcurrentRequestsPerModel of several instances: each, mean or total."),
    ] = "each",
    idle: Annotated[
        str, typer.Option(help="What instances without streams report: zeros or silent.")
    ] = "zeros",
    models_must_exist: Annotated[
        bool, typer.Option("--models-must-exist", help="Of configurations, as in AWS.")
    ] = False,
) -> None:
    """Serve the embedded AWS on this machine: boto3 and the AWS CLI reach it unchanged."""
    # Imported here, so that the other commands do not wait for moto.
    from lowtide_workbench.checkout import NoCheckoutError
    from lowtide_workbench.server.options import (
        OptionError,
        Options,
        parse_settings,
        parse_start,
        parse_traffic,
    )
    from lowtide_workbench.server.serve import serve
    from lowtide_workbench.traces.files import TraceError

    # A file, a path or a reason may hold ":x:" or "[x]".
    console = SafeConsole(highlight=False)
    try:
        options = Options(
            port=port,
            speed=speed,
            start=parse_start(start) if start else None,
            stack=stack,
            traffic=parse_traffic(traffic or ()),
            settings=parse_settings(samples, idle, models_must_exist=models_must_exist),
        )
        serve(options, console)
    except (NoCheckoutError, OptionError, TraceError) as error:
        console.print(str(error), style="red", soft_wrap=True)
        raise typer.Exit(2) from error
