"""Weeks as one HTML file that needs nothing but itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from markupsafe import Markup

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.schedule import Interval, Schedule
from lowtide_cli.schedules import wording
from lowtide_cli.schedules.costs import Fleet, dollars, hours
from lowtide_cli.schedules.days import MINUTES, Piece
from lowtide_cli.schedules.weeks import Day, Kind, Week
from lowtide_cli.templates import template

HERE = Path(__file__).parent
CHANGES_SHOWN = 200
_ROOM_FOR_WORDS = 85  # minutes; in a lower box they would not fit
_NAMES = {
    Kind.AWAKE: "Awake",
    Kind.OPEN: "Awake by an open period",
    Kind.CREATION: "Being created",
    Kind.CLOSED: "Closed: would be awake",
    Kind.OUTSIDE: "Outside the period",
}
_NO_TIME = "skipped"
_AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Box:
    """Its place in its day, in percent of the height and of the width."""

    look: str
    top: float
    height: float
    left: float
    width: float
    words: str
    hint: str


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str


def write(
    managed: ManagedEndpoint, weeks: Sequence[Week], period: Interval, fleet: Fleet, path: Path
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_render(managed, weeks, period, fleet), encoding="utf-8")


def _render(managed: ManagedEndpoint, weeks: Sequence[Week], period: Interval, fleet: Fleet) -> str:
    schedule = managed.schedule
    awake = sum((week.awake for week in weeks), timedelta(0))
    return template(HERE / "page.html").render(
        name=managed.name,
        timezone=str(schedule.timezone),
        period=_period(period, schedule),
        headline=f"{managed.name} is awake {hours(awake)} of {hours(period.length)}",
        windows=[f"{w.start.text} to {w.stop.text}" for w in schedule.windows],
        figures=list(_figures(awake, period, fleet)),
        basis=fleet.basis,
        weeks=[_week(week, schedule, fleet) for week in weeks],
        legend=list(_legend(weeks)),
        hours=range(0, 24, 3),
        css=Markup((HERE / "page.css").read_text(encoding="utf-8")),  # noqa: S704, our own file
    )


def _period(period: Interval, schedule: Schedule) -> str:
    first, last = (instant.astimezone(schedule.timezone) for instant in period)
    return f"{first:%a} {first.day} {first:%b %Y %H:%M} to {last:%a} {last.day} {last:%b %Y %H:%M}"


def _figures(awake: timedelta, period: Interval, fleet: Fleet) -> Iterator[Figure]:
    asleep = period.length - awake
    share = f"{awake / period.length:.0%} of the time"
    yield Figure("Awake", hours(awake), share)
    yield Figure("Asleep", hours(asleep), f"of {hours(period.length)}")
    usd, saved = fleet.usd(awake), fleet.usd(asleep)
    if usd is None or saved is None:
        return
    plural = "" if fleet.instances == 1 else "s"
    yield Figure("Costs at least", dollars(usd), f"{fleet.instances} instance{plural} while awake")
    yield Figure("Saved asleep", dollars(saved), "against always on")


def _week(week: Week, schedule: Schedule, fleet: Fleet) -> dict[str, object]:
    return {
        "title": wording.title(week),
        "summed": wording.total(week.awake, week.period.length, fleet),
        "days": [_day(day, schedule) for day in week.days],
        "notes": [
            (f"{day.local.day:%a} {day.local.day.day} {day.local.day:%b}", note)
            for day, note in wording.notes(week.days)
        ],
        "changes": [
            {
                "when": wording.moment(change.at, schedule),
                "to": "awake" if change.awake else "asleep",
                "created": wording.creation(change, schedule),
                "because": change.because,
            }
            for change in week.changes[:CHANGES_SHOWN]
        ],
        "more": max(len(week.changes) - CHANGES_SHOWN, 0),
    }


def _day(day: Day, schedule: Schedule) -> dict[str, object]:
    return {
        "weekday": f"{day.local.day:%a}",
        "date": f"{day.local.day.day} {day.local.day:%b}",
        "sum": hours(day.awake) if day.is_in_period else "",
        "shift": _shift(day),
        "closed": ", ".join(day.closed_reasons),
        "boxes": list(_boxes(day, schedule)),
    }


def _shift(day: Day) -> str:
    whole = timedelta(minutes=MINUTES)
    if day.local.length == whole:
        return ""
    return f"a day of {hours(day.local.length)}"


def _boxes(day: Day, schedule: Schedule) -> Iterator[Box]:
    for block in day.blocks:
        begin, end = (instant.astimezone(schedule.timezone) for instant in block.interval)
        hint = f"{_NAMES[block.kind]}: {begin:%a %H:%M %Z} to {end:%a %H:%M %Z}"
        pieces = list(day.local.pieces(block.interval))
        largest = max(pieces, key=lambda piece: piece.stop - piece.start)
        for piece in pieces:
            label = _label(block.kind, pieces) if piece is largest and _has_room(piece) else ""
            yield _box(block.kind, piece, label, hint)
    if skipped := day.local.skipped:
        hint = f"{wording.reading(skipped.start)} to {wording.reading(skipped.stop)} does not exist"
        yield _box(_NO_TIME, skipped, "no such time", hint)
    if repeated := day.local.repeated:
        first, last = repeated
        hint = f"{wording.reading(first)} to {wording.reading(last)} comes twice"
        yield _box(_AGAIN, Piece(first, last), "", hint)


def _has_room(piece: Piece) -> bool:
    return not piece.occurrence and piece.stop - piece.start >= _ROOM_FOR_WORDS


def _label(kind: Kind, pieces: Sequence[Piece]) -> str:
    match kind:
        case Kind.AWAKE | Kind.OPEN:
            first, last = pieces[0].start, pieces[-1].stop
            return f"{wording.reading(first)}\N{EN DASH}{wording.reading(last)}"
        case Kind.CLOSED:
            return "closed"
        case _:
            return ""


def _box(look: str, piece: Piece, label: str, hint: str) -> Box:
    """The two passes of a repeated hour are side by side."""
    left, width = {0: (0, 100), 1: (0, 50), 2: (50, 50)}[piece.occurrence]
    top, height = piece.start / MINUTES * 100, (piece.stop - piece.start) / MINUTES * 100
    return Box(str(look), round(top, 3), round(height, 3), left, width, label, hint)


def _legend(weeks: Sequence[Week]) -> Iterator[tuple[str, str]]:
    """What there is to see, and nothing else."""
    present = {block.kind for week in weeks for day in week.days for block in day.blocks}
    yield from ((kind.value, name) for kind, name in _NAMES.items() if kind in present)
    yield "asleep", "Asleep"
    days = [day.local for week in weeks for day in week.days]
    if any(day.skipped for day in days):
        yield _NO_TIME, "No such time: the clock goes forward"
    if any(day.repeated for day in days):
        yield _AGAIN, "Twice: the clock goes back; first pass left, second right"
