"""Figures and instants in words."""

from collections.abc import Sized
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def counted(things: Sized, one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or f'{one}s'}"


def clock(instant: datetime, timezone: ZoneInfo) -> str:
    """As people in this time zone read it."""
    return f"{instant.astimezone(timezone):%a %d %b %H:%M %Z}"


def in_utc(instant: datetime) -> str:
    """To the second, with a Z."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
