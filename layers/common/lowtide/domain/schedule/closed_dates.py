"""Local dates that are closed: no short window starts on them, and no long one is open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple, Protocol

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """Every date from `first` to `last`, both included, and why they are closed."""

    first: date
    last: date
    reason: str


class ClosedOn(Protocol):
    """An entry of a schedule's `closed`."""

    def period_on(self, day: date) -> ClosedPeriod | None:
        """Returns the closed period in which `day` lies."""

    def periods_in(self, year: int) -> Iterator[ClosedPeriod]:
        """Yields the closed periods that have a day in this year."""


@dataclass(frozen=True, slots=True)
class ClosedDates:
    first: date
    last: date

    def period_on(self, day: date) -> ClosedPeriod | None:
        return self._period if self.first <= day <= self.last else None

    def periods_in(self, year: int) -> Iterator[ClosedPeriod]:
        if self.first.year <= year <= self.last.year:
            yield self._period

    @property
    def _period(self) -> ClosedPeriod:
        until = f" to {self.last}" if self.last > self.first else ""
        return ClosedPeriod(self.first, self.last, f"closed {self.first}{until}")


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """ISO 3166 codes, as the `holidays` package knows them; a moved holiday closes both days."""

    country: str
    subdivision: str | None = None

    def period_on(self, day: date) -> ClosedPeriod | None:
        name = holidays_in(self.country, self.subdivision, day.year).get(day)
        return self._period(day, name) if name else None

    def periods_in(self, year: int) -> Iterator[ClosedPeriod]:
        for day, name in holidays_in(self.country, self.subdivision, year).items():
            yield self._period(day, name)

    def _period(self, day: date, name: str) -> ClosedPeriod:
        where = "-".join(filter(None, (self.country, self.subdivision)))
        return ClosedPeriod(day, day, f"closed for {name} ({where})")


class ClosedEdge(NamedTuple):
    """The midnight before `day`, at which a run of closed dates begins, or else has ended."""

    day: date
    begins: bool
    period: ClosedPeriod


def closed_period_on(day: date, closed: Iterable[ClosedOn]) -> ClosedPeriod | None:
    """Returns the period of the first entry that closes `day`."""
    return next((period for entry in closed if (period := entry.period_on(day))), None)


def closed_edges(closed: Iterable[ClosedOn], year: int) -> Iterator[ClosedEdge]:
    """Yields where the closed dates of this year begin and end, oldest first.

    Dates that follow on each other are one run, also over the end of the year.
    """
    entries = tuple(closed)
    periods = _by_day(entries, year)

    def is_closed(day: date) -> bool:
        return day in periods if day.year == year else bool(closed_period_on(day, entries))

    for day, period in sorted(periods.items()):
        if not is_closed(day - _DAY):
            yield ClosedEdge(day, True, period)
        if day < date.max and not is_closed(day + _DAY):
            yield ClosedEdge(day + _DAY, False, period)


def _by_day(closed: Iterable[ClosedOn], year: int) -> Mapping[date, ClosedPeriod]:
    """Returns the closed dates of this year, each with the period of its first entry."""
    days: dict[date, ClosedPeriod] = {}
    for entry in closed:
        for period in entry.periods_in(year):
            first, last = max(period.first, date(year, 1, 1)), min(period.last, date(year, 12, 31))
            for number in range(first.toordinal(), last.toordinal() + 1):
                days.setdefault(date.fromordinal(number), period)
    return days


@cache
def holidays_in(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """Returns the holidays of one complete year.

    The library would add a year when it is first asked for, and meanwhile show other threads that
    year without its holidays.
    """
    import holidays  # slow to import, and few schedules name a country

    return holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)


@cache
def subdivisions_of(country: str) -> Sequence[str]:
    import holidays

    return tuple(holidays.country_holidays(country).subdivisions)
