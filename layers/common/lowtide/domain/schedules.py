"""When is a schedule awake? In its `open` spans, and while any of its windows is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from lowtide.domain.cron import Fire
from lowtide.domain.windows import (
    FARTHEST,
    Instruction,
    Window,
    closures_between,
    latest,
    starts_after,
    stops_after,
)

# Bounds the work where windows join for ever: two that share each day are seen 50 days ahead.
_MOST_LEAPS = 100
_INSTANT = timedelta(microseconds=1)
_CLOSURES_SHOWN = 3
_CLOSURES_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Span:
    """Awake in [start, stop), whatever the windows say."""

    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True)
class Schedule:
    """Without windows, always awake. `timezone` is the clock that reasons are told in."""

    windows: tuple[Window, ...]
    timezone: ZoneInfo
    extra: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Transition:
    """From this instant on; `because` names the instruction."""

    at: datetime
    awake: bool
    because: str


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


def is_awake(schedule: Schedule, now: datetime) -> bool:
    if not schedule.windows or extra_span(schedule, now):
        return True
    return any(opened(window, now) for window in schedule.windows)


def next_change(schedule: Schedule, now: datetime) -> Transition | None:
    """The first after `now`; None where none is in sight."""
    return _look_ahead(schedule, now.astimezone(UTC))[0]


def transitions(
    schedule: Schedule, start: datetime, end: datetime, most: int | None = None
) -> Iterator[Transition]:
    """Every change at an instant in [start, end), oldest first; `most` bounds the work."""
    before = start.astimezone(UTC) - _INSTANT
    awake = is_awake(schedule, before)
    newest = {window: latest(window, before) for window in schedule.windows}
    happenings = islice(_happenings(schedule, before, end.astimezone(UTC)), most)
    for at, found in groupby(happenings, key=lambda happening: happening[0]):
        last = {item.window: item for _, item in found if item}  # the last of each window rules
        changed = [item for window, item in last.items() if item.starts != _opens(newest[window])]
        newest |= last
        wanted = any(map(_opens, newest.values())) or extra_span(schedule, at) is not None
        if schedule.windows and wanted != awake:
            awake = wanted
            yield Transition(at, awake, _because(changed, awake))


def outlook(schedule: Schedule, now: datetime) -> Outlook:
    asked = now.astimezone(UTC)
    change, until = _look_ahead(schedule, asked)
    return Outlook(
        asked=asked,
        awake=is_awake(schedule, asked),
        because=_state(schedule, change, asked),
        change=change,
        until=until,
        timezone=schedule.timezone,
    )


def clock(instant: datetime, timezone: ZoneInfo) -> str:
    """As people in this time zone read it."""
    return f"{instant.astimezone(timezone):%a %d %b %H:%M %Z}"


def extra_span(schedule: Schedule, now: datetime) -> Span | None:
    instant = now.astimezone(UTC)  # of two times of one zone, Python compares the wall clock
    return next((span for span in schedule.extra if span.start <= instant < span.stop), None)


def opened(window: Window, now: datetime) -> Fire | None:
    """The start that has held the window open until now."""
    last = latest(window, now)
    return last.fire if last and last.starts else None


def _look_ahead(schedule: Schedule, now: datetime) -> tuple[Transition | None, datetime]:
    """The next change, and until when the state at `now` holds."""
    farthest = now + FARTHEST
    if not schedule.windows:
        return None, farthest
    seek = _falls_asleep if is_awake(schedule, now) else _wakes
    changes, until = seek(schedule, now, farthest)
    if not changes:
        return None, until
    return next(transitions(schedule, until, until + _INSTANT)), until


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


def _opens(instruction: Instruction | None) -> bool:
    return instruction is not None and instruction.starts


def _happenings(
    schedule: Schedule, after: datetime, end: datetime
) -> Iterator[tuple[datetime, Instruction | None]]:
    """When anything may change, in order; no instruction where an `open` span begins or ends."""
    streams = [
        stream(window, after, end)
        for window in schedule.windows
        for stream in (starts_after, stops_after)
    ]
    instructions = merge(*streams, key=lambda instruction: instruction.order)
    edges = sorted(at.astimezone(UTC) for span in schedule.extra for at in (span.start, span.stop))
    return merge(
        ((instruction.fire.at, instruction) for instruction in instructions),
        ((at, None) for at in edges if after < at < end),
        key=lambda happening: happening[0],
    )


def _because(changed: Sequence[Instruction], awake: bool) -> str:
    """`changed`: the instructions that opened or closed a window."""
    cause = next((item for item in reversed(changed) if item.starts is awake), None)
    if cause is None:
        return f"an `open` span {'begins' if awake else 'ends'}"
    verb, cron = ("opens", cause.window.start) if awake else ("closes", cause.window.stop)
    return f"the window {verb}: {cron.text}{_shifted(cause)}"


def _shifted(instruction: Instruction) -> str:
    """Where the local clock jumps over the minute that was named."""
    fire, zone = instruction.fire, instruction.window.timezone
    if fire.at.astimezone(zone).replace(tzinfo=None) == fire.local:
        return ""
    return f" ({fire.local:%H:%M} does not exist on this day)"


def _state(schedule: Schedule, change: Transition | None, now: datetime) -> str:
    """Why it is as it is, told so that it stays true until the change."""
    if not schedule.windows:
        return "the schedule is `always`"
    if span := extra_span(schedule, now):
        return f"an `open` span lasts until {clock(span.stop, schedule.timezone)}"
    starts = [start.at for window in schedule.windows if (start := opened(window, now))]
    if starts:
        return f"the window opened {clock(min(starts), schedule.timezone)}"
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
        if window.closed
        for closure in closures_between(window, _last_stop(window, start, now), end)
    }
    return list(found)[:_CLOSURES_SHOWN]


def _last_stop(window: Window, start: datetime, now: datetime) -> datetime:
    last = latest(window, now)
    return max(start, last.fire.at) if last else start
