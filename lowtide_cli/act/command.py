"""`lowtide wake`, `sleep`, `auto`, `pause` and `resume`: requests to a stack's control function."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any

import typer

from lowtide_cli.act.caller import caller
from lowtide_cli.act.wait import wait_until_reached
from lowtide_cli.schedules import files
from lowtide_cli.status import overview
from lowtide_cli.status.command import ask
from lowtide_cli.status.invoke import FunctionFailedError, RequestRefusedError, invoke
from lowtide_cli.terminal import SafeConsole

Endpoint = Annotated[str, typer.Argument(help="The name of the endpoint.")]
For = Annotated[str | None, typer.Option("--for", help="For how long: 90m, 2h, 3d.")]
Until = Annotated[str | None, typer.Option(help="Or until when: 2026-12-24T20:00-05:00.")]
Reason = Annotated[str, typer.Option(help="Why; status and the history show it.")]
By = Annotated[str | None, typer.Option(help="Who asks. Default: the caller's name in AWS.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it is so.")]
Timeout = Annotated[str, typer.Option(help="The longest wait.")]
Stack = Annotated[str, typer.Option(help="The name of the stack.")]
Profile = Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")]
Region = Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")]

console = SafeConsole(highlight=False)


def _override(action: str, summary: str) -> Callable[..., None]:
    """Returns the command that asks for a state for a time."""

    def command(
        endpoint: Endpoint,
        reason: Reason,
        for_: For = None,
        until: Until = None,
        by: By = None,
        wait: Wait = False,
        timeout: Timeout = "1h",
        stack: Stack = "lowtide-dev",
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        wanted = {"action": action, "endpoint": endpoint} | _end(for_, until, needed=True)
        person = _person(reason, by, profile, region)
        _carry_out(wanted | person, (stack, profile, region), wait, timeout)

    command.__doc__ = summary
    return command


def _return(action: str, summary: str) -> Callable[..., None]:
    """Returns the command that ends what a person asked for."""

    def command(
        endpoint: Endpoint,
        wait: Wait = False,
        timeout: Timeout = "1h",
        stack: Stack = "lowtide-dev",
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        wanted = {"action": action, "endpoint": endpoint}
        _carry_out(wanted, (stack, profile, region), wait, timeout)

    command.__doc__ = summary
    return command


wake = _override("wake", "Have an endpoint awake for a time, whatever its schedule says.")
sleep = _override("sleep", "Have an endpoint asleep for a time: it drains, is saved and deleted.")
auto = _return("auto", "End a wake or a sleep early: the schedule decides again.")
resume = _return("resume", "End a pause; a creation that failed is tried again at once.")


def pause(
    endpoint: Endpoint,
    reason: Reason,
    for_: For = None,
    until: Until = None,
    by: By = None,
    stack: Stack = "lowtide-dev",
    profile: Profile = None,
    region: Region = None,
) -> None:
    """Have Lowtide leave an endpoint alone: for a time, or until `resume`."""
    wanted = {"action": "pause", "endpoint": endpoint} | _end(for_, until, needed=False)
    _carry_out(wanted | _person(reason, by, profile, region), (stack, profile, region))


def _end(for_: str | None, until: str | None, *, needed: bool) -> dict[str, str]:
    """Exits where there are two ends, or none and one is needed."""
    if (for_ and until) or (needed and not for_ and not until):
        files.refuse("give exactly one of --for and --until, for example --for 2h")
    if for_:
        files.duration("--for", for_)
        return {"for": for_}
    return {"until": until} if until else {}


def _person(reason: str, by: str | None, profile: str | None, region: str | None) -> dict[str, str]:
    return {"reason": reason, "by": by or caller(profile, region)}


def _carry_out(
    wanted: Mapping[str, str],
    where: tuple[str, str | None, str | None],
    wait: bool = False,
    timeout: str = "0m",
) -> None:
    longest: timedelta = files.duration("--timeout", timeout)
    _show(ask(wanted, *where))
    if wait:
        question = {"action": "status", "endpoint": wanted["endpoint"]}
        action = wanted["action"]
        _show(wait_until_reached(action, lambda: _read(question, where), longest, console))


def _read(question: Mapping[str, str], where: tuple[str, str | None, str | None]) -> Any:
    """A minute in which the function fails does not end a wait."""
    stack, profile, region = where
    try:
        return invoke(stack, question, profile, region)
    except FunctionFailedError as error:
        return {"error": str(error)}
    except RequestRefusedError as error:
        files.refuse(str(error))


def _show(answer: Mapping[str, Any]) -> None:
    if replaced := answer.get("replaced"):
        console.print(f"Replaced: {replaced}")
    overview.show({"endpoints": [answer]}, console)
