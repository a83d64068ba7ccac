"""An explanation in words and as JSON: the control function and the command say the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lowtide.domain.schedule.explanation import Explanation, Layer, WindowState
from lowtide.domain.wording import clock, in_utc
from lowtide.workflows.control.preview import as_json


@dataclass(frozen=True, slots=True)
class Told:
    """What one layer says; the first that decides beats those after it."""

    layer: Layer
    says: tuple[str, ...]


def told(found: Explanation, without_override: str) -> tuple[Told, ...]:
    """`without_override`: what is to be said where none is known to hold."""
    timezone = found.schedule_state.timezone
    override = found.override.describe(timezone) if found.override else without_override
    return (
        Told("override", (override,)),
        Told("open", (_open(found),)),
        Told("closed", _closed(found)),
        Told("windows", _windows(found)),
    )


def as_answer(name: str, found: Explanation, without_override: str) -> dict[str, Any]:
    change, since = found.change, found.since
    return {
        "endpoint": name,
        "at": in_utc(found.at),
        "timezone": str(found.schedule_state.timezone),
        "wish": state(found.desired.awake),
        "because": found.desired.reason,
        "schedule": state(found.schedule_state.awake),
        "in_lead": found.desired.early,
        "decides": found.decides,
        "since": {"at": in_utc(since.at), "because": since.because} if since else None,
        "next": as_json(change) if change else None,
        "create_at": in_utc(change.create_at) if change and change.create_at else None,
        "layers": [
            {"layer": t.layer, "decides": t.layer == found.decides, "says": list(t.says)}
            for t in told(found, without_override)
        ],
        "windows": [_window_json(window) for window in found.windows],
        "lost_starts": [
            {"at": in_utc(lost.at), "start": lost.window.start.text, "because": lost.reason}
            for lost in found.lost_starts
        ],
    }


def state(awake: bool) -> str:
    return "awake" if awake else "asleep"


def when(instant: datetime, found: Explanation) -> str:
    """On the clock of the schedule; with its year where that is another."""
    timezone = found.schedule_state.timezone
    there, here = instant.astimezone(timezone), found.at.astimezone(timezone)
    year = "" if there.year == here.year else f" {there.year}"
    return f"{clock(instant, timezone)}{year}"


def _open(found: Explanation) -> str:
    if found.span:
        return f"awake from {when(found.span.start, found)} to {when(found.span.stop, found)}"
    if found.next_span:
        return f"no span now; the next begins {when(found.next_span.start, found)}"
    return "no span now or later"


def _closed(found: Explanation) -> tuple[str, ...]:
    lost = tuple(
        f"{lost.reason}: takes away the start {when(lost.at, found)} ({lost.window.start.text})"
        for lost in found.lost_starts
    )
    return lost or ("takes no start away here",)


def _windows(found: Explanation) -> tuple[str, ...]:
    return tuple(_window(window, found) for window in found.windows) or (
        "the schedule is `always`: it has none",
    )


def _window(window: WindowState, found: Explanation) -> str:
    begun, ended = (
        when(instant, found) if instant else "none in the last five years"
        for instant in (window.last_start, window.last_stop)
    )
    is_now = "open" if window.is_open else "not open"
    return (
        f"{window.window.start.text} to {window.window.stop.text}: {is_now}; "
        f"last start {begun}, last stop {ended}"
    )


def _window_json(window: WindowState) -> dict[str, Any]:
    instants = {
        "last_start": window.last_start,
        "last_stop": window.last_stop,
        "next_start": window.next_start,
        "next_stop": window.next_stop,
    }
    return {
        "start": window.window.start.text,
        "stop": window.window.stop.text,
        "timezone": str(window.window.timezone),
        "open": window.is_open,
    } | {name: in_utc(instant) if instant else None for name, instant in instants.items()}
