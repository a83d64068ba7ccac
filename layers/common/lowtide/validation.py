"""Pydantic's errors as sentences for people: where, what, and what would be valid."""

import difflib
import reprlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

_LONGEST_VALUE_SHOWN = 80
_ABSENT = object()
_IS_A_KEY = "[key]"
_MESSAGES = {
    "missing": "is required",
    "missing start": "is required: a window without a start never opens",
    "missing stop": "is required: a window without a stop never closes; "
    "for an endpoint that never sleeps use `always`",
    "list_type": "not a list; begin each entry with a dash",
    "bool_type": "write true or false",
    "float_type": "not a number",
    "int_type": "not a whole number",
    "finite_number": "not a finite number",
    "string_type": "not text; write it in quotes",
    "invalid_key": "a key must be text; write it in quotes",
    "timezone_aware": "has no time zone; write for example 2026-12-24T20:00:00-05:00",
}
_LIMITS = {
    "greater_than": "greater than",
    "greater_than_equal": "at least",
    "less_than_equal": "at most",
}
_WORDS = {None: "null", True: "true", False: "false"}


@dataclass(frozen=True, slots=True)
class FieldError:
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
    keys: Mapping[str, Collection[str]] | None = None,
) -> tuple[FieldError, ...]:
    """`at`: where the value stands; `tags`: union members, no part of a path; `keys`: which are
    valid below each key, "" for the value itself.
    """
    return tuple(_described(e, at, tags, keys or {}) for e in error.errors(include_url=False))


def field_error(location: Sequence[str | int], value: object, message: str) -> FieldError:
    return FieldError(_path(location), "" if value is _ABSENT else _shown(value), message)


def absent(location: Sequence[str | int], message: str) -> FieldError:
    """Nothing stands there that could be shown."""
    return field_error(location, _ABSENT, message)


def nearest(word: object, valid: Collection[str]) -> str:
    """What was probably meant, else all that would be valid."""
    meant = closest(str(word), valid)
    return f"did you mean {meant!r}?" if meant else f"valid are {', '.join(sorted(valid))}"


def closest(word: str, valid: Collection[str], likeness: float = 0.6) -> str | None:
    """The valid word that differs least, and least of all in capitals; `likeness` is difflib's."""
    by_lower = {name.lower(): name for name in sorted(valid)}
    found = difflib.get_close_matches(word.strip().lower(), by_lower, n=1, cutoff=likeness)
    return by_lower[found[0]] if found else None


def _described(
    error: Any, at: Sequence[str | int], tags: Collection[str], keys: Mapping[str, Collection[str]]
) -> FieldError:
    inside = [part for part in error["loc"] if part not in tags]
    if inside and inside[-1] == _IS_A_KEY:
        return field_error((*at, *inside[:-1]), error["input"], _MESSAGES["invalid_key"])
    mapping = inside[:-1] if error["type"] == "extra_forbidden" else inside
    name = next((part for part in reversed(mapping) if isinstance(part, str)), "")
    return field_error((*at, *inside), _value(error), _message(error, keys.get(name, ())))


def _path(location: Sequence[str | int]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif "." in part:
            path += f"[{_shown(part)}]"
        else:
            path += f".{_cut(part)}" if path else _cut(part)
    return path


def _shown(value: object) -> str:
    """Bounded, however large or self-containing the value is."""
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    return _cut(_short.repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE_SHOWN else f"{text[:_LONGEST_VALUE_SHOWN]}…"


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__(maxlevel=4, maxstring=10 * _LONGEST_VALUE_SHOWN, maxdict=8, maxlist=8)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - the base class calls it so
        return str(x) if abs(x) < 10**_LONGEST_VALUE_SHOWN else "a very large number"


_short = _Short()


def _value(error: Any) -> object:
    return _ABSENT if error["type"] in ("missing", "union_tag_not_found") else error["input"]


def _message(error: Any, keys: Collection[str]) -> str:
    """`keys` are the valid ones of the mapping that it is about."""
    kind, context = error["type"], error.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return _unknown_key(error["loc"][-1], keys)
        case "model_type" | "model_attributes_type" | "dict_type":
            return "not a mapping" + (f"; valid keys are {', '.join(keys)}" if keys else "")
        case "union_tag_invalid" | "union_tag_not_found":
            key, valid = context["discriminator"].strip("'"), context.get("expected_tags", "")
            return f"{key} must be given" + (f" as one of {valid}" if valid else "")
        case "literal_error":
            return f"valid are {context['expected'].replace("'", '')}"
        case "too_short":
            return "empty; at least one is needed"
        case "too_long":
            return f"{len(error['input']):,} entries; at most {context['max_length']:,}"
        case "greater_than" | "greater_than_equal" | "less_than_equal":
            (limit,) = context.values()
            return f"must be {_LIMITS[kind]} {limit:g}"
        case _:
            said = _MESSAGES.get(" ".join(map(str, (kind, *error["loc"][-1:])))) or _MESSAGES.get(
                kind
            )
            return said or str(error["msg"]).removeprefix("Value error, ")


def _unknown_key(key: object, keys: Collection[str]) -> str:
    if key in keys:  # of another form of the entry, such as `from` beside `country`
        return "cannot stand beside the others here; make it an entry of its own"
    return "unknown key" + (f"; {nearest(key, keys)}" if keys else "")
