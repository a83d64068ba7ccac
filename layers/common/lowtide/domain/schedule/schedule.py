"""When is a schedule awake? In its `open` spans, and while any of its windows is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.cron import Fire
from lowtide.domain.schedule.window import (
    Instruction,
    Window,
    latest,
    starts_after,
    stops_after,
)

INSTANT = timedelta(microseconds=1)


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


def is_awake(schedule: Schedule, now: datetime) -> bool:
    return not schedule.windows or kept_awake_by(schedule, now) is not None


def kept_awake_by(schedule: Schedule, now: datetime) -> Span | Fire | None:
    """An `open` span before the windows, from which `closed` dates have taken starts away."""
    if span := extra_span(schedule, now):
        return span
    return next((start for w in schedule.windows if (start := opened(w, now))), None)


def transitions(
    schedule: Schedule, start: datetime, end: datetime, most: int | None = None
) -> Iterator[Transition]:
    """Every change at an instant in [start, end), oldest first; `most` bounds the work."""
    before = start.astimezone(UTC) - INSTANT
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


def extra_span(schedule: Schedule, now: datetime) -> Span | None:
    instant = now.astimezone(UTC)  # of two times of one zone, Python compares the wall clock
    return next((span for span in schedule.extra if span.start <= instant < span.stop), None)


def opened(window: Window, now: datetime) -> Fire | None:
    """The start that has held the window open until now."""
    last = latest(window, now)
    return last.fire if last and last.starts else None


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
