"""The ledger's entries as items of the table; DynamoDB takes numbers as Decimal only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lowtide.domain.ledger import Entry


def attributes(entry: Entry) -> dict[str, Any]:
    lasted, usd = entry.lasted, entry.saved_usd
    return {
        "at": entry.at.isoformat(),
        "step": entry.step,
        "reason": entry.reason,
        "outcome": entry.outcome,
        "ok": entry.ok,
        "ended": entry.ended,
        "lasted_s": None if lasted is None else _number(lasted.total_seconds()),
        "saved_hours": {kind: _number(hours) for kind, hours in entry.saved_hours.items()},
        "saved_usd": None if usd is None else _number(usd),
    }


def entry(item: Mapping[str, Any]) -> Entry:
    """Entries that were written before there were figures have none."""
    lasted, usd = item.get("lasted_s"), item.get("saved_usd")
    return Entry(
        at=datetime.fromisoformat(item["at"]),
        step=item["step"],
        reason=item["reason"],
        outcome=item["outcome"],
        ok=item.get("ok", not item["outcome"].startswith("failed: ")),
        ended=item.get("ended", ""),
        lasted=None if lasted is None else timedelta(seconds=float(lasted)),
        saved_hours={kind: float(hours) for kind, hours in item.get("saved_hours", {}).items()},
        saved_usd=None if usd is None else float(usd),
    )


def _number(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
