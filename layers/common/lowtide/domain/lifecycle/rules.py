"""A table of rules: the first that applies to a context decides."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lowtide.domain.lifecycle.actions import Action
from lowtide.domain.lifecycle.context import Context

type Condition = Callable[[Context], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    applies: Condition
    action: Callable[[Context], Action]


def first_that_applies(rules: Iterable[Rule], context: Context) -> Rule:
    return next(rule for rule in rules if rule.applies(context))


def all_of(*conditions: Condition) -> Condition:
    return lambda context: all(condition(context) for condition in conditions)


def none_of(*conditions: Condition) -> Condition:
    return lambda context: not any(condition(context) for condition in conditions)
