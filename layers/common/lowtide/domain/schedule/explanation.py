"""Why does a schedule say what it says at an instant? Layer by layer, what beats what first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from typing import Literal

from lowtide.domain.schedule.cron import fires_until
from lowtide.domain.schedule.desired_state import DesiredState, desired_state
from lowtide.domain.schedule.forecast import Change, create_from
from lowtide.domain.schedule.override import Override
from lowtide.domain.schedule.schedule import (
    Schedule,
    Span,
    Transition,
    extra_span,
    is_awake,
    kept_awake_by,
    opened,
    transitions,
)
from lowtide.domain.schedule.state import Outlook, outlook
from lowtide.domain.schedule.window import (
    FARTHEST,
    Window,
    closed_starts,
    latest,
    starts_after,
    starts_until,
    stops_after,
)

type Layer = Literal["override", "open", "closed", "windows"]

_MINUTE = timedelta(minutes=1)
_LOST_WITHIN = timedelta(days=7)
_MOST_LOOKED_BACK = 1_000  # windows at instants, where most instructions change nothing


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
class LostStart:
    """A start that a closed date takes away."""

    at: datetime
    window: Window
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`decides` names the layer; `since` is None where no change is in sight behind."""

    at: datetime
    desired: DesiredState
    outlook: Outlook
    decides: Layer
    since: Transition | None
    change: Change | None
    override: Override | None
    span: Span | None
    next_span: Span | None
    lost_starts: tuple[LostStart, ...]
    windows: tuple[WindowState, ...]


def explain(
    schedule: Schedule, at: datetime, lead: timedelta, override: Override | None = None
) -> Explanation:
    """`lead` is how long before the next start creation begins."""
    seen = outlook(schedule, at)
    since = last_change(schedule, at)
    lost = tuple(_lost_starts(schedule, seen, at))
    active = override if override and at < override.until else None
    return Explanation(
        at=at,
        desired=desired_state(seen, active, at, lead),
        outlook=seen,
        decides=_decides(schedule, at, active, lost),
        since=since,
        change=_change(seen, since, lead),
        override=active,
        span=extra_span(schedule, at),
        next_span=min(
            (span for span in schedule.extra if span.start > at),
            key=lambda span: span.start,
            default=None,
        ),
        lost_starts=lost,
        windows=tuple(_state(window, at) for window in schedule.windows),
    )


def last_change(schedule: Schedule, at: datetime) -> Transition | None:
    """The newest at or before this instant, within a bounded number of instructions."""
    most = _MOST_LOOKED_BACK // max(1, len(schedule.windows))
    for instant in islice(_instants_until(schedule, at), most):
        found = next(transitions(schedule, instant, instant + _MINUTE), None)
        if found:
            return found
    return None


def _instants_until(schedule: Schedule, at: datetime) -> Iterator[datetime]:
    """When anything may have changed, newest first."""
    fires = [
        (fire.at for fire in fires_until(cron, window.timezone, at))
        for window in schedule.windows
        for cron in (window.start, window.stop)
    ]
    edges = sorted(
        (edge for span in schedule.extra for edge in (span.start, span.stop) if edge <= at),
        reverse=True,
    )
    return (instant for instant, _ in groupby(merge(*fires, edges, reverse=True)))


def _decides(
    schedule: Schedule, at: datetime, override: Override | None, lost: tuple[LostStart, ...]
) -> Layer:
    if override:
        return "override"
    if isinstance(kept_awake_by(schedule, at), Span):
        return "open"
    missed = any(start.at <= at for start in lost)
    return "closed" if missed and not is_awake(schedule, at) else "windows"


def _change(seen: Outlook, since: Transition | None, lead: timedelta) -> Change | None:
    coming = seen.change
    if coming is None:
        return None
    slept = since.at if since else None
    create_at = create_from(coming.at, slept, lead) if coming.awake else None
    return Change(coming.at, coming.awake, coming.because, create_at)


def _lost_starts(schedule: Schedule, seen: Outlook, at: datetime) -> Iterator[LostStart]:
    """From the last stop to the next change: what would have opened it, or would before then."""
    end = min(seen.change.at, at + _LOST_WITHIN) if seen.change else at + _LOST_WITHIN
    for window in schedule.windows:
        last = latest(window, at)
        if not (last and last.starts):
            stopped = last.fire.at if last else at - _LOST_WITHIN
            since = max(stopped, at - _LOST_WITHIN)
            for fire, closure in closed_starts(window, since, end):
                yield LostStart(fire.at, window, closure.reason)


def _state(window: Window, at: datetime) -> WindowState:
    farthest = at + FARTHEST
    start = next(starts_until(window, at, at - FARTHEST), None)
    stop = next(fires_until(window.stop, window.timezone, at), None)
    next_start = next(starts_after(window, at, farthest), None)
    next_stop = next(stops_after(window, at, farthest), None)
    return WindowState(
        window=window,
        is_open=opened(window, at) is not None,
        last_start=start.at if start else None,
        last_stop=stop.at if stop else None,
        next_start=next_start.fire.at if next_start else None,
        next_stop=next_stop.fire.at if next_stop else None,
    )
