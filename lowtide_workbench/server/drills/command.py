"""`lowtide drill`: begins, lists and stops drills of the embedded AWS."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

import typer
from typer import Option

from lowtide_cli.schedules.files import refuse
from lowtide_cli.terminal import SafeConsole
from lowtide_workbench.server.drills.client import DrillsClient, NoEmbeddedAwsError, RefusedError

NOT_RUNNING, UNUSABLE = 1, 2  # exit codes: no such drill; wrong arguments, or no embedded AWS

_For = Annotated[
    str | None,
    Option("--for", help="Of the virtual time, such as 90s, 10m or 2h. Default: until stopped."),
]
_Type = Annotated[str, Option("--type", help="An instance type, such as ml.g6.2xlarge.")]
_Service = Annotated[str, Option(help="As boto3 and IAM call it, such as sagemaker.")]
_Operation = Annotated[str, Option(help="Such as DescribeEndpoint. Default: all.")]
_Function = Annotated[
    str | None, Option(help="Calls of this function only, such as scheduler. Default: all callers.")
]

drill = typer.Typer(
    no_args_is_help=True,
    help="Make something go wrong in the embedded AWS for a time, to rehearse the runbook.",
)


@drill.command()
def ice(type_: _Type, for_: _For = None) -> None:
    """No capacity for an instance type: creations wait, then fail."""
    _begin("ice", for_, type=type_)


@drill.command()
def quota(
    type_: _Type,
    limit: Annotated[int, Option(help="The most instances that the account may run.")],
    for_: _For = None,
) -> None:
    """Another quota of an instance type, for endpoint usage."""
    _begin("quota", for_, type=type_, limit=limit)


@drill.command()
def throttle(
    service: _Service, operation: _Operation = "*", function: _Function = None, for_: _For = None
) -> None:
    """Calls are refused because there are too many of them."""
    _begin("throttle", for_, service=service, operation=operation, function=function)


@drill.command()
def deny(
    service: _Service, operation: _Operation = "*", function: _Function = None, for_: _For = None
) -> None:
    """Calls are refused because they are not allowed."""
    _begin("deny", for_, service=service, operation=operation, function=function)


@drill.command()
def crash(function: Annotated[str, Option(help="Such as publisher.")], for_: _For = None) -> None:
    """A function ends at its first call of AWS, as if it had run out of memory."""
    _begin("crash", for_, function=function)


@drill.command("list")
def list_() -> None:
    """The drills that are running, and how many calls each has met."""
    with _client() as client:
        _print(client.running()["drills"])


@drill.command()
def stop(
    number: Annotated[int | None, typer.Argument(help="As `list` shows it.")] = None,
    all_: Annotated[bool, Option("--all", help="Every drill.")] = False,
) -> None:
    """End a drill before its time, or all. Exit code 1: there is no such drill."""
    if (number is None) is not all_:
        refuse("name one drill by its number, or all by --all", UNUSABLE)
    with _client() as client:
        _print(client.stop(number)["drills"], "stopped: ")


def _begin(kind: str, for_: str | None, **given: object) -> None:
    fields = {name: value for name, value in given.items() if value is not None}
    lasts = {"for": for_} if for_ is not None else {}
    with _client() as client:
        _print([client.begin({"kind": kind, **fields, **lasts})])


@contextmanager
def _client() -> Iterator[DrillsClient]:
    try:
        yield DrillsClient(os.environ.get("AWS_ENDPOINT_URL"))
    except NoEmbeddedAwsError as error:
        refuse(str(error), UNUSABLE)
    except RefusedError as error:
        refuse(str(error), NOT_RUNNING if error.status == 404 else UNUSABLE)


def _print(drills: Sequence[Mapping[str, Any]], before: str = "") -> None:
    console = SafeConsole(highlight=False)
    if not drills:
        console.print("No drill is running.")
    for each in drills:
        console.print(f"{each['number']:>2}  {before}{each['text']}")
        console.print(f"    {', '.join(_details(each))}")


def _details(each: Mapping[str, Any]) -> Iterator[str]:
    yield f"until {_clock(each['until'])}" if each["until"] else "until it is stopped"
    if each["calls"] is not None:
        yield f"{each['calls']} {'call' if each['calls'] == 1 else 'calls'} so far"


def _clock(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%a %d %b %H:%M:%S} UTC"
