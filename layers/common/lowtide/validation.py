"""Pydantic's errors as sentences for people: where, what, and what would be valid."""

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

_LONGEST_VALUE_SHOWN = 80
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` is where in the input; `value` is what stands there, as typed in Python."""

    path: str
    value: str
    message: str

    def __str__(self) -> str:
        shown = f"{self.value}: " if self.value else ""
        return f"{self.path}: {shown}{self.message}" if self.path else f"{shown}{self.message}"


def describe(
    error: ValidationError,
    *,
    at: Sequence[str | int] = (),
    tags: Collection[str] = (),
    keys: Collection[str] = (),
) -> tuple[Fault, ...]:
    """`at`: where the value stands; `tags`: union members, no part of a path; `keys`: the valid
    keys that a mistyped one may have meant.
    """
    return tuple(
        fault((*at, *(p for p in e["loc"] if p not in tags)), _value(e), _message(e, keys))
        for e in error.errors()
    )


def fault(location: Sequence[str | int], value: object, message: str) -> Fault:
    return Fault(_path(location), "" if value is _ABSENT else _shown(value), message)


def nearest(word: object, valid: Collection[str]) -> str:
    """What was probably meant, else all that would be valid."""
    close = difflib.get_close_matches(str(word), sorted(valid), n=1)
    return f"did you mean {close[0]!r}?" if close else f"valid are {', '.join(sorted(valid))}"


def _path(location: Sequence[str | int]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif "." in part:
            path += f"[{part!r}]"
        else:
            path += f".{part}" if path else part
    return path


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE_SHOWN else f"{text[:_LONGEST_VALUE_SHOWN]}…"


def _value(error: Any) -> object:
    return _ABSENT if error["type"] in ("missing", "union_tag_not_found") else error["input"]


def _message(error: Any, keys: Collection[str]) -> str:
    match error["type"]:
        case "missing":
            return "is required"
        case "extra_forbidden":
            meant = f"; {nearest(error['loc'][-1], keys)}" if keys else ""
            return f"unknown key{meant}"
        case "union_tag_invalid" | "union_tag_not_found":
            key = error["ctx"]["discriminator"].strip("'")
            valid = error["ctx"].get("expected_tags", "")
            return f"{key} must be given" + (f" as one of {valid}" if valid else "")
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
