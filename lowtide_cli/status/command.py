"""`lowtide status`: the state of the endpoints of a stack, from its control function."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from lowtide_cli.schedules.files import refuse
from lowtide_cli.status import detail, overview
from lowtide_cli.status.invoke import FunctionFailedError, RequestRefusedError, invoke
from lowtide_cli.terminal import SafeConsole

FAILED, UNUSABLE = 1, 2  # exit codes: the function failed, the request cannot be answered


def status(
    stack: Annotated[str, typer.Option(help="The name of the stack.")] = "lowtide-dev",
    endpoint: Annotated[
        str | None, typer.Option(help="One endpoint in detail. Default: all.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the answer as it is.")] = False,
) -> None:
    """Show desired and actual state, why, and what is next; of one endpoint its scaling, too."""
    request = {"action": "status"} | ({"endpoint": endpoint} if endpoint else {})
    answer = ask(request, stack, profile, region)
    if json_:
        typer.echo(json.dumps(answer, indent=2))
        raise typer.Exit(FAILED if "error" in answer else 0)
    if "error" in answer:
        refuse(f"{endpoint} cannot be read: {answer['error']}", FAILED)
    console = SafeConsole(highlight=False)  # reasons may hold brackets
    if endpoint:
        detail.show(answer, console)
    else:
        overview.show(answer, console)


def ask(
    request: Mapping[str, str], stack: str, profile: str | None, region: str | None
) -> Mapping[str, Any]:
    """Returns the control function's answer, or exits with what is wrong."""
    try:
        return invoke(stack, request, profile, region)
    except RequestRefusedError as error:
        refuse(str(error), UNUSABLE)
    except FunctionFailedError as error:
        refuse(str(error), FAILED)
