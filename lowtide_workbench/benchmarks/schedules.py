"""The bench of schedules: evaluations a second, against one croniter call an endpoint."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, islice, product
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from croniter import croniter
from rich.console import Console
from rich.table import Table

from lowtide.domain.schedule import Schedule, Window, parse_cron
from lowtide.workflows.schedule_cache import ScheduleCache

_ZONE = ZoneInfo("America/New_York")
_FIRST = datetime(2026, 11, 23, 7, 58, tzinfo=_ZONE)  # a Monday
_MINUTE = timedelta(minutes=1)
_DAYS_BESIDE_MONDAY = ("TUE", "WED", "THU", "FRI", "SAT", "SUN")


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
    with console.status("Measuring"):
        paces = measure(endpoints)
    console.print(_table(paces))


def measure(endpoints: int) -> tuple[Pace, ...]:
    """croniter first, which the others are compared with."""
    schedules = list(islice(_schedules(), endpoints))
    cache = ScheduleCache()

    def at(now: datetime) -> Callable[[Schedule], object]:
        return lambda schedule: cache.state_at(schedule, now)

    return (
        _pace("croniter, parsed and called once", schedules, _one_call),
        _pace("the first minute, nothing cached", schedules, at(_FIRST)),
        _pace("a steady minute", schedules, at(_FIRST + _MINUTE)),
        _pace("Monday 08:00, all change", schedules, at(_FIRST + 2 * _MINUTE)),
    )


def _pace(what: str, schedules: Sequence[Schedule], evaluate: Callable[[Schedule], object]) -> Pace:
    """In processor time, which other programs do not lengthen."""
    began = time.process_time()
    for schedule in schedules:
        evaluate(schedule)
    return Pace(what, len(schedules), time.process_time() - began)


def _one_call(schedule: Schedule) -> object:
    """The least that a program without a cache would do."""
    return croniter(schedule.windows[0].start.text, _FIRST).get_next(datetime)


def _schedules() -> Iterator[Schedule]:
    """All of them open at 08:00 on Mondays; no two are equal."""
    others = (days for n in range(7) for days in combinations(_DAYS_BESIDE_MONDAY, n))
    starts = [parse_cron(f"0 8 * * {','.join(['MON', *days])}") for days in others]
    stops = [parse_cron(f"{minute} {hour} * * *") for hour in range(12, 24) for minute in range(60)]
    for stop, start in product(stops, starts):
        yield Schedule((Window(start, stop, _ZONE),), _ZONE)


def _table(paces: Sequence[Pace]) -> Table:
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_row("evaluations", "a second", "against croniter")
    for pace in paces:
        ratio = pace.each_second / paces[0].each_second
        table.add_row(pace.what, f"{pace.each_second:,.0f}", f"{ratio:,.2f} times")
    return table
