"""`lowtide preview`: what a schedule is going to do, as a calendar, as JSON, as a page."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.schedule import Interval, changes, schedule_warnings
from lowtide.workflows.control.preview import as_json
from lowtide_cli.schedules import arguments, calendar, files
from lowtide_cli.schedules.costs import REGION, Fleet, fleet_of
from lowtide_cli.schedules.weeks import weeks
from lowtide_cli.schedules.wording import total
from lowtide_cli.terminal import SafeConsole

WEEK = timedelta(weeks=1)
ISO = "ISO 8601; without an offset in the schedule's time zone."


def preview(
    file: Annotated[Path, typer.Argument(help="What to manage, for example prod.yaml.")],
    endpoint: Annotated[str, typer.Option(help="Its name in the file.")],
    begin: Annotated[
        str | None, typer.Option("--from", help=f"{ISO} Default: Monday of this week.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help=f"{ISO} Default: a week later.")] = None,
    lead: Annotated[str, typer.Option(help="How long a creation takes.")] = "30m",
    json_: Annotated[bool, typer.Option("--json", help="Print the changes as JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page, too.")] = None,
    instance_type: Annotated[
        str | None, typer.Option(help="For the cost. Default: the first that has a capacity.")
    ] = None,
    instances: Annotated[int, typer.Option(min=1, help="For the cost.")] = 1,
    region: Annotated[str, typer.Option(help="For the cost.")] = REGION,
    prices: Annotated[
        Path | None, typer.Option(help="Your own: AWS's price list as JSON, or a CSV.")
    ] = None,
) -> None:
    """Show when an endpoint is going to be awake, and why."""
    managed = files.endpoint(file, endpoint)
    now = datetime.now(UTC)
    shown = _Shown(
        managed,
        arguments.period(begin, end, managed.schedule.timezone, now),
        files.duration("--lead", lead),
        fleet_of(managed, instance_type, instances, region, files.prices(prices)),
    )
    if json_:
        _print_changes(shown)
    else:
        _draw(shown, now)
    if html:
        _write(shown, html)
        files.stderr.print(f"The page: {html}", soft_wrap=True)


@dataclass(frozen=True, slots=True)
class _Shown:
    """`creation` is how long one takes."""

    managed: ManagedEndpoint
    period: Interval
    creation: timedelta
    fleet: Fleet

    @property
    def lead_time(self) -> timedelta:
        return arguments.lead_time(self.managed, self.creation)


def _print_changes(shown: _Shown) -> None:
    """Each as soon as it is computed: years take a while."""
    separator = "["
    for change in changes(shown.managed.schedule, *shown.period, shown.lead_time):
        typer.echo(f"{separator}\n  {json.dumps(as_json(change))}", nl=False)
        separator = ","
    typer.echo("[]" if separator == "[" else "\n]")


def _draw(shown: _Shown, now: datetime) -> None:
    console = SafeConsole(highlight=False)
    schedule, fleet = shown.managed.schedule, shown.fleet
    console.print(f"{shown.managed.name}, times in {schedule.timezone}\n")
    awake, count = timedelta(0), 0
    for week in weeks(schedule, *shown.period, shown.lead_time):
        calendar.show(week, schedule, fleet, console)
        awake, count = awake + week.awake, count + 1
    if count > 1:
        console.print(f"In all {total(awake, shown.period.length, fleet)}", style="bold")
    console.print(fleet.basis)
    for warning in schedule_warnings(schedule, shown.creation, now):
        console.print(f"Warning: {warning.message}", style="yellow")


def _write(shown: _Shown, path: Path) -> None:
    from lowtide_cli.schedules import page  # jinja2 is for pages only

    drawn = track(
        weeks(shown.managed.schedule, *shown.period, shown.lead_time),
        description="Drawing weeks",
        total=-(-shown.period.length // WEEK),
        console=files.stderr,
        transient=True,
        disable=not files.stderr.is_terminal,
    )
    page.write(shown.managed, list(drawn), shown.period, shown.fleet, path)
