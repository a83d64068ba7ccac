"""What the time awake cost and the time asleep saved: lower bounds, from the history."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lowtide.domain.duration import in_words
from lowtide.domain.history import (
    Cost,
    Entry,
    Stretch,
    asleep_since,
    awake_since,
    cost,
    cost_within,
    known_sleep,
)
from lowtide.domain.lifecycle import Context
from lowtide.domain.wording import shortened
from lowtide.workflows.gather import kept_now
from lowtide.workflows.services import Services

LONGEST_SHOWN = 2_000  # a restore may name many things that are missing
_ENDED = {
    "asleep": "it was asleep for",
    "awake": "it was awake for",
    "drain": "the drain took",
    "creation": "the creation took",
    "until_failed": "it failed after",
}
_STRETCHES: tuple[Stretch, ...] = ("asleep", "awake")
_VERBS = {"asleep": "saved", "awake": "cost"}
_SPANS = {"last 7 days": timedelta(days=7), "last 30 days": timedelta(days=30)}


def line(entry: Entry) -> str:
    """Returns one entry of the history as people read it."""
    ended = "".join(
        f"; {_ENDED[what]} {in_words(lasted)}{_amount(what, entry)}"
        for what, lasted in entry.ended.items()
    )
    reason, outcome = (shortened(words, LONGEST_SHOWN) for words in (entry.reason, entry.outcome))
    return f"{entry.at:%Y-%m-%d %H:%M}Z {entry.step}: {reason} ({outcome}{ended})"


def _amount(what: str, entry: Entry) -> str:
    if what not in _VERBS or not entry.kept_hours:
        return ""
    hours = f"{sum(entry.kept_hours.values()):.2f} instance-hours"
    usd = "" if entry.kept_usd is None else f" ({entry.kept_usd:.2f} USD)"
    return f", which {_VERBS[what]} {hours}{usd} at least"


def costs_and_savings(
    history: Sequence[Entry], context: Context, services: Services
) -> dict[str, Any]:
    """Returns both for the last 7 and 30 days; the time that is not over yet counts until now."""
    entries, now = [*history, *_not_over(context, services)], context.now

    def spans(stretch: Stretch) -> dict[str, Any]:
        return {
            span: _as_json(stretch, cost_within(entries, stretch, now - length, now))
            for span, length in _SPANS.items()
        }

    return {"savings": spans("asleep"), "costs": spans("awake")}


def spent_within(
    history: Sequence[Entry],
    context: Context,
    services: Services,
    since: datetime,
    until: datetime,
) -> dict[str, Any]:
    """Returns what [since, until) saved asleep and cost awake; `history` reaches back to `since`,
    and what is not over yet counts. USD only where each instance type has a price."""
    entries = [*history, *_not_over(context, services)]
    return {
        stretch: priced(stretch, cost_within(entries, stretch, since, until), services)
        for stretch in _STRETCHES
    }


def priced(stretch: Stretch, spent: Cost, services: Services) -> dict[str, Any]:
    """Returns the amount with USD only where each instance type has a price."""
    is_whole = spent.instance_hours.keys() <= services.prices.keys()
    return _as_json(stretch, spent if is_whole else replace(spent, usd=None))


def _not_over(context: Context, services: Services) -> Iterable[Entry]:
    """Yields the entry that would be written if the sleep, or the time awake, ended now."""
    sleep = known_sleep(context)
    awake, asleep = awake_since(context), asleep_since(context, sleep)
    if awake is not None:
        spent = cost(context.now - awake, kept_now(context, services), services.prices)
        yield _entry("awake", spent, context)
    elif sleep is not None and asleep is not None:
        yield _entry(
            "asleep", cost(context.now - asleep, sleep.instances, services.prices), context
        )


def _entry(stretch: Stretch, spent: Cost, context: Context) -> Entry:
    return Entry(
        at=context.now,
        step="",
        reason="not over yet",
        outcome="",
        ended={stretch: spent.lasted},
        kept_hours=spent.instance_hours,
        kept_usd=spent.usd,
    )


def _as_json(stretch: Stretch, spent: Cost) -> dict[str, Any]:
    return {
        f"hours_{stretch}": round(spent.lasted / timedelta(hours=1), 2),
        "instance_hours_at_least": {
            instance_type: round(hours, 2) for instance_type, hours in spent.instance_hours.items()
        },
        "usd_at_least": None if spent.usd is None else round(spent.usd, 2),
    }
