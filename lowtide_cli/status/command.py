"""`lowtide status`: the state of the endpoints of a stack, from its control function."""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import Annotated, Any, NoReturn

import typer

from lowtide_cli.schedules.files import print_error, refuse
from lowtide_cli.status import detail, overview
from lowtide_cli.status.alarms import alarms_of
from lowtide_cli.status.invoke import FunctionFailedError, RequestRefusedError, invoke
from lowtide_cli.terminal import SafeConsole

FAILED, UNUSABLE = 1, 2  # exit codes: the function failed, the request cannot be answered
_LOOK_EVERY_S = 10

type Place = tuple[str | None, str | None]  # a profile and a region; None: as boto3 finds it


def status(
    stack: Annotated[str, typer.Option(help="The name of the stack.")] = "lowtide-dev",
    endpoint: Annotated[
        str | None, typer.Option(help="One endpoint in detail. Default: all.")
    ] = None,
    profile: Annotated[
        list[str] | None, typer.Option(help="A profile of the AWS configuration; may be repeated.")
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Default: as boto3 finds it; may be repeated.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print the answer as it is.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again every ten seconds.")] = False,
) -> None:
    """Show desired and actual state, why, and what is next; of one endpoint its scaling, too."""
    request = {"action": "status"} | ({"endpoint": endpoint} if endpoint else {})
    profiles: Sequence[str | None] = profile or [None]
    regions: Sequence[str | None] = region or [None]
    places = list(product(profiles, regions))
    if json_:
        _print_json(request, stack, places)
    console = SafeConsole(highlight=False)  # reasons may hold brackets

    def show_all() -> int:
        named = len(places) > 1
        return max([_show(request, stack, place, console, named=named) for place in places])

    if not watch:
        raise typer.Exit(show_all())
    with suppress(KeyboardInterrupt):
        while True:
            console.clear()
            show_all()
            time.sleep(_LOOK_EVERY_S)


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


def _print_json(request: Mapping[str, str], stack: str, places: list[Place]) -> NoReturn:
    if len(places) > 1:
        refuse("--json takes one profile and one region", UNUSABLE)
    answer = ask(request, stack, *places[0])
    typer.echo(json.dumps(answer, indent=2))
    raise typer.Exit(FAILED if "error" in answer else 0)


def _show(
    request: Mapping[str, str], stack: str, place: Place, console: SafeConsole, *, named: bool
) -> int:
    """Returns the exit code of this place. An account that cannot be asked hides no other."""
    if named:
        console.print(" ".join(filter(None, place)), style="bold underline")
    try:
        answer = ask(request, stack, *place)
    except typer.Exit as refused:
        return refused.exit_code
    if "error" in answer:
        print_error(f"{request['endpoint']} cannot be read: {answer['error']}")
        return FAILED
    if "endpoint" in request:
        detail.show(answer, console)
    else:
        overview.show(answer, console)
        overview.show_totals(answer, alarms_of(stack, *place), console)
    return 0
