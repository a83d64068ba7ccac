"""Composite alarms' rules: ALARM("a") AND NOT OK(b), read with Python's parser."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lowtide_workbench.aws.cloudwatch.alarm_evaluation import State
from lowtide_workbench.aws.protocol.refusal import Refusal

_ATOM = re.compile(
    r"""\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^()"']+?))\s*\)"""
)
_WORDS = {"AND": "and", "OR": "or", "NOT": "not", "TRUE": "True", "FALSE": "False"}


@dataclass(frozen=True, slots=True)
class Rule:
    tree: ast.expr
    atoms: Mapping[str, tuple[State, str]]  # the state that an alarm is asked about, by its place

    def holds(self, states: Mapping[str, State]) -> bool:
        return _holds(
            self.tree, {at: states.get(name) == is_ for at, (is_, name) in self.atoms.items()}
        )


def rule_of(text: str) -> Rule:
    atoms: dict[str, tuple[State, str]] = {}

    def placed(match: re.Match[str]) -> str:
        place = f"_{len(atoms)}"
        states: tuple[State, ...] = ("OK", "ALARM", "INSUFFICIENT_DATA")
        state = next(each for each in states if each == match[1])
        atoms[place] = (state, re.sub(r"^arn:.*:alarm:", "", match[2] or match[3] or match[4]))
        return place

    words = re.sub(
        r"\b[A-Z]+\b", lambda word: _WORDS.get(word[0], word[0]), _ATOM.sub(placed, text)
    )
    try:
        tree = ast.parse(" ".join(words.split()), mode="eval").body
        _holds(tree, dict.fromkeys(atoms, True))
    except (SyntaxError, KeyError, TypeError):
        raise Refusal("ValidationError", "AlarmRule is not a valid rule expression") from None
    return Rule(tree, atoms)


def _holds(node: ast.expr, atoms: Mapping[str, bool]) -> bool:
    match node:
        case ast.Name(id=place):
            return atoms[place]
        case ast.Constant(value=bool() as value):
            return value
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _holds(operand, atoms)
        case ast.BoolOp(op=op, values=values):
            found = [_holds(value, atoms) for value in values]
            return all(found) if isinstance(op, ast.And) else any(found)
    raise TypeError(ast.dump(node))
