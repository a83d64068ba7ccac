"""A table of rules: the first that applies decides."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lowtide.domain.lifecycle.actions import Action


@dataclass(frozen=True, slots=True)
class Rule[Subject]:
    name: str
    applies: Callable[[Subject], bool]
    action: Callable[[Subject], Action]


def first_that_applies[Subject](rules: Iterable[Rule[Subject]], subject: Subject) -> Rule[Subject]:
    return next(rule for rule in rules if rule.applies(subject))


def all_of[Subject](*conditions: Callable[[Subject], bool]) -> Callable[[Subject], bool]:
    return lambda subject: all(condition(subject) for condition in conditions)


def none_of[Subject](*conditions: Callable[[Subject], bool]) -> Callable[[Subject], bool]:
    return lambda subject: not any(condition(subject) for condition in conditions)
