"""Weeks of a schedule as a calendar shows them; computed from its changes, never sampled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain

from lowtide.domain.schedule.forecast import Change, changes
from lowtide.domain.schedule.schedule import Schedule
from lowtide.domain.schedule.window import closed_starts
from lowtide_cli.schedules.days import LocalDay, local_day
from lowtide_cli.schedules.spans import Stretch, awake, total, within, without

WEEK = 7


class Kind(StrEnum):
    AWAKE = "awake"
    OPEN = "open"  # awake because of an `open` span only
    CREATION = "creation"
    CLOSED = "closed"  # asleep because of a closed date only
    OUTSIDE = "outside"  # of what was asked for


@dataclass(frozen=True, slots=True)
class Block:
    kind: Kind
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Day:
    local: LocalDay
    blocks: tuple[Block, ...]
    closures: tuple[str, ...]

    @property
    def is_asked(self) -> bool:
        outside = (block.stretch for block in self.blocks if block.kind is Kind.OUTSIDE)
        return total(outside) < self.local.length

    @property
    def awake(self) -> timedelta:
        kinds = (Kind.AWAKE, Kind.OPEN)
        return total(block.stretch for block in self.blocks if block.kind in kinds)


@dataclass(frozen=True, slots=True)
class Week:
    """`asked` is the part of it that was asked for: sums count only that."""

    days: tuple[Day, ...]
    changes: tuple[Change, ...]
    asked: Stretch

    @property
    def awake(self) -> timedelta:
        return sum((day.awake for day in self.days), timedelta(0))


def weeks(schedule: Schedule, start: datetime, end: datetime, lead: timedelta) -> Iterator[Week]:
    """Monday to Sunday, on the schedule's clock, each that has a part in [start, end)."""
    first = start.astimezone(schedule.timezone).date()
    monday = first - timedelta(days=first.weekday())
    while (week := _days(schedule, monday))[0].start < end:
        asked = Stretch(max(start, week[0].start), min(end, week[-1].stop))
        yield _week(schedule, week, asked, lead)
        monday += timedelta(days=WEEK)


def _days(schedule: Schedule, monday: date) -> list[LocalDay]:
    return [local_day(monday + timedelta(days=n), schedule.timezone) for n in range(WEEK)]


def _week(schedule: Schedule, days: list[LocalDay], asked: Stretch, lead: timedelta) -> Week:
    blocks = sorted(
        chain(_blocks(schedule, asked, lead), _outside(days, asked)),
        key=lambda block: block.stretch,
    )
    return Week(
        days=tuple(_day(schedule, day, blocks, asked) for day in days),
        changes=tuple(changes(schedule, *asked, lead)),
        asked=asked,
    )


def _day(schedule: Schedule, day: LocalDay, blocks: list[Block], asked: Stretch) -> Day:
    parts = (
        Block(block.kind, stretch)
        for block in blocks
        for stretch in within([block.stretch], day.start, day.stop)
    )
    return Day(day, tuple(parts), tuple(_closures(schedule, day, asked)))


def _blocks(schedule: Schedule, asked: Stretch, lead: timedelta) -> Iterator[Block]:
    up = list(awake(schedule, *asked))
    by_windows = (
        list(awake(replace(schedule, open_spans=()), *asked)) if schedule.open_spans else up
    )
    otherwise = awake(_never_closed(schedule), *asked) if _may_close(schedule) else ()
    creation = list(_creation(schedule, asked, lead))
    found = {
        Kind.AWAKE: by_windows,
        Kind.OPEN: without(up, by_windows),
        Kind.CREATION: creation,
        Kind.CLOSED: without(otherwise, sorted([*up, *creation])),
    }
    return (Block(kind, stretch) for kind, stretches in found.items() for stretch in stretches)


def _creation(schedule: Schedule, asked: Stretch, lead: timedelta) -> Iterator[Stretch]:
    coming = changes(schedule, asked.start, asked.stop + lead, lead)
    leads = (Stretch(c.create_at, c.at) for c in coming if c.create_at)
    return within(leads, *asked)


def _may_close(schedule: Schedule) -> bool:
    return any(window.closed for window in schedule.windows)


def _never_closed(schedule: Schedule) -> Schedule:
    windows = tuple(replace(window, closed=()) for window in schedule.windows)
    return replace(schedule, windows=windows)


def _outside(days: list[LocalDay], asked: Stretch) -> Iterator[Block]:
    whole = [Stretch(days[0].start, days[-1].stop)]
    return (Block(Kind.OUTSIDE, stretch) for stretch in without(whole, [asked]))


def _closures(schedule: Schedule, day: LocalDay, asked: Stretch) -> dict[str, None]:
    """What takes starts of this day away."""
    start, stop = max(day.start, asked.start), min(day.stop, asked.stop)
    found = (closed_starts(window, start, stop) for window in schedule.windows)
    return {closure.reason: None for _, closure in chain.from_iterable(found)}
