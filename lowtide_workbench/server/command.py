"""`lowtide aws`: its options, and the message where one of them is wrong."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Option

from lowtide_cli.terminal import SafeConsole

_SPEED = Option(min=0, help="Virtual seconds a second; 0: stopped until advanced.")
_START = Option(help="When the clock starts, ISO 8601; UTC without a zone.")
_STACK = Option(help="Run Lowtide's functions too, managing what this file says.")
_TRAFFIC = Option(help="ENDPOINT=TRACE.csv.gz: play calls or jobs onto it; may be repeated.")
_SAMPLES = Option(help="Samples of the load of several instances: each, mean or total.")
_IDLE = Option(help="What instances without streams report: zeros or silent.")
_MODELS = Option("--models-must-exist", help="Of configurations, as in AWS.")


def aws(
    port: Annotated[int, Option(min=0, max=65535, help="On 127.0.0.1; 0: any.")] = 4666,
    speed: Annotated[float, _SPEED] = 60,
    start: Annotated[str | None, _START] = None,
    stack: Annotated[Path | None, _STACK] = None,
    traffic: Annotated[list[str] | None, _TRAFFIC] = None,
    samples: Annotated[str, _SAMPLES] = "each",
    idle: Annotated[str, _IDLE] = "zeros",
    models_must_exist: Annotated[bool, _MODELS] = False,
) -> None:
    """Serve the embedded AWS on this machine: boto3 and the AWS CLI reach it unchanged."""
    # Imported here, so that the other commands do not wait for moto.
    from lowtide_workbench.checkout import NoCheckoutError
    from lowtide_workbench.server import options
    from lowtide_workbench.server.serve import serve
    from lowtide_workbench.traces.files import TraceError

    # A file, a path or a reason may hold ":x:" or "[x]".
    console = SafeConsole(highlight=False)
    try:
        serve(
            options.Options(
                port=port,
                speed=speed,
                start=options.parse_start(start) if start else None,
                stack=stack,
                traffic=options.parse_traffic(traffic or ()),
                settings=options.parse_settings(samples, idle, models_must_exist=models_must_exist),
            ),
            console,
        )
    except (NoCheckoutError, options.OptionError, TraceError) as error:
        console.print(str(error), style="red", soft_wrap=True)
        raise typer.Exit(2) from error
