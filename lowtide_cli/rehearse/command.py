"""`lowtide rehearse`: the options, the question before anything is created, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from lowtide_cli.schedules.files import duration, refuse
from lowtide_cli.terminal import SafeConsole

if TYPE_CHECKING:
    from collections.abc import Iterable

FAILED = 1  # exit code; 2 means that nothing was tried


def rehearse(
    endpoint: Annotated[str, typer.Argument(help="Its name in SageMaker. It may be asleep.")],
    config: Annotated[
        str | None, typer.Option(help="Another configuration than its own, such as a fallback.")
    ] = None,
    stack: Annotated[
        str, typer.Option(help="The stack that knows the configuration of a sleeping endpoint.")
    ] = "lowtide-dev",
    timeout: Annotated[str, typer.Option(help="How long to wait until it is in service.")] = "90m",
    keep: Annotated[bool, typer.Option("--keep", help="Leave it in service.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it costs money.")] = False,
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")] = None,
) -> None:
    """Create a copy under another name, to prove that an endpoint can be created again.

    The copy is deleted. Exit code 0: it came into service. 1: it did not, or is not deleted.
    2: nothing was tried.
    """
    # Imported here, so that the other commands do not wait for boto3.
    from lowtide.domain.errors import AwsError
    from lowtide_cli.rehearse.rehearsal import prepare
    from lowtide_cli.rehearse.source import Account, CannotBeCreatedError, NothingToRehearseError
    from lowtide_cli.status.invoke import FunctionFailedError

    limit, account = duration("--timeout", timeout), Account(stack, profile, region)
    console = SafeConsole(highlight=False)
    try:
        rehearsal = prepare(endpoint, config, account, limit, console)
        _agree(rehearsal.plan(), console, yes=yes)
        in_service = rehearsal.run(keep=keep)
    except CannotBeCreatedError as error:
        refuse(str(error), FAILED)
    except (AwsError, FunctionFailedError, NothingToRehearseError) as error:
        refuse(str(error))
    if not in_service:
        raise typer.Exit(FAILED)


def _agree(lines: Iterable[str], console: SafeConsole, *, yes: bool) -> None:
    """Shows what will be created. Ends the command unless a person agrees, or `yes`."""
    for line in lines:
        console.print(line)
    if not yes and not _confirmed():
        refuse("Nothing was created.")


def _confirmed() -> bool:
    """Returns False also where there is no terminal to answer from."""
    try:
        return typer.confirm("Create it?")
    except typer.Abort:
        return False
