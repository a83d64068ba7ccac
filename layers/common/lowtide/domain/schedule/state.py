"""Whether a schedule is awake now, why, and when that changes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.cron import Fire
from lowtide.domain.schedule.schedule import (
    INSTANT,
    Schedule,
    Span,
    Transition,
    awake_because_of,
    is_awake,
    opened_by,
    transitions,
)
from lowtide.domain.schedule.window import (
    FARTHEST,
    closed_starts,
    day_edges_after,
    interruption,
    latest_edge,
    starts_after,
    stops_after,
)
from lowtide.domain.wording import clock

# Bounds the work where windows join for ever: two that share each day are seen 50 days ahead.
_MOST_LEAPS = 100
_PERIODS_SHOWN = 3
_PERIODS_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ScheduleState:
    """The state of a schedule in [at, until); it ends with `change`, if one is in sight.

    Without one, `until` is how far was looked.
    """

    at: datetime
    awake: bool
    because: str
    change: Transition | None
    until: datetime
    timezone: ZoneInfo

    def is_valid_at(self, now: datetime) -> bool:
        return self.at <= now < self.until


def next_change(schedule: Schedule, now: datetime) -> Transition | None:
    """Returns the first after `now`; None where none is in sight."""
    instant = now.astimezone(UTC)
    return _look_ahead(schedule, instant, is_awake(schedule, instant))[0]


def schedule_state(schedule: Schedule, now: datetime) -> ScheduleState:
    at = now.astimezone(UTC)
    cause = awake_because_of(schedule, at)
    awake = not schedule.windows or cause is not None
    change, until = _look_ahead(schedule, at, awake)
    because = _because(schedule, cause, change, at)
    return ScheduleState(at, awake, because, change, until, schedule.timezone)


def _look_ahead(
    schedule: Schedule, now: datetime, awake: bool
) -> tuple[Transition | None, datetime]:
    """Returns the next change, and until when the state at `now` is valid."""
    farthest = now + FARTHEST
    if not schedule.windows:
        return None, farthest
    seek = _falls_asleep if awake else _wakes
    changes, until = seek(schedule, now, farthest)
    if not changes:
        return None, until
    return next(transitions(schedule, until, until + INSTANT)), until


def _wakes(schedule: Schedule, now: datetime, farthest: datetime) -> tuple[bool, datetime]:
    """While it is asleep only starts matter, and closed dates that are over."""
    spans = (span.start.astimezone(UTC) for span in schedule.open_spans)
    first = min((start for start in spans if now < start < farthest), default=farthest)
    for window in schedule.windows:
        starts = (start.fire.at for start in starts_after(window, now, first))
        first = next((at for at in starts if opened_by(window, at)), first)
        day_edges = day_edges_after(window, now, first)
        first = next((edge.fire.at for edge in day_edges if edge.is_start), first)
    return first < farthest, first


def _falls_asleep(schedule: Schedule, now: datetime, farthest: datetime) -> tuple[bool, datetime]:
    """What is open stays open until its next stop: leap from one such instant to the next."""
    at = now
    for _ in range(_MOST_LEAPS):
        at = max(_open_until(schedule, at, farthest))
        if at >= farthest:
            return False, farthest
        if not is_awake(schedule, at):
            return True, at
    return False, at


def _open_until(schedule: Schedule, now: datetime, farthest: datetime) -> Iterator[datetime]:
    """Yields the end of each span, and the next stop or closed date of each window that is open at
    `now`.
    """
    yield from (s.stop.astimezone(UTC) for s in schedule.open_spans if s.start <= now < s.stop)
    for window in schedule.windows:
        if opened_by(window, now):
            stop = next(stops_after(window, now, farthest), None)
            last = stop.fire.at if stop else farthest
            day_edges = day_edges_after(window, now, last)
            yield next((edge.fire.at for edge in day_edges if not edge.is_start), last)


def _because(
    schedule: Schedule, cause: Span | Fire | None, change: Transition | None, now: datetime
) -> str:
    """The reason, in words that stay true until the change."""
    if not schedule.windows:
        return "the schedule is `always`"
    match cause:
        case Span(stop=stop):
            return f"an `open` span lasts until {clock(stop, schedule.timezone)}"
        case Fire(at=opened_at):
            return f"the window opened {clock(opened_at, schedule.timezone)}"
    if change is None:
        return "no window opens again"
    closed = "".join(f"; {reason}" for reason in _closed_reasons(schedule, change.at, now))
    return f"no window is open until {clock(change.at, schedule.timezone)}{closed}"


def _closed_reasons(schedule: Schedule, change: datetime, now: datetime) -> Sequence[str]:
    """Which closed periods keep windows shut that would open before the change, or would be open
    already.
    """
    start, end = now - _PERIODS_WITHIN, min(change, now + _PERIODS_WITHIN)
    reasons: dict[str, None] = {}
    for window in schedule.windows:
        if interrupted := interruption(window, now):
            reasons[interrupted[1].reason] = None
        edge = latest_edge(window, now)
        since = max(start, edge.fire.at) if edge else start
        reasons |= {period.reason: None for _, period in closed_starts(window, since, end)}
    return list(reasons)[:_PERIODS_SHOWN]
