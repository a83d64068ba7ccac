"""The condition operators of policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
IpAddress and BinaryEquals are not played: they count as met in a Deny and as not met in an Allow,
so that nothing is called allowed that may not be.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lowtide_workbench.aws.iam.patterns import Context, arn_matches, matches, resolved

type Compare = Callable[[str, str, Context], bool]  # a value of the request, the policy's, context

_FOR_ALL, _FOR_ANY, _IF_EXISTS = "ForAllValues:", "ForAnyValue:", "IfExists"


def are_met(condition: Mapping[str, Any], context: Context, *, unknown: bool) -> bool:
    """Whether every operator holds for every key; `unknown` is said of an operator not played."""
    return all(
        _holds(name, context.get(key.lower(), ()), listed(wanted), context, unknown=unknown)
        for name, keys in condition.items()
        for key, wanted in keys.items()
    )


def listed(value: Any) -> list[str]:
    """A list of texts; policies may write one value without a list, and booleans and numbers."""
    values = value if isinstance(value, list) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _holds(
    name: str, values: Sequence[str], wanted: Sequence[str], context: Context, *, unknown: bool
) -> bool:
    if name == "Null":
        return ("true" if not values else "false") in map(str.lower, wanted)
    base = name.removeprefix(_FOR_ALL).removeprefix(_FOR_ANY).removesuffix(_IF_EXISTS)
    if base not in _OPERATORS:
        return unknown
    compare, is_negated = _OPERATORS[base]
    each = [any(compare(value, like, context) for like in wanted) != is_negated for value in values]
    if name.startswith(_FOR_ALL) or (name.endswith(_IF_EXISTS) and not values):
        return all(each)
    if name.startswith(_FOR_ANY):
        return any(each)
    return any(each) if values else is_negated


def _text(compare: Callable[[str, str], bool]) -> Compare:
    def compared(value: str, wanted: str, context: Context) -> bool:
        text = resolved(wanted, context)
        return text is not None and compare(value, text)

    return compared


def _parsed(read: Callable[[str], float], compare: Callable[[float, float], bool]) -> Compare:
    """Compares what both texts say; what cannot be read is not met."""

    def compared(value: str, wanted: str, context: Context) -> bool:
        del context
        try:
            return compare(read(value), read(wanted))
        except ValueError:
            return False

    return compared


def _date(text: str) -> float:
    """A date in ISO 8601, or seconds since 1970."""
    if text.isdecimal():
        return float(text)
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def _ignoring_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
# With each comparison, whether it is negated.
_OPERATORS: Mapping[str, tuple[Compare, bool]] = {
    "StringEquals": (_text(str.__eq__), False),
    "StringNotEquals": (_text(str.__eq__), True),
    "StringEqualsIgnoreCase": (_text(_ignoring_case), False),
    "StringNotEqualsIgnoreCase": (_text(_ignoring_case), True),
    "StringLike": (lambda value, like, context: matches(like, value, context), False),
    "StringNotLike": (lambda value, like, context: matches(like, value, context), True),
    "ArnEquals": (lambda value, like, context: arn_matches(like, value, context), False),
    "ArnLike": (lambda value, like, context: arn_matches(like, value, context), False),
    "ArnNotEquals": (lambda value, like, context: arn_matches(like, value, context), True),
    "ArnNotLike": (lambda value, like, context: arn_matches(like, value, context), True),
    "Bool": (_text(_ignoring_case), False),
    "NumericEquals": (_parsed(float, operator.eq), False),
    "NumericNotEquals": (_parsed(float, operator.eq), True),
    "DateEquals": (_parsed(_date, operator.eq), False),
    "DateNotEquals": (_parsed(_date, operator.eq), True),
    **{f"Numeric{name}": (_parsed(float, order), False) for name, order in _ORDERS.items()},
    **{f"Date{name}": (_parsed(_date, order), False) for name, order in _ORDERS.items()},
}
