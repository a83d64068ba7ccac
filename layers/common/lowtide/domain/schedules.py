"""When is a schedule awake? In its `open` spans, and while any of its windows is open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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

# Bounds the work where windows join for ever: some seconds, reached by no schedule of a person.
_MOST_INSTRUCTIONS = 50_000
_MINUTE = timedelta(minutes=1)
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
    """What a schedule says at `asked`; the same until `change`, if one is in sight."""

    asked: datetime
    awake: bool
    because: str
    change: Transition | None
    timezone: ZoneInfo

    def holds(self, now: datetime) -> bool:
        """Where no change is in sight it is asked for again the next day."""
        until = self.change.at if self.change else self.asked + timedelta(days=1)
        return self.asked <= now < until


def is_awake(schedule: Schedule, now: datetime) -> bool:
    if not schedule.windows or extra_span(schedule, now):
        return True
    return any(opened(window, now) for window in schedule.windows)


def next_change(schedule: Schedule, now: datetime) -> Transition | None:
    """The first after `now`; None where none is in sight, which is five years."""
    start = _minute(now) + _MINUTE
    return next(_changes(schedule, start, now + FARTHEST, _MOST_INSTRUCTIONS), None)


def transitions(
    schedule: Schedule, start: datetime, end: datetime, most: int | None = None
) -> Iterator[Transition]:
    """Every change at an instant in [start, end), oldest first; `most` bounds the work."""
    return _changes(schedule, start, end, most)


def _changes(
    schedule: Schedule, start: datetime, end: datetime, most: int | None
) -> Iterator[Transition]:
    """`most`: how many instructions are looked at."""
    before = _minute(start - timedelta(microseconds=1))
    newest = {window: latest(window, before) for window in schedule.windows}
    awake = _is_wanted(schedule, newest, before)
    happenings = islice(_happenings(schedule, before, end), most)
    for at, found in groupby(happenings, key=lambda happening: happening[0]):
        instructions = [instruction for _, instruction in found if instruction]
        newest |= {instruction.window: instruction for instruction in instructions}
        wanted = _is_wanted(schedule, newest, at)
        if schedule.windows and wanted != awake:
            awake = wanted
            yield Transition(at, awake, _because(schedule, instructions, at))


def _is_wanted(
    schedule: Schedule, newest: Mapping[Window, Instruction | None], at: datetime
) -> bool:
    windows_open = any(last and last.starts for last in newest.values())
    return bool(windows_open or extra_span(schedule, at))


def outlook(schedule: Schedule, now: datetime) -> Outlook:
    change = next_change(schedule, now)
    return Outlook(
        asked=now,
        awake=is_awake(schedule, now),
        because=_state(schedule, change, now),
        change=change,
        timezone=schedule.timezone,
    )


def clock(instant: datetime, timezone: ZoneInfo) -> str:
    """As people in this time zone read it."""
    return f"{instant.astimezone(timezone):%a %d %b %H:%M %Z}"


def extra_span(schedule: Schedule, now: datetime) -> Span | None:
    return next((span for span in schedule.extra if span.start <= now < span.stop), None)


def opened(window: Window, now: datetime) -> Fire | None:
    """The start that has held the window open until now."""
    last = latest(window, now)
    return last.fire if last and last.starts else None


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
    edges = sorted(at for span in schedule.extra for at in (span.start, span.stop))
    return merge(
        ((instruction.fire.at, instruction) for instruction in instructions),
        ((at, None) for at in edges if after < at < end),
        key=lambda happening: happening[0],
    )


def _because(schedule: Schedule, instructions: Sequence[Instruction], at: datetime) -> str:
    if instructions:
        last = instructions[-1]
        verb, cron = ("opens", last.window.start) if last.starts else ("closes", last.window.stop)
        return f"the window {verb}: {cron.text}{_shifted(last)}"
    return "an `open` span begins" if extra_span(schedule, at) else "an `open` span ends"


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


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)
