"""A page that draws which status each endpoint was in, and for how long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lowtide_workbench.report.charts import STATES
from lowtide_workbench.report.page import HERE as REPORT

_HERE = Path(__file__).parent
_TICKS = 6

type Change = tuple[datetime, str, str]  # at, endpoint, status


@dataclass(frozen=True, slots=True)
class Stay:
    """One status of one endpoint, from `since` until the next."""

    status: str
    since: datetime
    until: datetime
    ended: bool

    @property
    def lasted(self) -> timedelta:
        return timedelta(seconds=round((self.until - self.since).total_seconds()))

    @property
    def colour(self) -> str:
        return f"state-{self.status.lower()}" if self.status in STATES else "state-other"


def stays(changes: Iterable[Change], now: datetime) -> dict[str, list[Stay]]:
    """By endpoint, in the order in which they first appeared."""
    by_endpoint: dict[str, list[Stay]] = {}
    for at, endpoint, status in changes:
        history = by_endpoint.setdefault(endpoint, [])
        if history:
            history[-1] = Stay(history[-1].status, history[-1].since, at, ended=True)
        history.append(Stay(status, at, now, ended=False))
    return by_endpoint


def page(changes: Sequence[Change], now: datetime) -> str:
    start = changes[0][0] if changes else now
    whole = max(now - start, timedelta(seconds=1))
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("timeline.html").render(
        css=Markup((REPORT / "page.css").read_text(encoding="utf-8")),  # noqa: S704, our own file
        now=now,
        endpoints=stays(changes, now),
        ticks=[start + whole * part / _TICKS for part in range(_TICKS)],
        share=lambda span: span / whole,
        start=start,
    )
