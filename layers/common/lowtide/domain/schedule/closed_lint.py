"""Closed dates and `open` spans that do not do what a reader would think."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from lowtide.domain.schedule.closed_dates import (
    ClosedDates,
    PublicHolidays,
    closed_period_on,
    holidays_in,
    subdivisions_of,
)
from lowtide.domain.schedule.cron import fires_after, fires_from_local
from lowtide.domain.schedule.schedule import Schedule, opened_by
from lowtide.domain.schedule.schedule_warning import ScheduleWarning
from lowtide.domain.schedule.window import (
    Window,
    WindowEdge,
    closed_midnights,
    long_window_at,
    stops_after,
)
from lowtide.domain.wording import clock

_MOST_STARTS = 5_000
_MOST_DATES = 100  # entries that are looked at for their effect; a file has a dozen
_PARTS_SHOWN = 3


def closed_warnings(schedule: Schedule, now: datetime, end: datetime) -> Iterator[ScheduleWarning]:
    """Looks at closed dates in [now, end), and at those that are past."""
    windows = list(dict.fromkeys(schedule.windows))
    closed = dict.fromkeys(entry for window in windows for entry in window.closed)
    dates = [entry for entry in closed if isinstance(entry, ClosedDates)]
    yield from map(ScheduleWarning, _past(schedule, dates, now))
    yield from map(ScheduleWarning, _without_effect(schedule, dates, now))
    for entry in closed:
        if isinstance(entry, PublicHolidays) and entry.subdivision is None:
            first, last = (at.astimezone(schedule.timezone).date() for at in (now, end))
            shut = [window for window in windows if entry in window.closed]
            yield from map(ScheduleWarning, _differs_by_part(entry.country, shut, first, last))
    for window in windows:
        over_midnight = islice(_over_midnight(window, now, end), 1)
        other_date = _other_date(window, schedule.timezone, now, end)
        yield from (ScheduleWarning(text, window) for text in (*over_midnight, *other_date))


def _past(schedule: Schedule, closed: list[ClosedDates], now: datetime) -> Iterator[str]:
    today = now.astimezone(schedule.timezone).date()
    if gone := [entry for entry in closed if entry.last < today]:
        more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
        yield f"closed {gone[0].last}{more}: in the past; take it out, or correct the year"
    if past := [span for span in schedule.open_spans if span.stop <= now]:
        more = f" and {len(past) - 1} more" if len(past) > 1 else ""
        local = past[0].stop.astimezone(schedule.timezone)
        yield (
            f"the `open` span to {local:%Y-%m-%dT%H:%M}{more}: in the past; take it out, "
            "or correct the year"
        )


def _without_effect(schedule: Schedule, closed: list[ClosedDates], now: datetime) -> Iterator[str]:
    today = now.astimezone(schedule.timezone).date()
    odd = [
        entry
        for entry in closed[:_MOST_DATES]
        if entry.last >= today
        and not any(
            _touches(w, entry.first, entry.last) for w in schedule.windows if entry in w.closed
        )
    ]
    if odd:
        until = f" to {odd[0].last}" if odd[0].last > odd[0].first else ""
        more = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
        yield (
            f"closed {odd[0].first}{until}{more}: no window starts then, so it changes nothing; "
            "take it out, or correct it"
        )


def _touches(window: Window, first: date, last: date) -> bool:
    """Whether it would start on these dates, or be open for longer than a day on one of them."""
    midnight = datetime.combine(first, time())
    start = next(fires_from_local(window.start, window.timezone, midnight), None)
    starts = start is not None and start.local.date() <= last
    return starts or long_window_at(window, midnight)[0]


def _differs_by_part(
    country: str, windows: Sequence[Window], first: date, last: date
) -> Iterator[str]:
    """The example is the next date on which it matters to the windows."""
    whole = _holidays_between(country, None, first, last)
    differing: dict[date, list[str]] = {}
    names = dict(whole)
    for part in subdivisions_of(country):
        of_part = _holidays_between(country, part, first, last)
        names |= of_part
        for day in of_part.keys() ^ whole.keys():
            differing.setdefault(day, []).append(part)
    matters = (day for day in sorted(differing) if any(_touches(w, day, day) for w in windows))
    for day in islice(matters, 1):
        parts = differing[day]
        more = f" and {len(parts) - _PARTS_SHOWN} more" if len(parts) > _PARTS_SHOWN else ""
        is_or_not = "is none" if day in whole else "is one"
        yield (
            f"the holidays of {country} differ by part: {names[day]}, {day}, {is_or_not} in "
            f"{', '.join(parts[:_PARTS_SHOWN])}{more}; name a `subdivision` if you mean one"
        )


def _holidays_between(country: str, part: str | None, first: date, last: date) -> dict[date, str]:
    return {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in holidays_in(country, part, year).items()
        if first <= day <= last
    }


def _over_midnight(window: Window, now: datetime, end: datetime) -> Iterator[str]:
    """Yields where a window of at most a day lasts from one date into another, and only one of
    the two is closed.
    """
    without_closed = replace(window, closed=())
    for edge in closed_midnights(window, now, end):
        at, local = edge.fire.at, edge.fire.local
        if not now <= at < end or long_window_at(window, local)[0]:
            continue
        started = opened_by(without_closed, at)
        if started and started.local < local:
            yield _split(window, edge, started.at)


def _split(window: Window, edge: WindowEdge, started: datetime) -> str:
    at, zone = edge.fire.at, window.timezone
    stop = next(stops_after(window, at, at + timedelta(days=1)), None)
    until = clock(stop.fire.at, zone) if stop else "the next day"
    what = f"{window.start.text!r} to {window.stop.text!r}"
    why = edge.closed.reason if edge.closed else ""
    belongs = "a window of at most a day belongs to the date it starts on"
    if edge.is_start:
        return (
            f"{what}: from {clock(started, zone)} to {until} it is asleep, {why}, "
            f"also after midnight: {belongs}"
        )
    return (
        f"{what}: from {clock(started, zone)} it is awake until {until}, "
        f"although that date is {why}: {belongs}"
    )


def _other_date(window: Window, zone: ZoneInfo, now: datetime, end: datetime) -> Iterator[str]:
    """Warns of the first start that is on a closed date by one of the two clocks only."""
    if window.timezone == zone or not window.closed:
        return
    fires = fires_after(window.start, window.timezone, now)
    for fire in islice(takewhile(lambda fire: fire.at < end, fires), _MOST_STARTS):
        here = closed_period_on(fire.local.date(), window.closed)
        there = closed_period_on(fire.at.astimezone(zone).date(), window.closed)
        if bool(here) != bool(there):
            yield (
                f"{window.start.text!r} starts {clock(fire.at, window.timezone)}, on the "
                f"schedule's clock {clock(fire.at, zone)}: closed dates are those of the "
                f"window's own clock, {window.timezone}"
            )
            return
