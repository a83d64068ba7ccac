"""Figures and instants in words, and words that are safe to show."""

from collections.abc import Sized
from datetime import UTC, datetime
from unicodedata import category
from zoneinfo import ZoneInfo


def counted(things: Sized, one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or f'{one}s'}"


def clock(instant: datetime, timezone: ZoneInfo) -> str:
    """As people in this time zone read it."""
    return f"{instant.astimezone(timezone):%a %d %b %H:%M %Z}"


def in_utc(instant: datetime) -> str:
    """To the second, with a Z."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def shortened(text: str, most: int) -> str:
    """The first `most` characters of `text`, and an ellipsis where there are more."""
    return text if len(text) <= most else f"{text[:most]}…"


def printable(text: str) -> str:
    """`text` with each character that is not printable as its escape: ESC, which could write to a
    terminal's title or clipboard, becomes \\x1b. Line breaks and spaces of any kind stay."""
    if text.isprintable():
        return text
    return "".join(
        each
        if each.isprintable() or each == "\n" or category(each) == "Zs"
        else each.encode("unicode_escape").decode()
        for each in text
    )
