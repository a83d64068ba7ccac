"""`lowtide status`: how the endpoints of a stack are, asked of its control function."""

import json
from typing import Annotated

import typer
from rich.console import Console

from lowtide_cli.schedules.files import refuse
from lowtide_cli.status import detail, overview
from lowtide_cli.status.invoke import CannotAskError, FailedError, ask

FAILED, UNUSABLE = 1, 2  # exit codes: the function failed, the question cannot be asked


def status(
    stack: Annotated[str, typer.Option(help="The name of the stack.")] = "lowtide-dev",
    endpoint: Annotated[str | None, typer.Option(help="One, in detail; else all.")] = None,
    profile: Annotated[str | None, typer.Option(help="Of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Else as boto3 finds it.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the answer as it is.")] = False,
) -> None:
    """Say how endpoints are, why, and what happens next; of one also how it is scaled."""
    question = {"action": "status"} | ({"endpoint": endpoint} if endpoint else {})
    try:
        answer = ask(stack, question, profile, region)
    except CannotAskError as error:
        refuse(str(error), UNUSABLE)
    except FailedError as error:
        refuse(str(error), FAILED)
    if json_:
        typer.echo(json.dumps(answer, indent=2))
        return
    console = Console(markup=False, emoji=False, highlight=False)  # people's words hold brackets
    if endpoint:
        detail.show(answer, console)
    else:
        overview.show(answer, console)
