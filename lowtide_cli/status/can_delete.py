"""`lowtide can-delete`: whether a stack can be deleted without leaving anything half done."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from lowtide_cli.schedules.files import refuse
from lowtide_cli.status.invoke import FunctionFailedError, RequestRefusedError, invoke
from lowtide_cli.terminal import SafeConsole

CANNOT, UNKNOWN = 1, 2  # exit codes

_LEAVE = "remove its entry from the file and deploy"
_STEPS = {"Create", "Restore", "TakeSnapshot", "BeginDrain", "EndDrain", "Delete"}


class Obstacle(NamedTuple):
    """Why the stack cannot be deleted yet, and what to do."""

    subject: str
    reason: str
    remedy: str


def can_delete(
    stack: Annotated[str, typer.Option(help="The name of the stack.")] = "lowtide-dev",
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")] = None,
) -> None:
    """Say which endpoints are asleep, suspended or within a step, before you delete a stack.

    Exit code 0: it can be deleted. 1: not yet. 2: it is not known.
    """
    try:
        answer = invoke(stack, {"action": "status"}, profile, region)
    except (FunctionFailedError, RequestRefusedError) as error:
        refuse(str(error), UNKNOWN)
    console = SafeConsole(highlight=False)
    found = list(obstacles(answer))
    for obstacle in found:
        _show(obstacle, console)
    for name in left_asleep(answer):
        console.print(f"{name} is asleep and not in the file: it stays so. The table keeps it.")
    if found:
        console.print(Text(f"{stack} cannot be deleted yet.", "red"))
        raise typer.Exit(CANNOT)
    console.print(f"{stack} can be deleted. Its table stays.")


def obstacles(answer: Mapping[str, Any]) -> Iterator[Obstacle]:
    """Yields what keeps the stack from being deleted, by the answer to `status`."""
    for error in answer["errors"]:
        remedy = "correct the file and deploy: else it is not known which endpoints it lists"
        yield Obstacle("The file", error, remedy)
    for endpoint in answer["endpoints"]:
        yield from _of_listed(endpoint)
    for endpoint in answer["unlisted"]:
        yield from _unreadable(endpoint)
        if reason := endpoint.get("unfinished"):
            yield Obstacle(endpoint["endpoint"], reason, "wait some minutes, then look at `status`")


def left_asleep(answer: Mapping[str, Any]) -> list[str]:
    """Returns the endpoints that are absent and that the file does not list."""
    return [each["endpoint"] for each in answer["unlisted"] if each.get("status") == "Absent"]


def _of_listed(endpoint: Mapping[str, Any]) -> Iterator[Obstacle]:
    if "error" in endpoint:
        yield from _unreadable(endpoint)
        return
    name, step = endpoint["endpoint"], endpoint["next"]
    if endpoint["status"] == "Absent" and endpoint["saved"]:
        yield Obstacle(name, "asleep", f"send `wake`, or {_LEAVE}: it then stays asleep")
    elif endpoint["unfinished"]:
        yield Obstacle(name, endpoint["unfinished"], "wait until it is done, or send `wake`")
    elif step["action"] in _STEPS:
        yield Obstacle(name, f"{step['action']} is due: {step['reason']}", _LEAVE)


def _unreadable(endpoint: Mapping[str, Any]) -> Iterator[Obstacle]:
    if "error" in endpoint:
        remedy = "see the runbook: what it is, is not known"
        yield Obstacle(endpoint["endpoint"], f"unreadable: {endpoint['error']}", remedy)


def _show(obstacle: Obstacle, console: Console) -> None:
    console.print(Text(obstacle.subject, "bold"))
    console.print(Padding(Text(obstacle.reason), (0, 0, 0, 2)))
    console.print(Padding(Text(f"To do: {obstacle.remedy}", "yellow"), (0, 0, 0, 2)))
