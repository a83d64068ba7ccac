"""The page that draws which status each endpoint had, and for how long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from lowtide_workbench.report.charts import state_colour
from lowtide_workbench.report.html import render

_TEMPLATE = Path(__file__).with_name("timeline.html")
_TICKS = 6

type Change = tuple[datetime, str, str]  # at, endpoint, status


@dataclass(frozen=True, slots=True)
class Interval:
    """One status of one endpoint: from `since` to the next status, or to now if `lasts`."""

    status: str
    since: datetime
    until: datetime
    lasts: bool

    @property
    def duration(self) -> timedelta:
        return timedelta(seconds=round((self.until - self.since).total_seconds()))

    @property
    def colour(self) -> str:
        return state_colour(self.status)


def intervals(changes: Iterable[Change], now: datetime) -> dict[str, list[Interval]]:
    """By endpoint, in the order in which they first appeared."""
    by_endpoint: dict[str, list[Interval]] = {}
    for at, endpoint, status in changes:
        history = by_endpoint.setdefault(endpoint, [])
        if history:
            history[-1] = Interval(history[-1].status, history[-1].since, at, lasts=False)
        history.append(Interval(status, at, now, lasts=True))
    return by_endpoint


def page(changes: Sequence[Change], now: datetime) -> str:
    start = changes[0][0] if changes else now
    length = max(now - start, timedelta(seconds=1))
    return render(
        _TEMPLATE,
        now=now,
        endpoints=intervals(changes, now),
        ticks=[start + length * part / _TICKS for part in range(_TICKS)],
        share=lambda span: span / length,
        start=start,
    )
