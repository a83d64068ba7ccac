"""An explanation of a schedule in words and as JSON, for the control function and the command."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lowtide.domain.schedule import Explanation, Layer, WindowState
from lowtide.domain.wording import clock, in_utc
from lowtide.workflows.control.preview import as_json


@dataclass(frozen=True, slots=True)
class LayerReasons:
    """What one layer asks for; the first that decides wins."""

    layer: Layer
    says: tuple[str, ...]


def layers(explanation: Explanation, without_override: str) -> tuple[LayerReasons, ...]:
    """Returns the layers by precedence; `without_override` is said where there is no override."""
    timezone = explanation.schedule_state.timezone
    override = explanation.override.describe(timezone) if explanation.override else without_override
    return (
        LayerReasons("override", (override,)),
        LayerReasons("open", (_open(explanation),)),
        LayerReasons("closed", _closed(explanation)),
        LayerReasons("windows", _windows(explanation)),
    )


def as_answer(name: str, explanation: Explanation, without_override: str) -> dict[str, Any]:
    change, since = explanation.change, explanation.since
    return {
        "endpoint": name,
        "at": in_utc(explanation.at),
        "timezone": str(explanation.schedule_state.timezone),
        "desired_state": state(explanation.desired.awake),
        "because": explanation.desired.reason,
        "schedule": state(explanation.schedule_state.awake),
        "in_lead_time": explanation.desired.early,
        "decides": explanation.decides,
        "since": {"at": in_utc(since.at), "because": since.because} if since else None,
        "next": as_json(change) if change else None,
        "create_at": in_utc(change.create_at) if change and change.create_at else None,
        "layers": [
            {
                "layer": layer.layer,
                "decides": layer.layer == explanation.decides,
                "says": list(layer.says),
            }
            for layer in layers(explanation, without_override)
        ],
        "windows": [_window_json(window) for window in explanation.windows],
        "lost_starts": [
            {"at": in_utc(lost.at), "start": lost.window.start.text, "because": lost.reason}
            for lost in explanation.lost_starts
        ],
        "interruptions": [
            {
                "since": in_utc(closed.at),
                "start": closed.window.start.text,
                "because": closed.reason,
            }
            for closed in explanation.interruptions
        ],
    }


def state(awake: bool) -> str:
    return "awake" if awake else "asleep"


def when(instant: datetime, explanation: Explanation) -> str:
    """Returns `instant` in the schedule's zone, with its year if it is in another than `at`."""
    timezone = explanation.schedule_state.timezone
    there, here = instant.astimezone(timezone), explanation.at.astimezone(timezone)
    year = "" if there.year == here.year else f" {there.year}"
    return f"{clock(instant, timezone)}{year}"


def _open(explanation: Explanation) -> str:
    if span := explanation.span:
        return f"awake from {when(span.start, explanation)} to {when(span.stop, explanation)}"
    if explanation.next_span:
        return f"no span now; the next begins {when(explanation.next_span.start, explanation)}"
    return "none"


def _closed(explanation: Explanation) -> tuple[str, ...]:
    lost = tuple(
        f"{lost.reason}: cancels the start {when(lost.at, explanation)} ({lost.window.start.text})"
        for lost in explanation.lost_starts
    )
    interrupted = tuple(
        f"{closed.reason}: since {when(closed.at, explanation)}, in the window "
        f"{closed.window.start.text} to {closed.window.stop.text}"
        for closed in explanation.interruptions
    )
    return interrupted + lost or ("no start cancelled",)


def _windows(explanation: Explanation) -> tuple[str, ...]:
    return tuple(_window(window, explanation) for window in explanation.windows) or (
        "the schedule is `always`: it has none",
    )


def _window(window: WindowState, explanation: Explanation) -> str:
    begun, ended = (
        when(instant, explanation) if instant else "none in the last five years"
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
