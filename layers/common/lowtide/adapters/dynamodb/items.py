"""The small items `now#...` of the table, to and from what the domain calls them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import Field, StrictBool

from lowtide.adapters.dynamodb.attributes import (
    LONGEST_WORDS,
    Attributes,
    Instant,
    Text,
    Whole,
    Words,
)
from lowtide.domain.lifecycle import Sleep, Timestamps
from lowtide.domain.schedule import Override, Pause

type Item = Mapping[str, Any]


class _Override(Attributes):
    awake: StrictBool
    until: Instant
    reason: Words
    by: Words


class _Pause(Attributes):
    """Not `until`, which an earlier release reads as the end of a pause that is over."""

    since: Instant
    reason: Words
    by: Words
    ends: Instant | None = None


class _EndedPause(Attributes):
    until: Instant


class _Asked(Attributes):
    """Not `at`, as it was at first: a record has an `at`, and control may not write into one."""

    at: Instant = Field(alias="asked_at")


class _Blocked(Attributes):
    reason: Text


class _Sleep(Attributes):
    since: Instant
    instances: dict[Text, Whole] = Field(alias="keeps")


class _Timestamps(Attributes):
    due: Instant | None = None
    in_service: Instant | None = None
    absent: Instant | None = None
    by_others: StrictBool = False


def override_item(override: Override) -> dict[str, Any]:
    return _Override.of(override)


def override_from(item: Item) -> Override:
    return Override(**dict(_Override.read(item)))


def known_attributes(override: Override) -> dict[str, Any]:
    """Those by which the item is the override that was read: words that were cut are not."""
    item = override_item(override)
    whole = (key for key, value in item.items() if len(str(value)) <= LONGEST_WORDS)
    return {key: item[key] for key in whole}


def pause_item(pause: Pause) -> dict[str, Any]:
    return {name: value for name, value in _Pause.of(pause).items() if value is not None}


def pause_from(item: Item) -> tuple[Pause | None, datetime | None]:
    """Returns the pause, or when the last one ended, which `until` says.

    An earlier release does not know `ends` and leaves that of an earlier pause in the item.
    """
    if "until" in item:
        return None, _EndedPause.read(item).until
    pause = Pause(**dict(_Pause.read(item)))
    is_earlier = pause.ends is not None and pause.ends <= pause.since
    return (replace(pause, ends=None) if is_earlier else pause), None


def asked_item(at: datetime) -> dict[str, Any]:
    return {"asked_at": at.isoformat()}


def asked_from(item: Item) -> datetime:
    return _Asked.read(item).at


def blocked_from(item: Item) -> str:
    return _Blocked.read(item).reason


def sleep_item(sleep: Sleep | None) -> dict[str, Any]:
    return _Sleep.of(sleep) if sleep else {"since": None, "keeps": {}}


def sleep_from(item: Item) -> Sleep | None:
    """None where it is over."""
    is_over = "since" in item and item["since"] is None
    return None if is_over else Sleep(**dict(_Sleep.read(item)))


def timestamps_item(timestamps: Timestamps) -> dict[str, Any]:
    return _Timestamps.of(timestamps)


def timestamps_from(item: Item) -> Timestamps:
    return Timestamps(**dict(_Timestamps.read(item)))
