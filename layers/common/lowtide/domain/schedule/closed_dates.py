"""Local dates on which windows do not start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Closure:
    """Every date from `first` to `last`, both included, and what they are called."""

    first: date
    last: date
    reason: str


class Closing(Protocol):
    """What a schedule may name as closed."""

    def on(self, day: date) -> Closure | None:
        """The closure that this date lies in."""


@dataclass(frozen=True, slots=True)
class ClosedDates:
    first: date
    last: date

    def on(self, day: date) -> Closure | None:
        if not self.first <= day <= self.last:
            return None
        until = f" to {self.last}" if self.last > self.first else ""
        return Closure(self.first, self.last, f"closed {self.first}{until}")


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """ISO 3166 codes, as the `holidays` package knows them; a moved holiday closes both days."""

    country: str
    subdivision: str | None = None

    def on(self, day: date) -> Closure | None:
        name = _calendar(self.country, self.subdivision, day.year).get(day)
        where = "-".join(filter(None, (self.country, self.subdivision)))
        return Closure(day, day, f"closed for {name} ({where})") if name else None


def closure_on(day: date, closings: Iterable[Closing]) -> Closure | None:
    return next((found for closing in closings if (found := closing.on(day))), None)


@cache
def _calendar(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    """Made with its year complete. The library would add a year when it is first asked for, and
    meanwhile show other threads that year without its holidays."""
    import holidays  # slow to import, and few schedules name a country

    return holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)
