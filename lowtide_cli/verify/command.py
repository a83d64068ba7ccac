"""`lowtide verify-metrics`: the options, and the message for each invalid one."""

import json
from datetime import timedelta
from typing import Annotated, NoReturn

import typer

from lowtide_cli.terminal import SafeConsole

UNDECIDED = 3  # exit code; 2 means invalid arguments
_FEWEST, _MOST = 5, 170  # minutes; 10-second points are kept for three hours


def verify_metrics(
    endpoint: Annotated[str, typer.Option(help="Its name in SageMaker; it must be InService.")],
    variant: Annotated[
        str | None, typer.Option(help="Required if the endpoint has several.")
    ] = None,
    minutes: Annotated[int, typer.Option(help="How far to look back.")] = 15,
    streams: Annotated[
        float | None,
        typer.Option(help="The streams that you hold open meanwhile, across all instances."),
    ] = None,
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Find out what ConcurrentRequestsPerModel means in this account. Reads only.

    Exit code 0: `idle` and `total` are decided. 3: one of them is open. 2: invalid arguments.
    """
    # Imported here, so that the other commands do not wait for boto3.
    from lowtide.domain.errors import AwsError
    from lowtide_cli.verify.clients import clients
    from lowtide_cli.verify.probe import InvalidQueryError, NotReadyError, Query, probe
    from lowtide_cli.verify.render import as_json, show
    from lowtide_cli.verify.verdict import judge

    if not _FEWEST <= minutes <= _MOST:
        _end(f"--minutes: found {minutes}, expected {_FEWEST} to {_MOST}")
    if streams is not None and not 1 <= streams < float("inf"):
        _end(f"--streams: found {streams:g}, expected a number, 1 or more")
    try:
        query = Query(endpoint, variant, timedelta(minutes=minutes))
        observation = probe(*clients(profile, region), query)
    except (AwsError, InvalidQueryError) as error:
        _end(str(error))
    except NotReadyError as error:
        _end(str(error), UNDECIDED)
    verdict = judge(observation.readings, streams)
    if json_:
        typer.echo(json.dumps(as_json(observation, verdict, streams), indent=2))
    else:
        show(observation, verdict, streams)
    if not verdict.decided:
        raise typer.Exit(UNDECIDED)


def _end(message: str, code: int = 2) -> NoReturn:
    errors = SafeConsole(stderr=True)
    errors.print(message, style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(code)
