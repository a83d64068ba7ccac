"""The streams of one local day, in 288 bins of five minutes by the clock on the wall.

A bin that the clock skips in spring has no reading. A bin that it passes twice in autumn has the
larger of two.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lowtide.domain.schedule import Schedule, in_timezone, is_awake, transitions

BIN = timedelta(minutes=5)
BINS = 288
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """`streams` by bin, None where no reading is known; `is_open` where the schedule is awake."""

    on: date
    streams: tuple[float | None, ...]
    is_open: tuple[bool, ...]


def day_of(on: date, schedule: Schedule, readings: Mapping[datetime, float]) -> Day:
    """Returns the local day `on`; `readings` are by the UTC instant at which their bin begins."""
    return days_from(on, 1, schedule, readings)[on]


def days_from(
    first: date, count: int, schedule: Schedule, readings: Mapping[datetime, float]
) -> Mapping[date, Day]:
    """Returns so many days from `first` on. The schedule is evaluated once for all of them."""
    days = [first + timedelta(days=ahead) for ahead in range(count)]
    edges = [_midnight(day, schedule.timezone) for day in (*days, days[-1] + _DAY)]
    awake = list(_awake_spans(edges[0], edges[-1], schedule))
    return {
        on: _day(
            on, [span for span in awake if span[0] < end and start < span[1]], schedule, readings
        )
        for on, start, end in zip(days, edges, edges[1:], strict=False)
    }


def _day(
    on: date,
    awake: Sequence[tuple[datetime, datetime]],
    schedule: Schedule,
    readings: Mapping[datetime, float],
) -> Day:
    streams: list[float | None] = [None] * BINS
    is_open = [False] * BINS
    for at in instants_of(on, schedule.timezone):
        b = bin_at(at, schedule.timezone)
        is_open[b] |= any(start < at + BIN and at < end for start, end in awake)
        reading = readings.get(at)
        if reading is not None:
            streams[b] = max(reading, streams[b] or 0.0)
    return Day(on, tuple(streams), tuple(is_open))


def instants_of(on: date, timezone: ZoneInfo) -> Iterator[datetime]:
    """Yields the UTC instant of every bin: 276 where the clock springs forward, 300 at the fold."""
    at, end = _midnight(on, timezone), _midnight(on + _DAY, timezone)
    while at < end:
        yield at
        at += BIN


def bin_at(at: datetime, timezone: ZoneInfo) -> int:
    local = at.astimezone(timezone)
    return (local.hour * 60 + local.minute) // 5


def _midnight(on: date, timezone: ZoneInfo) -> datetime:
    """Or the first minute after it in zones that skip midnight."""
    return in_timezone(datetime.combine(on, time()), timezone).astimezone(UTC)


def _awake_spans(
    start: datetime, end: datetime, schedule: Schedule
) -> Iterator[tuple[datetime, datetime]]:
    since = start if is_awake(schedule, start) else None
    for change in transitions(schedule, start + timedelta(seconds=1), end):
        if change.awake:
            since = change.at
        elif since is not None:
            yield since, change.at
            since = None
    if since is not None:
        yield since, end
