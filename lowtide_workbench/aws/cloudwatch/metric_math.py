"""CloudWatch metric math over time series, arrays of them, and scalars."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from lowtide_workbench.aws.cloudwatch.metric_math_functions import (
    NOTHING,
    OF_ONE,
    Grid,
    Points,
    Value,
    each_point,
    fill,
    is_scalar,
    is_series,
)
from lowtide_workbench.aws.cloudwatch.metric_math_parser import functions, names, parse, plain

type Operator = Callable[[float, float], float]

_OPERATORS: Mapping[type[ast.AST], Operator] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: lambda base, exponent: _real(base**exponent),
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.And: lambda left, right: bool(left) and bool(right),
    ast.Or: lambda left, right: bool(left) or bool(right),
}
_WITH_MORE = frozenset({"FILL", "IF", "METRICS", "PERIOD", "TIME_SERIES"})


def check(expression: str) -> None:
    """ValueError for an expression that could not be evaluated, whatever the data."""
    names(expression)
    if unknown := functions(expression) - OF_ONE.keys() - _WITH_MORE:
        raise ValueError(f"not supported here: {min(unknown)} in {expression!r}")


def evaluate(
    expression: str, queries: Mapping[str, Value], grid: Grid, metrics: Sequence[str] = ()
) -> Value:
    """The value of `expression`; `queries` are the values by id, `metrics` the ids of METRICS()."""
    check(expression)
    if unknown := names(expression) - queries.keys():
        raise ValueError(f"unknown id {min(unknown)!r} in {expression!r}")
    return _Evaluation(queries, grid, metrics).value(parse(expression))


@dataclass(frozen=True, slots=True)
class _Evaluation:
    queries: Mapping[str, Value]
    grid: Grid
    metrics: Sequence[str]

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Name(id=name) if plain(name) in self.queries:
                return self.queries[plain(name)]
            case ast.Constant(value=int() | float() as number):
                return number
            case ast.UnaryOp(operand=operand):
                return each_point(operator.neg)(self.value(operand))
            case ast.BinOp(left=left, op=op, right=right):
                return combine(_OPERATORS[type(op)], self.value(left), self.value(right))
            case ast.List(elts=members):
                return _array([self.value(member) for member in members])
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args)
        return self._truth(node)

    def _truth(self, node: ast.expr) -> Value:
        """The value of a comparison or of AND and OR: 1 or 0 at each point."""
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                result = combine(_OPERATORS[type(op)], self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=values):
                result = self.value(values[0])
                for value in values[1:]:
                    result = combine(_OPERATORS[type(op)], result, self.value(value))
            case _:
                raise ValueError(f"not supported here: {ast.unparse(node)}")
        return each_point(float)(result)

    def _call(self, name: str, args: Sequence[ast.expr]) -> Value:
        if name in OF_ONE and len(args) == 1:
            return OF_ONE[name](self.value(args[0]))
        match name, args:
            case "FILL", [filled, ast.Name(id="REPEAT" | "LINEAR" as how)]:
                return self._filled(self.value(filled), how)
            case "FILL", [filled, filler]:
                return self._filled(self.value(filled), self.value(filler))
            case "IF", [condition, *branches] if 1 <= len(branches) <= 2:
                yes, no = [*map(self.value, branches), NOTHING][:2]
                return _if(self.value(condition), yes, no)
            case "METRICS", _:
                return self._metrics(args)
            case "PERIOD", [_]:
                return float(self.grid.period)
            case "TIME_SERIES", [scalar]:
                return dict.fromkeys(self.grid.times, cast("float", self.value(scalar)))
        raise ValueError(f"not supported here: {name} with {len(args)} arguments")

    def _filled(self, value: Value, filler: Value | str) -> Value:
        if is_scalar(value):
            raise ValueError("FILL expects a time series")
        if is_series(value):
            return fill(cast("Points", value), filler, self.grid)
        return [fill(series, filler, self.grid) for series in _members(value)]

    def _metrics(self, args: Sequence[ast.expr]) -> Value:
        """The array of all metrics, or of those whose id contains the argument."""
        part = "".join(str(arg.value) for arg in args if isinstance(arg, ast.Constant))
        return [cast("Points", self.queries[id_]) for id_ in self.metrics if part in id_]


def _array(members: Sequence[Value]) -> Value:
    """The array; a number among the members has a point wherever another member has one."""
    series = [cast("Points", member) for member in members if is_series(member)]
    times = sorted({at for points in series for at in points})
    return [
        dict.fromkeys(times, cast("float", member)) if is_scalar(member) else cast("Points", member)
        for member in members
    ]


def combine(operation: Operator, left: Value, right: Value) -> Value:
    """Point by point: a side that misses the point is 0, x / 0 drops it (facts 1.7)."""
    if is_scalar(right):
        return each_point(lambda value: operation(value, cast("float", right)))(left)
    if is_scalar(left):
        return each_point(lambda value: operation(cast("float", left), value))(right)
    if is_series(left) and is_series(right):
        return _joined(operation, cast("Points", left), cast("Points", right))
    if is_series(left):
        return [_joined(operation, cast("Points", left), member) for member in _members(right)]
    if is_series(right):
        return [_joined(operation, member, cast("Points", right)) for member in _members(left)]
    pairs = zip(_members(left), _members(right), strict=True)
    return [_joined(operation, *pair) for pair in pairs]


def _joined(operation: Operator, left: Points, right: Points) -> Points:
    joined: dict[int, float] = {}
    for at in sorted(left.keys() | right.keys()):
        try:
            joined[at] = operation(left.get(at, 0.0), right.get(at, 0.0))
        except (ArithmeticError, ValueError):
            continue
    return joined


def _if(condition: Value, yes: Value, no: Value) -> Value:
    """The points of the branches; where the chosen branch has none there is none."""
    if is_scalar(condition):
        return yes if condition else no
    if not is_series(condition):
        raise ValueError("IF expects a time series or a number as its condition")
    chosen: dict[int, float] = {}
    for at, holds in cast("Points", condition).items():
        branch = yes if holds else no
        value = branch if is_scalar(branch) else cast("Points", branch).get(at)
        if value is not None:
            chosen[at] = cast("float", value)
    return chosen


def _members(value: Value) -> Sequence[Points]:
    return cast("Sequence[Points]", value)


def _real(value: float | complex) -> float:
    if isinstance(value, complex):
        raise ArithmeticError("a root of a negative number")
    return value
