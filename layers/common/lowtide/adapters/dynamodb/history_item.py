"""Entries of the history as items of the table; DynamoDB takes numbers as Decimal only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lowtide.domain.history import Entry
from lowtide.domain.lifecycle import Intent


def attributes(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "step": entry.step,
        "reason": entry.reason,
        "outcome": entry.outcome,
        "ok": entry.ok,
    } | figures(entry)


def entry(item: Mapping[str, Any]) -> Entry:
    """The oldest entries have no figures; for a while only sleeps had them, under other names."""
    return Entry(
        at=datetime.fromisoformat(item["at"]),
        step=item["step"],
        reason=item["reason"],
        outcome=item["outcome"],
        ok=item.get("ok", not item["outcome"].startswith("failed: ")),
        **figures_from(item),
    )


def figures(of: Entry | Intent) -> dict[str, Any]:
    usd = of.kept_usd
    return {
        "ended_s": {what: _number(lasted.total_seconds()) for what, lasted in of.ended.items()},
        "kept_hours": {each: _number(hours) for each, hours in of.kept_hours.items()},
        "kept_usd": None if usd is None else _number(usd),
    }


def figures_from(item: Mapping[str, Any]) -> dict[str, Any]:
    usd, ended = item.get("kept_usd", item.get("saved_usd")), item.get("ended_s", {})
    hours = item.get("kept_hours", item.get("saved_hours", {}))
    return {
        "ended": {what: timedelta(seconds=float(seconds)) for what, seconds in ended.items()},
        "kept_hours": {instance_type: float(each) for instance_type, each in hours.items()},
        "kept_usd": None if usd is None else float(usd),
    }


def _number(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
