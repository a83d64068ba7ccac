"""Weeks of a schedule as a calendar shows them; computed from its changes, never sampled."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain

from lowtide.domain.schedule import (
    Change,
    Interval,
    Schedule,
    awake_intervals,
    changes,
    closed_starts,
    day_edges_after,
    interruption,
)
from lowtide_cli.schedules.days import LocalDay, local_day
from lowtide_cli.schedules.intervals import total, within, without

WEEK = 7


class Kind(StrEnum):
    AWAKE = "awake"
    OPEN = "open"  # awake because of an `open` span only
    CREATION = "creation"
    CLOSED = "closed"  # asleep because of a closed date only
    OUTSIDE = "outside"  # of the period that was asked for


@dataclass(frozen=True, slots=True)
class Block:
    kind: Kind
    interval: Interval


@dataclass(frozen=True, slots=True)
class Day:
    local: LocalDay
    blocks: tuple[Block, ...]
    closed_reasons: tuple[str, ...]

    @property
    def is_in_period(self) -> bool:
        outside = (block.interval for block in self.blocks if block.kind is Kind.OUTSIDE)
        return total(outside) < self.local.length

    @property
    def awake(self) -> timedelta:
        kinds = (Kind.AWAKE, Kind.OPEN)
        return total(block.interval for block in self.blocks if block.kind in kinds)


@dataclass(frozen=True, slots=True)
class Week:
    """`period` is the part of the week that was asked for: sums count only that."""

    days: tuple[Day, ...]
    changes: tuple[Change, ...]
    period: Interval

    @property
    def awake(self) -> timedelta:
        return sum((day.awake for day in self.days), timedelta(0))


def weeks(
    schedule: Schedule, start: datetime, end: datetime, lead_time: timedelta
) -> Iterator[Week]:
    """Monday to Sunday, on the schedule's clock, each that has a part in [start, end)."""
    first = start.astimezone(schedule.timezone).date()
    monday = first - timedelta(days=first.weekday())
    while (week := _days(schedule, monday))[0].start < end:
        period = Interval(max(start, week[0].start), min(end, week[-1].stop))
        yield _week(schedule, week, period, lead_time)
        monday += timedelta(days=WEEK)


def _days(schedule: Schedule, monday: date) -> list[LocalDay]:
    return [local_day(monday + timedelta(days=n), schedule.timezone) for n in range(WEEK)]


def _week(schedule: Schedule, days: list[LocalDay], period: Interval, lead_time: timedelta) -> Week:
    blocks = sorted(
        chain(_blocks(schedule, period, lead_time), _outside(days, period)),
        key=lambda block: block.interval,
    )
    return Week(
        days=tuple(_day(schedule, day, blocks, period) for day in days),
        changes=tuple(changes(schedule, *period, lead_time)),
        period=period,
    )


def _day(schedule: Schedule, day: LocalDay, blocks: list[Block], period: Interval) -> Day:
    parts = (
        Block(block.kind, interval)
        for block in blocks
        for interval in within([block.interval], day.start, day.stop)
    )
    return Day(day, tuple(parts), tuple(_closed_reasons(schedule, day, period)))


def _blocks(schedule: Schedule, period: Interval, lead_time: timedelta) -> Iterator[Block]:
    up = list(awake_intervals(schedule, *period))
    windows_alone = replace(schedule, open_spans=())
    by_windows = list(awake_intervals(windows_alone, *period)) if schedule.open_spans else up
    closes = any(window.closed for window in schedule.windows)
    otherwise = awake_intervals(_never_closed(schedule), *period) if closes else ()
    creation = list(_creation(schedule, period, lead_time))
    by_kind = {
        Kind.AWAKE: by_windows,
        Kind.OPEN: without(up, by_windows),
        Kind.CREATION: creation,
        Kind.CLOSED: without(otherwise, sorted([*up, *creation])),
    }
    return (Block(kind, interval) for kind, intervals in by_kind.items() for interval in intervals)


def _creation(schedule: Schedule, period: Interval, lead_time: timedelta) -> Iterator[Interval]:
    coming = changes(schedule, period.start, period.stop + lead_time, lead_time)
    leads = (Interval(c.create_at, c.at) for c in coming if c.create_at)
    return within(leads, *period)


def _never_closed(schedule: Schedule) -> Schedule:
    windows = tuple(replace(window, closed=()) for window in schedule.windows)
    return replace(schedule, windows=windows)


def _outside(days: list[LocalDay], period: Interval) -> Iterator[Block]:
    whole = [Interval(days[0].start, days[-1].stop)]
    return (Block(Kind.OUTSIDE, interval) for interval in without(whole, [period]))


def _closed_reasons(schedule: Schedule, day: LocalDay, period: Interval) -> dict[str, None]:
    """Why windows are not open, or do not start, on this day."""
    start, stop = max(day.start, period.start), min(day.stop, period.stop)
    reasons: dict[str, None] = {}
    for window in schedule.windows:
        if interrupted := interruption(window, start):
            reasons[interrupted[1].reason] = None
        reasons |= {closed.reason: None for _, closed in closed_starts(window, start, stop)}
        edges = day_edges_after(window, start, stop)
        reasons |= {e.closed.reason: None for e in edges if e.closed and not e.is_start}
    return reasons
