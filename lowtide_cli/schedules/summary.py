"""What a file manages, as tables and as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from lowtide.domain.endpoint import ManagedEndpoint, ManagedScaling, Metering
from lowtide.domain.schedule import ClosedDates, ClosedOn, PublicHolidays, Schedule
from lowtide.domain.wording import clock, in_utc
from lowtide_cli.schedules.tables import grid


def as_tables(endpoints: Iterable[ManagedEndpoint]) -> Iterator[RenderableType]:
    """Yields the name of each endpoint, on a line of its own, and a table of what it has."""
    for entry in endpoints:
        yield Text(entry.name, "bold")
        table = grid(2)
        for label, lines in _rows(entry):
            table.add_row(f"  {label}", "\n".join(lines))
        yield table


def _rows(entry: ManagedEndpoint) -> Iterator[tuple[str, list[str]]]:
    schedule, zone = entry.schedule, entry.schedule.timezone
    windows = [f"{w.start.text} to {w.stop.text}, {w.timezone}" for w in schedule.windows]
    if entry.mode == "observe":
        yield "mode", ["observe: everything is decided, nothing is changed"]
    yield "awake", windows or ["always"]
    if closed := [_closed_text(closed) for closed in _closed(schedule)]:
        yield "closed", closed
    if schedule.open_spans:
        yield (
            "open",
            [f"{clock(s.start, zone)} to {clock(s.stop, zone)}" for s in schedule.open_spans],
        )
    if entry.ready == "after-start":
        yield "ready", ["after-start: its creation begins when a window opens"]
    yield "created from", [entry.config_name or "the configuration last in use"]
    if entry.metering is None:
        yield "capacity", ["none given: not measured"]
        return
    capacities = entry.metering.capacities.by_type.items()
    yield "capacity", [f"{name}: {streams:g} streams" for name, streams in capacities]
    yield "published", [_published(entry.metering)]
    yield "scaling", [_scaling(entry.scaling)]


def _published(metering: Metering) -> str:
    names = ", ".join(sorted(metering.metrics)) or "nothing"
    return f"{names}, every {metering.resolution} seconds"


def _scaling(scaling: ManagedScaling | None) -> str:
    if scaling is None:
        return "as you set it up: without min and max Lowtide manages no scaling"
    count = f"{scaling.minimum} to {scaling.maximum} instances"
    if scaling.policy is None:
        return f"{count}; without a target Lowtide manages no policy"
    floors = ", with learned floors" if scaling.floors else ""
    lane = ", with a step policy" if scaling.policy.fast_lane else ""
    return f"{count}, at {scaling.policy.target:.0%} of the capacity{floors}{lane}"


def as_json(entry: ManagedEndpoint) -> dict[str, Any]:
    schedule = entry.schedule
    return {
        "name": entry.name,
        "timezone": str(schedule.timezone),
        "windows": [
            {"start": w.start.text, "stop": w.stop.text, "timezone": str(w.timezone)}
            for w in schedule.windows
        ],
        "closed": [_closed_json(closed) for closed in _closed(schedule)],
        "open": [{"from": in_utc(s.start), "to": in_utc(s.stop)} for s in schedule.open_spans],
        "ready": entry.ready,
        "config": entry.config_name,
        "capacity": dict(entry.metering.capacities.by_type) if entry.metering else None,
    }


def _closed(schedule: Schedule) -> list[ClosedOn]:
    """All windows of a schedule have the same."""
    return list(dict.fromkeys(closed for window in schedule.windows for closed in window.closed))


def _closed_text(closed: ClosedOn) -> str:
    match _closed_json(closed):
        case {"from": first, "to": last}:
            return first if first == last else f"{first} to {last}"
        case names:
            return f"public holidays, {'-'.join(names.values())}"


def _closed_json(closed: ClosedOn) -> dict[str, str]:
    match closed:
        case ClosedDates():
            return {"from": str(closed.first), "to": str(closed.last)}
        case PublicHolidays(country=country, subdivision=subdivision):
            return {"country": country} | ({"subdivision": subdivision} if subdivision else {})
        case _:
            msg = f"{type(closed).__name__} cannot be shown"
            raise TypeError(msg)
