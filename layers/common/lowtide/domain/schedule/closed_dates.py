"""Local dates on which windows do not start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol


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


@dataclass(frozen=True, slots=True)
class ClosedDates:
    first: date
    last: date

    def period_on(self, day: date) -> ClosedPeriod | None:
        if not self.first <= day <= self.last:
            return None
        until = f" to {self.last}" if self.last > self.first else ""
        return ClosedPeriod(self.first, self.last, f"closed {self.first}{until}")


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """ISO 3166 codes, as the `holidays` package knows them; a moved holiday closes both days."""

    country: str
    subdivision: str | None = None

    def period_on(self, day: date) -> ClosedPeriod | None:
        name = _calendar(self.country, self.subdivision, day.year).get(day)
        where = "-".join(filter(None, (self.country, self.subdivision)))
        return ClosedPeriod(day, day, f"closed for {name} ({where})") if name else None


def closed_period_on(day: date, closed: Iterable[ClosedOn]) -> ClosedPeriod | None:
    """Returns the period of the first entry that closes `day`."""
    return next((period for entry in closed if (period := entry.period_on(day))), None)


@cache
def _calendar(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """Returns the holidays of one complete year.

    The library would add a year when it is first asked for, and meanwhile show other threads that
    year without its holidays.
    """
    import holidays  # slow to import, and few schedules name a country

    return holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)
