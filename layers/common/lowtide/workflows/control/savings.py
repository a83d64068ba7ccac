"""What sleeping saved in a calendar month, and what being awake cost: lower bounds."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lowtide.domain.endpoint import ManagedEndpoint
from lowtide.domain.errors import RequestError
from lowtide.workflows.control.each import of_each
from lowtide.workflows.control.spending import spent_within
from lowtide.workflows.gather import gather
from lowtide.workflows.services import Services


def savings(
    managed: Sequence[ManagedEndpoint], month: str, services: Services, now: datetime
) -> dict[str, Any]:
    """Returns both for every endpoint of the file, in `month` (2030-01) on its schedule's clock.

    Of the month that runs now, until now. One that cannot be read has an `error` in its place.
    """
    year, number = _parsed(month)
    if now < _begin(year, number, ZoneInfo("UTC")):
        raise RequestError(f"month: {month!r} has not begun yet")
    by_name = {entry.name: entry for entry in managed}

    def answer_of(name: str) -> dict[str, Any]:
        return _of_one(by_name[name], year, number, services, now)

    return {"month": month, "endpoints": of_each(list(by_name), answer_of, services)}


def _of_one(
    managed: ManagedEndpoint, year: int, month: int, services: Services, now: datetime
) -> dict[str, Any]:
    timezone = managed.schedule.timezone
    start, end = _begin(year, month, timezone), _begin(*_next(year, month), timezone)
    context = gather(managed, services, now)
    entries = services.store.history_since(managed.name, start)
    spent = spent_within(entries, context, services, start, min(end, now))
    return {"endpoint": managed.name, "timezone": str(timezone)} | spent


def _parsed(month: str) -> tuple[int, int]:
    try:
        at = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise RequestError(f"month: {month!r}, expected a month such as 2030-01") from error
    return at.year, at.month


def _next(year: int, month: int) -> tuple[int, int]:
    return (year + month // 12, month % 12 + 1)


def _begin(year: int, month: int, timezone: ZoneInfo) -> datetime:
    """In UTC, by which the history is sorted."""
    return datetime(year, month, 1, tzinfo=timezone).astimezone(UTC)
