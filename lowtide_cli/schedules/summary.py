"""What a file manages, as a table and as JSON."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text

from lowtide.domain.endpoint.managed import ManagedEndpoint
from lowtide.domain.endpoint.metering import Metering
from lowtide.domain.endpoint.scaling_policy import ManagedScaling
from lowtide.domain.schedule.closed_dates import ClosedDates, ClosedOn, PublicHolidays
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.wording import clock, in_utc


def as_table(endpoints: Iterable[ManagedEndpoint]) -> Table:
    table = Table.grid(padding=(0, 2))
    for entry in endpoints:
        windows = [f"{w.start.text} to {w.stop.text}, {w.timezone}" for w in entry.schedule.windows]
        by_type = entry.metering.capacities.by_type if entry.metering else {}
        capacities = [f"{name}: {streams:g} streams" for name, streams in by_type.items()]
        table.add_row(Text(entry.name, "bold"))
        table.add_row("  awake", "\n".join(windows) or "always")
        for label, lines in _exceptions(entry.schedule).items():
            table.add_row(f"  {label}", "\n".join(lines))
        if entry.ready == "after-start":
            table.add_row("  ready", "after-start: its creation begins when a window opens")
        table.add_row("  created from", entry.config_name or "what was last in use")
        table.add_row("  capacity", "\n".join(capacities) or "none given: not measured")
        if entry.metering:
            table.add_row("  published", _published(entry.metering))
            table.add_row("  scaling", _scaling(entry.scaling))
    return table


def _published(metering: Metering) -> str:
    names = ", ".join(sorted(metering.metrics)) or "nothing"
    return f"{names}, every {metering.resolution} seconds"


def _scaling(scaling: ManagedScaling | None) -> str:
    if scaling is None:
        return "as you set it up: without min and max Lowtide keeps none"
    count = f"{scaling.minimum} to {scaling.maximum} instances"
    if scaling.policy is None:
        return f"{count}; without a target Lowtide keeps no policy"
    lane = ", with a fast lane" if scaling.policy.fast_lane else ""
    return f"{count}, at {scaling.policy.target:.0%} of the capacity{lane}"


def as_json(entry: ManagedEndpoint) -> dict[str, Any]:
    schedule = entry.schedule
    return {
        "name": entry.name,
        "timezone": str(schedule.timezone),
        "windows": [
            {"start": w.start.text, "stop": w.stop.text, "timezone": str(w.timezone)}
            for w in schedule.windows
        ],
        "closed": [_closing_json(closing) for closing in _closings(schedule)],
        "open": [{"from": in_utc(s.start), "to": in_utc(s.stop)} for s in schedule.open_spans],
        "ready": entry.ready,
        "config": entry.config_name,
        "capacity": dict(entry.metering.capacities.by_type) if entry.metering else None,
    }


def _exceptions(schedule: Schedule) -> dict[str, list[str]]:
    zone = schedule.timezone
    found = {
        "closed": [_closing_text(closing) for closing in _closings(schedule)],
        "open": [f"{clock(s.start, zone)} to {clock(s.stop, zone)}" for s in schedule.open_spans],
    }
    return {label: lines for label, lines in found.items() if lines}


def _closings(schedule: Schedule) -> list[ClosedOn]:
    """All windows of a schedule have the same."""
    return list(dict.fromkeys(c for window in schedule.windows for c in window.closed))


def _closing_text(closing: ClosedOn) -> str:
    match _closing_json(closing):
        case {"from": first, "to": last}:
            return first if first == last else f"{first} to {last}"
        case names:
            return f"public holidays, {'-'.join(names.values())}"


def _closing_json(closing: ClosedOn) -> dict[str, str]:
    match closing:
        case ClosedDates():
            return {"from": str(closing.first), "to": str(closing.last)}
        case PublicHolidays(country=country, subdivision=subdivision):
            return {"country": country} | ({"subdivision": subdivision} if subdivision else {})
        case _:
            msg = f"{type(closing).__name__} cannot be shown"
            raise TypeError(msg)
