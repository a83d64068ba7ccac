"""`lowtide savings`: what sleeping saved in a month, for people who pay the bill."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.text import Text

from lowtide_cli.prices.table import Price, Prices, price
from lowtide_cli.schedules import files
from lowtide_cli.status.command import ask
from lowtide_cli.terminal import SafeConsole

FAILED = 1  # exit code: an endpoint cannot be read
_NOTES = (
    "At least: counted are the instances that an endpoint keeps in service in any case.",
    "What scaling adds on top is not counted, neither as cost nor as saving.",
    "A Savings Plan is paid asleep or not: what it covers is not saved.",
    "Not in it: what Lowtide itself costs, see docs/reference/costs.md.",
)


class Row(NamedTuple):
    """Both amounts are at least; `usd` is None where an instance type has no price."""

    endpoint: str
    state: str
    hours: float
    instance_hours: float
    usd: float | None


def savings(
    month: Annotated[str | None, typer.Option(help="Such as 2030-01. Default: this one.")] = None,
    csv_: Annotated[Path | None, typer.Option("--csv", help="Write the rows to a file.")] = None,
    prices: Annotated[
        Path | None, typer.Option(help="Your own: AWS's price list as JSON, or a CSV.")
    ] = None,
    stack: Annotated[str, typer.Option(help="The name of the stack.")] = "lowtide-dev",
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")] = None,
) -> None:
    """Show the hours asleep and awake of each endpoint in a month, and what they are worth.

    Exit code 1: an endpoint cannot be read, or the file has an error.
    """
    own = files.prices(prices)
    request = {"action": "savings"} | ({"month": month} if month else {})
    answer = ask(request, stack, profile, region)
    where = _region(profile, region)
    rows = list(_rows(answer, where, own))
    console = SafeConsole(highlight=False)
    for line in _lines(answer, rows):
        console.print(line)
    if csv_ is not None:
        _write(csv_, answer["month"], rows)
    errors = [f"Left out of the file: {error}" for error in answer["errors"]]
    errors += [
        f"{each['endpoint']} cannot be read: {each['error']}"
        for each in answer["endpoints"]
        if "error" in each
    ]
    for error in errors:
        console.print(Text(error, "red"))
    raise typer.Exit(FAILED if errors else 0)


def _region(profile: str | None, region: str | None) -> str:
    # Imported here, so that `lowtide check` does not wait for boto3.
    import boto3

    return boto3.Session(profile_name=profile, region_name=region).region_name or ""


def _rows(answer: Mapping[str, Any], region: str, own: Prices) -> Iterator[Row]:
    for endpoint in answer["endpoints"]:
        for state in ("asleep", "awake"):
            if state in endpoint:
                spent = endpoint[state]
                by_type: Mapping[str, float] = spent["instance_hours_at_least"]
                yield Row(
                    endpoint["endpoint"],
                    state,
                    spent[f"hours_{state}"],
                    round(sum(by_type.values()), 2),
                    _usd(by_type, spent["usd_at_least"], region, own),
                )


def _usd(
    by_type: Mapping[str, float], of_file: float | None, region: str, own: Prices
) -> float | None:
    """By the prices given here, else by those of the file, else by the shipped ones."""
    if not own and of_file is not None:
        return of_file
    known = [(price(name, region, own), hours) for name, hours in by_type.items()]
    usd = [each.usd_per_hour * hours for each, hours in known if isinstance(each, Price)]
    return round(sum(usd), 2) if len(usd) == len(known) else None


def _lines(answer: Mapping[str, Any], rows: list[Row]) -> Iterator[str]:
    yield f"{answer['month']}, on the clock of each schedule"
    for row in rows:
        if row.state == "asleep":
            yield row.endpoint
        verb = "saved" if row.state == "asleep" else "cost"
        worth = "no price" if row.usd is None else f"{verb} at least ${row.usd:,.2f}"
        yield f"  {row.state:6} {row.hours:8,.1f} h {row.instance_hours:10,.1f} instance-h  {worth}"
    saved, cost = (
        sum(row.usd or 0.0 for row in rows if row.state == state) for state in ("asleep", "awake")
    )
    yield f"Saved at least ${saved:,.2f} of ${saved + cost:,.2f}, which always on would cost."
    if any(row.usd is None and row.instance_hours for row in rows):
        yield "Without the rows that have no price: --prices names them."
    yield from _NOTES


def _write(path: Path, month: str, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["month", *Row._fields])
        writer.writerows([month, *row] for row in rows)  # None is written as nothing
