"""What a schedule says now, why, and when that changes: found once, and kept until then."""

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
    is_awake,
    kept_awake_by,
    opened,
    transitions,
)
from lowtide.domain.schedule.window import (
    FARTHEST,
    Window,
    closed_starts,
    latest,
    starts_after,
    stops_after,
)
from lowtide.domain.wording import clock

# Bounds the work where windows join for ever: two that share each day are seen 50 days ahead.
_MOST_LEAPS = 100
_CLOSURES_SHOWN = 3
_CLOSURES_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a schedule says at `asked`; the same until `until`, with a change then if there is one.

    Without one, `until` is how far was looked.
    """

    asked: datetime
    awake: bool
    because: str
    change: Transition | None
    until: datetime
    timezone: ZoneInfo

    def holds(self, now: datetime) -> bool:
        return self.asked <= now < self.until


def next_change(schedule: Schedule, now: datetime) -> Transition | None:
    """The first after `now`; None where none is in sight."""
    instant = now.astimezone(UTC)
    return _look_ahead(schedule, instant, is_awake(schedule, instant))[0]


def outlook(schedule: Schedule, now: datetime) -> Outlook:
    asked = now.astimezone(UTC)
    kept = kept_awake_by(schedule, asked)
    awake = not schedule.windows or kept is not None
    change, until = _look_ahead(schedule, asked, awake)
    return Outlook(
        asked=asked,
        awake=awake,
        because=_state(schedule, kept, change, asked),
        change=change,
        until=until,
        timezone=schedule.timezone,
    )


def _look_ahead(
    schedule: Schedule, now: datetime, awake: bool
) -> tuple[Transition | None, datetime]:
    """The next change, and until when the state at `now` holds."""
    farthest = now + FARTHEST
    if not schedule.windows:
        return None, farthest
    seek = _falls_asleep if awake else _wakes
    changes, until = seek(schedule, now, farthest)
    if not changes:
        return None, until
    return next(transitions(schedule, until, until + INSTANT)), until


def _wakes(schedule: Schedule, now: datetime, farthest: datetime) -> tuple[bool, datetime]:
    """Only starts matter to who sleeps."""
    spans = (span.start.astimezone(UTC) for span in schedule.extra)
    first = min((start for start in spans if now < start < farthest), default=farthest)
    for window in schedule.windows:
        starts = (start.fire.at for start in starts_after(window, now, first))
        first = next((at for at in starts if opened(window, at)), first)
    return first < farthest, first


def _falls_asleep(schedule: Schedule, now: datetime, farthest: datetime) -> tuple[bool, datetime]:
    """What is open stays open until its next stop: from one such instant leap to the next."""
    at = now
    for _ in range(_MOST_LEAPS):
        at = max(_open_until(schedule, at, farthest))
        if at >= farthest:
            return False, farthest
        if not is_awake(schedule, at):
            return True, at
    return False, at


def _open_until(schedule: Schedule, now: datetime, farthest: datetime) -> Iterator[datetime]:
    """The end of each span and the next stop of each window that is open now."""
    yield from (s.stop.astimezone(UTC) for s in schedule.extra if s.start <= now < s.stop)
    for window in schedule.windows:
        if opened(window, now):
            stop = next(stops_after(window, now, farthest), None)
            yield stop.fire.at if stop else farthest


def _state(
    schedule: Schedule, kept: Span | Fire | None, change: Transition | None, now: datetime
) -> str:
    """Why it is as it is, told so that it stays true until the change."""
    if not schedule.windows:
        return "the schedule is `always`"
    match kept:
        case Span(stop=stop):
            return f"an `open` span lasts until {clock(stop, schedule.timezone)}"
        case Fire(at=opened_at):
            return f"the window opened {clock(opened_at, schedule.timezone)}"
    if change is None:
        return "no window opens again"
    closed = "".join(f"; {reason}" for reason in _closures(schedule, change.at, now))
    return f"no window is open until {clock(change.at, schedule.timezone)}{closed}"


def _closures(schedule: Schedule, change: datetime, now: datetime) -> Sequence[str]:
    """What keeps windows shut that would open before the change, or would be open already."""
    start, end = now - _CLOSURES_WITHIN, min(change, now + _CLOSURES_WITHIN)
    found = {
        closure.reason: None
        for window in schedule.windows
        for _, closure in closed_starts(window, _last_stop(window, start, now), end)
    }
    return list(found)[:_CLOSURES_SHOWN]


def _last_stop(window: Window, start: datetime, now: datetime) -> datetime:
    last = latest(window, now)
    return max(start, last.fire.at) if last else start
