"""How fast schedules are evaluated, against one croniter call for each endpoint."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, combinations, islice, product
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from croniter import croniter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from lowtide.domain.schedule.cron import parse
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import Window
from lowtide.workflows.schedule_cache import ScheduleCache
from lowtide_cli.schedules.files import stderr

_ZONE = ZoneInfo("America/New_York")
_FIRST = datetime(2026, 11, 23, 7, 58, tzinfo=_ZONE)  # a Monday
_MINUTE = timedelta(minutes=1)
_DAYS_BESIDE_MONDAY = ("TUE", "WED", "THU", "FRI", "SAT", "SUN")
_BATCH = 250


@dataclass(frozen=True, slots=True)
class Pace:
    what: str
    endpoints: int
    seconds: float

    @property
    def each_second(self) -> float:
        return self.endpoints / self.seconds


def bench_schedules(
    endpoints: Annotated[int, typer.Option(min=1, max=40_000, help="How many.")] = 10_000,
) -> None:
    """Evaluations a second of processor time: a minute of many endpoints, no two alike."""
    console = Console(markup=False, highlight=False)
    paces = measure(endpoints, progress=True)
    console.print(_table(paces))


def measure(endpoints: int, *, progress: bool = False) -> tuple[Pace, ...]:
    """croniter first: what the others are compared with."""
    schedules = list(islice(_schedules(), endpoints))
    cache = ScheduleCache()

    def minute(now: datetime) -> Callable[[Schedule], object]:
        return lambda schedule: cache.state_at(schedule, now)

    def timed(what: str, evaluate: Callable[[Schedule], object]) -> Pace:
        return _timed(what, schedules, evaluate, progress=progress)

    return (
        timed("croniter, made and asked once each", _one_call),
        timed("the first minute, nothing is kept", minute(_FIRST)),
        timed("a steady minute", minute(_FIRST + _MINUTE)),
        timed("Monday 08:00, every one changes", minute(_FIRST + 2 * _MINUTE)),
    )


def _timed(
    what: str,
    schedules: Sequence[Schedule],
    evaluate: Callable[[Schedule], object],
    *,
    progress: bool,
) -> Pace:
    batches = list(batched(schedules, _BATCH))
    shown = track(batches, what, console=stderr, transient=True) if progress else batches
    # Time of the processor: what other programs do makes nothing slower.
    return Pace(what, len(schedules), sum(_seconds(batch, evaluate) for batch in shown))


def _seconds(batch: Sequence[Schedule], evaluate: Callable[[Schedule], object]) -> float:
    began = time.process_time()
    for schedule in batch:
        evaluate(schedule)
    return time.process_time() - began


def _one_call(schedule: Schedule) -> object:
    """As a program does that remembers nothing."""
    return croniter(schedule.windows[0].start.text, _FIRST).get_next(datetime)


def _schedules() -> Iterator[Schedule]:
    """All of them open at 08:00 on Mondays; no two are equal."""
    others = (days for n in range(7) for days in combinations(_DAYS_BESIDE_MONDAY, n))
    starts = [parse(f"0 8 * * {','.join(['MON', *days])}") for days in others]
    stops = [parse(f"{minute} {hour} * * *") for hour in range(12, 24) for minute in range(60)]
    for stop, start in product(stops, starts):
        yield Schedule((Window(start, stop, _ZONE),), _ZONE)


def _table(paces: Sequence[Pace]) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_row("one minute", "a second", "against croniter")
    for pace in paces:
        ratio = pace.each_second / paces[0].each_second
        table.add_row(pace.what, f"{pace.each_second:,.0f}", f"{ratio:,.2f} times")
    return table
