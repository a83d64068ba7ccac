"""When a schedule is awake: in its `open` spans, and while any of its windows is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.cron import Fire
from lowtide.domain.schedule.window import (
    Window,
    WindowEdge,
    day_edges_after,
    latest_edge,
    starts_after,
    stops_after,
)

INSTANT = timedelta(microseconds=1)  # the least by which two instants differ


@dataclass(frozen=True, slots=True)
class Span:
    """Awake in [start, stop), whatever the windows say."""

    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """Without windows, always awake. Reasons give times in `timezone`."""

    windows: tuple[Window, ...]
    timezone: ZoneInfo
    open_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """From `at` on it is awake, or asleep.

    `because` names the edge of a window or of a span, or the closed date in a long window.
    `window` is the one that opens or closes; None for a span.
    """

    at: datetime
    awake: bool
    because: str
    window: Window | None


def is_awake(schedule: Schedule, now: datetime) -> bool:
    return not schedule.windows or awake_because_of(schedule, now) is not None


def awake_because_of(schedule: Schedule, now: datetime) -> Span | Fire | None:
    """Returns the `open` span, or else the start of a window, that keeps it awake at `now`."""
    if span := open_span_at(schedule, now):
        return span
    starts = (opened_by(window, now) for window in schedule.windows)
    return next((start for start in starts if start), None)


def transitions(
    schedule: Schedule, start: datetime, end: datetime, most_edges: int | None = None
) -> Iterator[Transition]:
    """Yields every change at an instant in [start, end), oldest first; `most_edges` bounds the
    work.
    """
    before = start.astimezone(UTC) - INSTANT
    awake = is_awake(schedule, before)
    is_open = {window: opened_by(window, before) is not None for window in schedule.windows}
    edges = islice(_edges(schedule, before, end.astimezone(UTC)), most_edges)
    for at, edges_at in groupby(edges, key=lambda item: item[0]):
        last = {edge.window: edge for _, edge in edges_at if edge}  # a window's last one decides
        changed = [edge for window, edge in last.items() if edge.is_start != is_open[window]]
        is_open |= {edge.window: edge.is_start for edge in changed}
        awake_now = any(is_open.values()) or open_span_at(schedule, at) is not None
        if schedule.windows and awake_now != awake:
            awake = awake_now
            cause = next((edge for edge in reversed(changed) if edge.is_start is awake), None)
            yield Transition(at, awake, _because(cause, awake), cause.window if cause else None)


def open_span_at(schedule: Schedule, now: datetime) -> Span | None:
    instant = now.astimezone(UTC)  # of two times of one zone, Python compares the wall clock
    return next((span for span in schedule.open_spans if span.start <= instant < span.stop), None)


def opened_by(window: Window, now: datetime) -> Fire | None:
    """Returns the start since which the window is open; None where it is shut."""
    edge = latest_edge(window, now)
    return edge.fire if edge and edge.is_start else None


def _edges(
    schedule: Schedule, after: datetime, end: datetime
) -> Iterator[tuple[datetime, WindowEdge | None]]:
    """Yields each instant at which it may change; None for an edge of an `open` span."""
    of_windows = merge(
        *(
            edges(window, after, end)
            for window in schedule.windows
            for edges in (day_edges_after, starts_after, stops_after)
        ),
        key=lambda edge: edge.order,
    )
    of_spans = sorted(
        at.astimezone(UTC) for span in schedule.open_spans for at in (span.start, span.stop)
    )
    return merge(
        ((edge.fire.at, edge) for edge in of_windows),
        ((at, None) for at in of_spans if after < at < end),
        key=lambda item: item[0],
    )


def _because(cause: WindowEdge | None, awake: bool) -> str:
    if cause is None:
        return f"an `open` span {'begins' if awake else 'ends'}"
    verb, cron = ("opens", cause.window.start) if awake else ("closes", cause.window.stop)
    if cause.closed is None:
        return f"the window {verb}: {cron.text}{_shifted(cause)}"
    if awake:
        return f"the window opens: {cron.text}, no longer {cause.closed.reason}"
    return f"the window closes: {cause.closed.reason}"


def _shifted(edge: WindowEdge) -> str:
    """Where the local clock jumps over the minute that the expression names."""
    fire, zone = edge.fire, edge.window.timezone
    if fire.at.astimezone(zone).replace(tzinfo=None) == fire.local:
        return ""
    return f" ({fire.local:%H:%M} does not exist on this day)"
