"""`lowtide simulate`: its options, the progress bar and where the page goes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lowtide import config
from lowtide.domain.endpoint import ManagedEndpoint
from lowtide_cli.schedules import files
from lowtide_cli.schedules.costs import USD_PER_HOUR
from lowtide_cli.terminal import SafeConsole

if TYPE_CHECKING:
    from lowtide.domain.schedule import Schedule
    from lowtide_workbench.simulate.model import play
    from lowtide_workbench.simulate.model.pools import Pool
    from lowtide_workbench.simulate.model.traffic import Traffic

console = SafeConsole(highlight=False)
_POOLS = ("ml.g6.2xlarge:10", "ml.g6e.2xlarge:20")


class Errors(StrEnum):
    """How often a pool has no capacity, in spells of one to six hours."""

    NONE = "none"
    LIGHT = "light"
    MILD = "mild"
    HEAVY = "heavy"


def simulate(
    source: Annotated[
        Path | None,
        typer.Argument(
            help="Calls, .csv or .csv.gz; or CloudWatch's TotalStreams, .json. "
            "Default: TotalStreams of the endpoint, read from CloudWatch."
        ),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="The file with the endpoint.")] = None,
    endpoint: Annotated[str | None, typer.Option(help="Whose hours and capacities hold.")] = None,
    pool: Annotated[
        list[str] | None, typer.Option(help="TYPE:STREAMS[:USD an hour], first pool first.")
    ] = None,
    objective: Annotated[
        float, typer.Option(min=0.01, max=50, help="Percent of the calls without room.")
    ] = 0.5,
    errors: Annotated[Errors, typer.Option(help="Capacity errors.")] = Errors.NONE,
    weeks: Annotated[int, typer.Option(min=1, max=8, help="Most weeks to score.")] = 4,
    seeds: Annotated[int, typer.Option(min=1, max=20, help="How often each is played.")] = 10,
    mean_call: Annotated[str, typer.Option(help="A call's mean length, without calls.")] = "5m",
    change_back: Annotated[
        bool,
        typer.Option(
            "--change-back",
            help="Replace fallback instances, if AWS removes those of the last pool first.",
        ),
    ] = False,
    folder: Annotated[Path, typer.Option(help="Where the page goes.")] = Path("build/simulate"),
    profile: Annotated[str | None, typer.Option(help="A profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="Default: as boto3 finds it.")] = None,
) -> None:
    """Play your own calls under several scaling policies, and compare what each costs."""
    # Imported here, so that the other commands do not wait for NumPy and plotly.
    from lowtide_workbench.simulate import page, terminal
    from lowtide_workbench.simulate.study import Setting, TooShortError, study
    from lowtide_workbench.traces.files import TraceError

    if (file is None) != (endpoint is None):
        files.refuse("--file and --endpoint belong together")
    managed = files.endpoint(file, endpoint) if file and endpoint else None
    prices = {**USD_PER_HOUR, **(config.load(file).prices if file else {})}
    minimum, target = _scaling_of(managed)
    setting = Setting(
        _pools(pool, managed, prices),
        least=minimum,
        target=target,
        objective=objective / 100,
        errors=errors,
        seeds=seeds,
        weeks=weeks,
        change_back=change_back,
        has_dates=source is None or source.suffix == ".json",
    )
    try:
        if source:
            traffic, schedule = _of_file(source, managed, mean_call)
        elif managed is None:
            files.refuse("give a file with calls; or --file and --endpoint, to read CloudWatch")
        else:
            traffic, schedule = _of_cloudwatch(managed, mean_call, profile, region)
        with _progress() as progress:
            result = study(traffic, schedule, setting, progress)
    except (TraceError, TooShortError) as error:
        files.refuse(str(error))
    terminal.show(result, console)
    page.write(result, source.name if source else str(endpoint), folder / "simulation.html")
    console.print(f"\nThe page with charts: {folder / 'simulation.html'}", soft_wrap=True)


def _scaling_of(managed: ManagedEndpoint | None) -> tuple[int, float]:
    """The file's minimum and target, or common ones."""
    scaling, metering = (managed.scaling, managed.metering) if managed else (None, None)
    target = metering.target if metering else None
    return scaling.minimum if scaling else 1, target or 0.75


def _pools(
    given: Sequence[str] | None, managed: ManagedEndpoint | None, prices: Mapping[str, float]
) -> "tuple[Pool, ...]":
    """Those that are given, or the file's in its order, or a common pair."""
    if not given and managed and managed.metering:
        given = [f"{name}:{c:g}" for name, c in managed.metering.capacities.by_type.items()]
    return tuple(_pool(text, prices) for text in given or _POOLS)


def _pool(text: str, prices: Mapping[str, float]) -> "Pool":
    from lowtide_workbench.simulate.model.pools import Pool

    name, _, rest = text.partition(":")
    streams, _, price = rest.partition(":")
    try:
        capacity = int(float(streams))
        made = Pool(name, capacity, float(price) if price else prices[name])
    except ValueError:
        files.refuse(f"--pool: {text!r}; write for example ml.g6.2xlarge:10:1.22")
    except KeyError:
        files.refuse(f"no price is known for {name}; write --pool {name}:{streams}:1.22")
    if made.capacity < 1 or made.usd_per_hour <= 0:
        files.refuse(f"--pool: {text!r}: expected at least 1 stream and a price above 0")
    return made


def _of_cloudwatch(
    managed: ManagedEndpoint, mean_call: str, profile: str | None, region: str | None
) -> "tuple[Traffic, Schedule]":
    from lowtide_workbench.simulate.cloudwatch import published_streams
    from lowtide_workbench.simulate.sources import BIAS, of_points

    points = published_streams(managed.name, profile, region, datetime.now(UTC))
    rebuilt = of_points(managed.name, points, files.duration("--mean-call", mean_call))
    console.print(f"Calls rebuilt from {len(points):,} points of {rebuilt.period_s} s. {BIAS}")
    return rebuilt.traffic, managed.schedule


def _of_file(
    source: Path, managed: ManagedEndpoint | None, mean_call: str
) -> "tuple[Traffic, Schedule]":
    from lowtide_workbench.simulate.hours import describe, on_any_date, schedule_of
    from lowtide_workbench.simulate.sources import BIAS, of_export, of_sessions
    from lowtide_workbench.traces.files import read

    if source.suffix == ".json":
        if managed is None:
            files.refuse(f"{source}: an export has no hours; give --file and --endpoint")
        rebuilt = of_export(source, files.duration("--mean-call", mean_call))
        console.print(f"Calls rebuilt from points of {rebuilt.period_s} s. {BIAS}")
        return rebuilt.traffic, managed.schedule
    sessions = read(source)
    schedule = on_any_date(managed.schedule) if managed else schedule_of(sessions)
    if managed is None:
        console.print(f"Open as the calls come: {describe(schedule)}.")
    return of_sessions(sessions), schedule


@contextmanager
def _progress() -> "Iterator[play.Progress]":
    columns = (TextColumn("Playing"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, every: bar.update(task, completed=done, total=every)
