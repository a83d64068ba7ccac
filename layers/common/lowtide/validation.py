"""Pydantic's errors as sentences for people: where, what, and what would be valid."""

import difflib
import reprlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

LONGEST_VALUE_SHOWN = 80
MOST_DESCRIBED = 50  # errors of one value: an alias of YAML makes a thousand of each
_ABSENT = object()
_IS_A_KEY = "[key]"  # pydantic's last part of a location that is about a key of a mapping
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

type Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with the value at `location`, keys and indexes from the top of the input.

    `value` is as Python writes it. `line` is given where the input cannot be read as YAML.
    """

    location: Location
    value: str
    message: str
    line: int | None = None

    @property
    def path(self) -> str:
        return _path(self.location)

    @property
    def text(self) -> str:
        """Everything but the line."""
        return ": ".join(filter(None, (self.path, self.value, self.message)))

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


def describe(
    error: ValidationError,
    *,
    at: Location = (),
    tags: Collection[str] = (),
    keys: Mapping[str, Collection[str]] | None = None,
) -> tuple[FieldError, ...]:
    """Returns one error for each of pydantic's, up to `MOST_DESCRIBED` and how many more there are.

    `at` is the location of the validated value; `tags` name members of unions, which are no part
    of a location; `keys` are the valid ones of each mapping by its key, "" for the value itself.
    """
    errors = error.errors(include_url=False)
    shown = (_described(e, at, tags, keys or {}) for e in errors[:MOST_DESCRIBED])
    return (*shown, *and_more(at, len(errors) - MOST_DESCRIBED))


def and_more(at: Location, count: int) -> tuple[FieldError, ...]:
    return (absent(at, f"and {count:,} more errors"),) if count > 0 else ()


def field_error(location: Location, value: object, message: str) -> FieldError:
    return FieldError(location, "" if value is _ABSENT else _shown(value), message)


def absent(location: Location, message: str) -> FieldError:
    """Returns an error about a location that holds no value."""
    return field_error(location, _ABSENT, message)


def nearest(word: object, valid: Collection[str]) -> str:
    """Returns a question for the valid word that is most like `word`, else all that are valid."""
    guess = closest(str(word), valid)
    return f"did you mean {guess!r}?" if guess else f"valid are {', '.join(sorted(valid))}"


def closest(word: str, valid: Collection[str], likeness: float = 0.6) -> str | None:
    """Returns the valid word that is most like `word`; capitals do not count, `likeness` is
    difflib's.
    """
    by_lower = {name.lower(): name for name in sorted(valid)}
    matches = difflib.get_close_matches(word.strip().lower(), by_lower, n=1, cutoff=likeness)
    return by_lower[matches[0]] if matches else None


def _described(
    error: Any, at: Location, tags: Collection[str], keys: Mapping[str, Collection[str]]
) -> FieldError:
    inside = tuple(part for part in error["loc"] if part not in tags)
    if inside and inside[-1] == _IS_A_KEY:
        message = _text(error) if error["type"] == "value_error" else _MESSAGES["invalid_key"]
        return field_error((*at, *inside[:-1]), error["input"], message)
    mapping = inside[:-1] if error["type"] == "extra_forbidden" else inside
    name = next((part for part in reversed(mapping) if isinstance(part, str)), "")
    is_absent = error["type"] in ("missing", "union_tag_not_found")
    value = _ABSENT if is_absent else error["input"]
    return field_error((*at, *inside), value, _message(error, keys.get(name, ())))


def _message(error: Any, keys: Collection[str]) -> str:
    """`keys` are the valid ones of the mapping that the error is about."""
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
    of_this_key = f"{kind} {error['loc'][-1] if error['loc'] else ''}"
    return _MESSAGES.get(of_this_key) or _MESSAGES.get(kind, _text(error))


def _text(error: Any) -> str:
    return str(error["msg"]).removeprefix("Value error, ")


def _unknown_key(key: object, keys: Collection[str]) -> str:
    if key in keys:  # of another form of the entry, such as `from` beside `country`
        return "cannot stand beside the others here; make it an entry of its own"
    return "unknown key" + (f"; {nearest(key, keys)}" if keys else "")


def _path(location: Location) -> str:
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
    return text if len(text) <= LONGEST_VALUE_SHOWN else f"{text[:LONGEST_VALUE_SHOWN]}…"


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__(maxlevel=4, maxstring=10 * LONGEST_VALUE_SHOWN, maxdict=8, maxlist=8)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - the base class calls it so
        return str(x) if abs(x) < 10**LONGEST_VALUE_SHOWN else "a very large number"


_short = _Short()
