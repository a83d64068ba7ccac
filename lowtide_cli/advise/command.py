"""`lowtide advise`: the options, and the message for each invalid one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from lowtide_cli.advise.workload import PACKAGES, TRAFFIC, Workload, parse_types, parse_when
from lowtide_cli.schedules import files
from lowtide_cli.schedules.costs import REGION
from lowtide_cli.schedules.examine import UnreadableError, read_text
from lowtide_cli.terminal import SafeConsole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LIMIT_MS = 400.0  # Deepgram's advice for the average


def advise(
    traffic: Annotated[
        str | None, typer.Option(help=f"What comes in: {', '.join(TRAFFIC)}.")
    ] = None,
    package: Annotated[
        str | None, typer.Option(help=f"Where the model is from: {', '.join(PACKAGES)}.")
    ] = None,
    when: Annotated[
        str | None, typer.Option(help="always, 'Mon-Fri 08:00-20:00', or '28 x 30m' a week.")
    ] = None,
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="TYPE, or TYPE:STREAMS with its capacity. Repeat for pools."),
    ] = None,
    instances: Annotated[int, typer.Option(min=1, help="That are kept while awake.")] = 1,
    models: Annotated[int, typer.Option(min=1, help="That are to be served.")] = 1,
    wait: Annotated[
        str | None, typer.Option(help="How long a result may wait, for example 15m.")
    ] = None,
    payload: Annotated[float | None, typer.Option(help="The largest request, in MB.")] = None,
    longest: Annotated[
        str | None, typer.Option(help="The longest time a request takes, for example 90s.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="An endpoint to look at. Options go before what it shows.")
    ] = None,
    target: Annotated[
        Path | None, typer.Option(help="A measured ramp, as a CSV: the capacity and the target.")
    ] = None,
    limit: Annotated[float, typer.Option(help="For --target: milliseconds.")] = _LIMIT_MS,
    html: Annotated[Path | None, typer.Option(help="For --target: write the plot.")] = None,
    prices: Annotated[
        Path | None, typer.Option(help="Your own: AWS's price list as JSON, or a CSV.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[
        str | None, typer.Option(help=f"Default: {REGION}; with --endpoint, as boto3 finds it.")
    ] = None,
    format_: Annotated[Literal["text", "json"], typer.Option("--format")] = "text",
) -> None:
    """Say which kind of endpoint fits, what it costs, and how to get there. Changes nothing.

    Exit code 0: there is an advice. 2: invalid arguments, or a measurement that decides nothing.
    """
    types = _parsed("--type", parse_types, type_)
    for option, number in (("--limit", limit), ("--payload", payload)):
        if number is not None and not 0 < number < float("inf"):
            files.refuse(f"{option}: {number:g}; expected a number above 0")
    if target:
        _target(target, limit, types, html)
        return
    given = Workload(
        traffic=_one_of("--traffic", traffic, TRAFFIC),
        package=_one_of("--package", package, PACKAGES),
        when=_parsed("--when", parse_when, when),
        types=types,
        instances=instances,
        models=models,
        wait=files.duration("--wait", wait) if wait else None,
        payload_mb=payload,
        longest=files.duration("--longest", longest) if longest else None,
    )
    _advise(given, endpoint, _Account(profile, region), prices, format_)


class _Account(NamedTuple):
    """How the account is reached."""

    profile: str | None
    region: str | None


def _advise(
    given: Workload,
    endpoint: str | None,
    account: _Account,
    prices: Path | None,
    format_: str,
) -> None:
    # Imported here, so that the other commands do not wait for it.
    from lowtide_cli.advise import dialogue, output
    from lowtide_cli.advise.advice import advise as advise_on
    from lowtide_cli.prices.table import price

    region = account.region or REGION
    seen: Sequence[str] = ()
    if endpoint:
        given, region, seen = _observed(given, endpoint, account)
    if dialogue.on_a_terminal() and format_ == "text":
        given = dialogue.completed(given)
    needed = {"--traffic": given.traffic, "--package": given.package}
    if missing := [option for option, value in needed.items() if value is None]:
        why = "; the endpoint does not show it" if endpoint else ""
        files.refuse(f"{' and '.join(missing)}: needed{why}; see lowtide advise --help")
    own = files.prices(prices)
    priced = {name: price(name, region, own) for name in given.types or ()}
    answer = output.Answer(endpoint or "my-endpoint", given, advise_on(given), priced, seen)
    if format_ == "json":
        typer.echo(output.as_json(answer))
    else:
        output.show(answer, SafeConsole(highlight=False))


def _observed(
    given: Workload, endpoint: str, account: _Account
) -> tuple[Workload, str, Sequence[str]]:
    from lowtide.domain.errors import AwsError
    from lowtide_cli.advise.observed import NotThereError, observe

    try:
        seen = observe(endpoint, account.profile, account.region)
    except (AwsError, NotThereError) as error:
        files.refuse(str(error))
    return seen.completing(given), seen.region, seen.lines


def _target(path: Path, limit: float, types: Iterable[str] | None, html: Path | None) -> None:
    from lowtide_cli.advise import ramp_output
    from lowtide_cli.advise.ramp import RampError, read_ramps

    try:
        ramps = read_ramps(read_text(path), limit, next(iter(types or {}), None))
    except (RampError, UnreadableError) as error:
        files.refuse(f"{path}: {error}")
    ramp_output.show(ramps, SafeConsole(highlight=False))
    if html:
        from lowtide_cli.advise import ramp_page  # jinja2 is for pages only

        ramp_page.write(ramps, html)
        files.stderr.print(f"The page: {html}", soft_wrap=True)


def _parsed[T, R](option: str, parse: Callable[[T], R], given: T | None) -> R | None:
    if given is None:
        return None
    try:
        return parse(given)
    except ValueError as error:
        files.refuse(f"{option}: {error}")


def _one_of(option: str, given: str | None, choices: dict[str, str]) -> str | None:
    if given is not None and given not in choices:
        files.refuse(f"{option}: {given!r}; expected one of {', '.join(choices)}")
    return given
