"""The wildcards of policies, and their variables."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

type Context = Mapping[str, Sequence[str]]  # by condition key in lower case: keys have no case

_TOKENS = re.compile(r"\$\{(?P<variable>[^}]*)\}|(?P<wildcard>[*?])|(?P<text>[^*?$]+|\$)")
_WILDCARDS = {"*": ".*", "?": "."}
_LITERALS = frozenset("*?$")  # written as ${*}, ${?} and ${$}


def matches(pattern: str, value: str, context: Context) -> bool:
    """Whether the whole value matches; a variable that has no value matches nothing."""
    compiled = _compiled(pattern) if "${" not in pattern else _with_variables(pattern, context)
    return compiled is not None and compiled.fullmatch(value) is not None


def arn_matches(pattern: str, value: str, context: Context) -> bool:
    """Whether each of the six parts of an ARN matches: no wildcard spans two of them."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(given) == 6 and all(
        matches(like, part, context) for like, part in zip(wanted, given, strict=True)
    )


def resolved(text: str, context: Context) -> str | None:
    """The text with its variables replaced; None where one has no value."""
    if "${" not in text:
        return text
    values = [
        _value(token["variable"], context) if token["variable"] is not None else token[0]
        for token in _TOKENS.finditer(text)
    ]
    return None if None in values else "".join(filter(None, values))


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (_WILDCARDS.get(token[0], re.escape(token[0])) for token in _TOKENS.finditer(pattern))
    return re.compile("".join(parts), re.DOTALL)


def _with_variables(pattern: str, context: Context) -> re.Pattern[str] | None:
    parts: list[str] = []
    for token in _TOKENS.finditer(pattern):
        if token["variable"] is None:
            parts.append(_WILDCARDS.get(token[0], re.escape(token[0])))
        elif (value := _value(token["variable"], context)) is not None:
            parts.append(re.escape(value))
        else:
            return None
    return re.compile("".join(parts), re.DOTALL)


def _value(variable: str, context: Context) -> str | None:
    """Of `key` or of `key, 'default'`; a key of several values has none."""
    if variable in _LITERALS:
        return variable
    key, _, default = (part.strip() for part in variable.partition(","))
    values = context.get(key.lower(), ())
    if len(values) == 1:
        return values[0]
    return default.strip("'") if default and not values else None
