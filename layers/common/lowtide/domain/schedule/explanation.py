"""Why a schedule is awake or asleep at an instant: layer by layer, in order of precedence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from typing import Literal

from lowtide.domain.schedule.cron import fires_until
from lowtide.domain.schedule.desired_state import DesiredState, desired_state
from lowtide.domain.schedule.forecast import Change, change_of
from lowtide.domain.schedule.override import Override
from lowtide.domain.schedule.schedule import (
    Schedule,
    Span,
    Transition,
    awake_because_of,
    is_awake,
    open_span_at,
    opened_by,
    transitions,
)
from lowtide.domain.schedule.state import ScheduleState, schedule_state
from lowtide.domain.schedule.window import (
    FARTHEST,
    Window,
    closed_midnights,
    closed_starts,
    interruption,
    latest_edge,
    starts_after,
    starts_until,
    stops_after,
)

type Layer = Literal["override", "open", "closed", "windows"]

_MINUTE = timedelta(minutes=1)
_LOST_WITHIN = timedelta(days=7)
_MOST_LOOKED_BACK = 1_000  # windows at instants, where most edges change nothing


@dataclass(frozen=True, slots=True)
class WindowState:
    """Starts on closed dates are not among the starts."""

    window: Window
    is_open: bool
    last_start: datetime | None
    last_stop: datetime | None
    next_start: datetime | None
    next_stop: datetime | None


@dataclass(frozen=True, slots=True)
class Closure:
    """What a closed date does to a window at an instant: it takes away a start, or interrupts the
    window from then on where that lasts longer than a day."""

    at: datetime
    window: Window
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`decides` names the layer; `since` is the last change, None where none was found."""

    at: datetime
    desired: DesiredState
    schedule_state: ScheduleState
    decides: Layer
    since: Transition | None
    change: Change | None
    override: Override | None
    span: Span | None
    next_span: Span | None
    lost_starts: tuple[Closure, ...]
    interruptions: tuple[Closure, ...]
    windows: tuple[WindowState, ...]


def explain(
    schedule: Schedule, at: datetime, lead_time: timedelta, override: Override | None = None
) -> Explanation:
    """`lead_time` is how long before the next start creation begins."""
    state = schedule_state(schedule, at)
    since = last_change(schedule, at)
    lost = tuple(_lost_starts(schedule, state, at))
    interruptions = tuple(_interruptions(schedule, at))
    active = override if override and at < override.until else None
    asleep_since = since.at if since else None
    return Explanation(
        at=at,
        desired=desired_state(state, active, at, lead_time),
        schedule_state=state,
        decides=_decides(schedule, at, active, lost, interruptions),
        since=since,
        change=change_of(state.change, asleep_since, lead_time) if state.change else None,
        override=active,
        span=open_span_at(schedule, at),
        next_span=min(
            (span for span in schedule.open_spans if span.start > at),
            key=lambda span: span.start,
            default=None,
        ),
        lost_starts=lost,
        interruptions=interruptions,
        windows=tuple(_window_state(window, at) for window in schedule.windows),
    )


def last_change(schedule: Schedule, at: datetime) -> Transition | None:
    """Returns the newest at or before this instant, within a bounded number of edges."""
    most = _MOST_LOOKED_BACK // max(1, len(schedule.windows))
    for instant in islice(_instants_until(schedule, at), most):
        change = next(transitions(schedule, instant, instant + _MINUTE), None)
        if change:
            return change
    return None


def _instants_until(schedule: Schedule, at: datetime) -> Iterator[datetime]:
    """Yields when it may have changed, newest first."""
    fires = [
        (fire.at for fire in fires_until(cron, window.timezone, at))
        for window in schedule.windows
        for cron in (window.start, window.stop)
    ]
    midnights = [
        (edge.fire.at for edge in edges if edge.fire.at <= at)
        for window in schedule.windows
        for edges in [closed_midnights(window, at - FARTHEST, at, newest_first=True)]
    ]
    span_edges = sorted(
        (edge for span in schedule.open_spans for edge in (span.start, span.stop) if edge <= at),
        reverse=True,
    )
    return (instant for instant, _ in groupby(merge(*fires, *midnights, span_edges, reverse=True)))


def _decides(
    schedule: Schedule,
    at: datetime,
    override: Override | None,
    lost: tuple[Closure, ...],
    interruptions: tuple[Closure, ...],
) -> Layer:
    if override:
        return "override"
    if isinstance(awake_because_of(schedule, at), Span):
        return "open"
    missed = interruptions or any(start.at <= at for start in lost)
    return "closed" if missed and not is_awake(schedule, at) else "windows"


def _lost_starts(schedule: Schedule, state: ScheduleState, at: datetime) -> Iterator[Closure]:
    """Yields those that would have opened a window since its last stop, or would open it before
    the next change.
    """
    end = min(state.change.at, at + _LOST_WITHIN) if state.change else at + _LOST_WITHIN
    for window in schedule.windows:
        edge = latest_edge(window, at)
        if not (edge and edge.is_start):
            stopped = edge.fire.at if edge else at - _LOST_WITHIN
            since = max(stopped, at - _LOST_WITHIN)
            for fire, period in closed_starts(window, since, end):
                yield Closure(fire.at, window, period.reason)


def _interruptions(schedule: Schedule, at: datetime) -> Iterator[Closure]:
    for window in schedule.windows:
        if interrupted := interruption(window, at):
            edge, period = interrupted
            yield Closure(edge.fire.at, window, period.reason)


def _window_state(window: Window, at: datetime) -> WindowState:
    farthest = at + FARTHEST
    start = next(starts_until(window, at, at - FARTHEST), None)
    stop = next(fires_until(window.stop, window.timezone, at), None)
    next_start = next(starts_after(window, at, farthest), None)
    next_stop = next(stops_after(window, at, farthest), None)
    return WindowState(
        window=window,
        is_open=opened_by(window, at) is not None,
        last_start=start.at if start else None,
        last_stop=stop.at if stop else None,
        next_start=next_start.fire.at if next_start else None,
        next_stop=next_stop.fire.at if next_stop else None,
    )
