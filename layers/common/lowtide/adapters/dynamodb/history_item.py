"""Entries of the history as items of the table, and the step that is about to be taken."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pydantic import AliasChoices, Field, StrictBool

from lowtide.adapters.dynamodb.attributes import (
    Amount,
    Attributes,
    Duration,
    Instant,
    Text,
    Words,
)
from lowtide.domain.errors import StoredDataError
from lowtide.domain.history import Entry
from lowtide.domain.lifecycle import Intent

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class _Figures(Attributes):
    """The oldest entries have no figures; for a while only sleeps had them, under other names."""

    ended: dict[Text, Duration] = Field({}, alias="ended_s")
    kept_hours: dict[Text, Amount] = Field(
        {}, validation_alias=AliasChoices("kept_hours", "saved_hours")
    )
    kept_usd: Amount | None = Field(None, validation_alias=AliasChoices("kept_usd", "saved_usd"))


class _Entry(_Figures):
    at: Instant
    step: Text
    reason: Text
    outcome: Text
    ok: StrictBool | None = None  # release 0.1.0 wrote it into some entries only


class _Happened(Attributes):
    reason: Words
    outcome: Words


class _FloorsHistory(Attributes):
    """The planner's, in one attribute: its role may write none that another item has."""

    floors_history: _Happened


class _Intent(_Figures):
    """Release 0.1.0 stored it without figures, and left it in place when the step was done."""

    intent: Text = ""  # "step: reason"
    at: Instant


def attributes(entry: Entry) -> dict[str, Any]:
    return _Entry.of(entry)


def entry(item: Mapping[str, Any]) -> Entry:
    """One that is damaged costs only itself: the entry says so in its place."""
    try:
        if "floors_history" in item:
            return _of_floors(item)
        stored = _Entry.read(item)
    except StoredDataError as error:
        return Entry(_instant_of(item), "Unreadable", str(error), "unknown", ok=False)
    failed = stored.outcome.startswith("failed: ")
    return Entry(**dict(stored) | {"ok": not failed if stored.ok is None else stored.ok})


def _of_floors(item: Mapping[str, Any]) -> Entry:
    happened = _FloorsHistory.read(item).floors_history
    step = str(item["item"]).rpartition("#")[2]
    return Entry(_instant_of(item), step, happened.reason, happened.outcome)


def _instant_of(item: Mapping[str, Any]) -> datetime:
    """By the item's name, which is `ledger#<instant>#<step>`."""
    with suppress(IndexError, ValueError):
        at = datetime.fromisoformat(str(item["item"]).split("#")[1])
        return max(at, _LONG_AGO) if at.tzinfo else _LONG_AGO
    return _LONG_AGO


def intent_attributes(intent: Intent | None) -> dict[str, Any]:
    if intent is None:
        return {"intent": ""}
    return {"intent": f"{intent.step}: {intent.reason}"} | _Figures.of(intent)


def intent_from(record: Mapping[str, Any]) -> Intent | None:
    stored = _Intent.read(record)
    step, colon, reason = stored.intent.partition(": ")
    if not colon:
        return None
    figures = {name: getattr(stored, name) for name in _Figures.model_fields}
    return Intent(step, reason, stored.at, **figures)
