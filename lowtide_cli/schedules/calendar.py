"""Weeks as calendars in the terminal: days across, hours down, minutes along each line."""

from collections.abc import Iterator
from itertools import islice

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lowtide.domain.schedule import Interval, Schedule
from lowtide_cli.schedules import wording
from lowtide_cli.schedules.costs import Fleet, hours
from lowtide_cli.schedules.days import Piece
from lowtide_cli.schedules.tables import grid
from lowtide_cli.schedules.weeks import Day, Kind, Week

CHANGES_SHOWN = 40
_LOOKS = {
    Kind.OUTSIDE: (" ", ""),
    Kind.AWAKE: ("█", "cyan"),
    Kind.OPEN: ("▓", "magenta"),
    Kind.CREATION: ("░", "yellow"),
    Kind.CLOSED: ("-", "red"),
}
_ASLEEP = ("·", "bright_black")
_SKIPPED = ("/", "bright_black")
_NOTHING = (" ", "")
_HOUR = 60
# The widest cells that fit; so many characters an hour, so many blanks between days.
_CELLS = ((12, 2), (6, 2), (3, 1))
_LABEL = len("00:00 ")


def show(week: Week, schedule: Schedule, fleet: Fleet, console: Console) -> None:
    console.print(Text(wording.title(week), "bold"))
    console.print(_grid(week, console.width))
    console.print(_legend(week))
    for day, note in wording.notes(week.days):
        console.print(f"{day.local.day:%a} {day.local.day.day} {day.local.day:%b}: {note}")
    console.print(_changes(week, schedule))
    console.print(wording.total(week.awake, week.period.length, fleet), style="bold")
    console.print()


def _grid(week: Week, width: int) -> Table:
    size, gap = next(
        ((s, g) for s, g in _CELLS if _LABEL + len(week.days) * (s + g) <= width), _CELLS[-1]
    )
    table = Table.grid(padding=(0, gap, 0, 0))
    table.add_row("", *(Text(f"{day.local.day:%a}", "bold") for day in week.days))
    table.add_row("", *(Text(_date(day, size), "bold") for day in week.days))
    painted = [_painted(day, _HOUR // size) for day in week.days]
    for hour, occurrence in _rows(week):
        label = f"{hour:02}:00" if occurrence < len(("first", "second")) else "again"
        cells = (_line(paint, hour, occurrence, _HOUR // size) for paint in painted)
        table.add_row(Text(label, "bright_black"), *cells)
    table.add_row("awake", *(Text(_sum(day, size), "bold") for day in week.days))
    return table


def _date(day: Day, size: int) -> str:
    shown = f"{day.local.day.day} {day.local.day:%b}"
    return shown if len(shown) <= size else str(day.local.day.day)


def _sum(day: Day, size: int) -> str:
    if not day.is_in_period:
        return ""
    shown = hours(day.awake)
    return shown if len(shown) <= size else shown.split("\N{NO-BREAK SPACE}")[0]


def _rows(week: Week) -> Iterator[tuple[int, int]]:
    """Hours of the clock; 2 for the second time that an hour of this week comes."""
    repeated = [day.local.repeated for day in week.days if day.local.repeated]
    first, last = repeated[0] if repeated else (0, 0)
    again = range(first // _HOUR, -(-last // _HOUR))
    for hour in range(24):
        yield hour, 1
        if again and hour == again[-1]:
            yield from ((repeated_hour, 2) for repeated_hour in again)


type _Paint = dict[tuple[int, int], tuple[str, str]]


def _painted(day: Day, step: int) -> _Paint:
    """Returns the look of each cell, by its first minute and its occurrence; what is shorter than
    a cell still fills it.
    """
    paint: _Paint = {}
    for piece in day.local.pieces(_whole(day)):
        _fill(paint, piece, step, _ASLEEP)
    for kind in (Kind.CLOSED, Kind.CREATION, Kind.AWAKE, Kind.OPEN, Kind.OUTSIDE):
        for block in day.blocks:
            if block.kind is kind:
                for piece in day.local.pieces(block.interval):
                    _fill(paint, piece, step, _LOOKS[kind])
    if day.local.skipped:
        _fill(paint, day.local.skipped, step, _SKIPPED)
    return paint


def _whole(day: Day) -> Interval:
    return Interval(day.local.start, day.local.stop)


def _fill(paint: _Paint, piece: Piece, step: int, look: tuple[str, str]) -> None:
    for minute in range(piece.start - piece.start % step, piece.stop, step):
        paint[minute, max(piece.occurrence, 1)] = look


def _line(paint: _Paint, hour: int, occurrence: int, step: int) -> Text:
    minutes = range(hour * _HOUR, (hour + 1) * _HOUR, step)
    return Text.assemble(*(paint.get((minute, occurrence), _NOTHING) for minute in minutes))


def _legend(week: Week) -> Text:
    names = {
        Kind.AWAKE: "awake",
        Kind.OPEN: "awake by `open`",
        Kind.CREATION: "being created",
        Kind.CLOSED: "closed",
    }
    present = {block.kind for day in week.days for block in day.blocks}
    parts = [(_LOOKS[kind], name) for kind, name in names.items() if kind in present]
    parts.append((_ASLEEP, "asleep"))
    if any(day.local.skipped for day in week.days):
        parts.append((_SKIPPED, "no such time"))
    return Text("   ").join(Text.assemble(look, f" {name}") for look, name in parts)


def _changes(week: Week, schedule: Schedule) -> Table:
    table = grid(4)
    if week.changes:
        heads = ("when", "to", "creation at", "because")
        table.add_row(*(Text(head, "bright_black") for head in heads))
    for change in islice(week.changes, CHANGES_SHOWN):
        state = Text("awake", "cyan") if change.awake else Text("asleep", "bright_black")
        created = wording.creation(change, schedule)
        table.add_row(wording.moment(change.at, schedule), state, created, change.because)
    left = len(week.changes) - CHANGES_SHOWN
    if left > 0:
        table.add_row("", "", "", f"and {left} more: --json lists them all")
    return table
