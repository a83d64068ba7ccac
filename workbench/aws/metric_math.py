"""CloudWatch metric math, the basic arithmetic: enough for the expressions that scaling uses."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence

type Points = Mapping[int, float]

SUM_OF_ALL = "SUM(METRICS())"

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}

_UNDERSTOOD = (
    *_OPERATORS, ast.BinOp, ast.UnaryOp, ast.USub, ast.Constant, ast.Name, ast.Load,
)  # fmt: skip


def evaluate(expression: str, series: Mapping[str, Points]) -> dict[int, float]:
    """A point wherever any of the series named has one; missing counts as 0, x / 0 drops it.

    Raises ValueError for anything beyond + - * / and ids.
    """
    tree = _parse(expression)
    used = names(expression)
    if unknown := used - series.keys():
        raise ValueError(f"unknown id {sorted(unknown)[0]!r} in {expression!r}")
    points: dict[int, float] = {}
    for at in sorted({at for name in used for at in series[name]}):
        try:
            points[at] = _value(tree, {name: series[name].get(at, 0.0) for name in used})
        except ZeroDivisionError:
            continue
    return points


def total(series: Sequence[Points]) -> dict[int, float]:
    """SUM(METRICS()): a point wherever any series has one."""
    times = sorted({at for points in series for at in points})
    return {at: sum(points.get(at, 0.0) for points in series) for at in times}


def names(expression: str) -> set[str]:
    """The ids that an expression stands on."""
    if expression == SUM_OF_ALL:
        return set()
    return {node.id for node in ast.walk(_parse(expression)) if isinstance(node, ast.Name)}


def _parse(expression: str) -> ast.expr:
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"not an expression: {expression!r}") from None
    for node in ast.walk(tree):
        if not isinstance(node, _UNDERSTOOD):
            raise ValueError(f"not supported here: {expression!r}")
    return tree


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
    raise ValueError(f"not supported here: {ast.unparse(node)}")
