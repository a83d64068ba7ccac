"""CloudWatch metric math over time series, arrays of them, and scalars."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lowtide_workbench.aws.cloudwatch.metric_math_functions import (
    NOTHING,
    OF_ONE,
    Grid,
    Points,
    Value,
    each_point,
    fill,
    series,
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
_WITH_MORE = frozenset({"FILL", "IF", "METRICS"})


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
            case "FILL", [filled, ast.Name(id="REPEAT")]:
                return self._filled(self.value(filled), "REPEAT")
            case "FILL", [filled, filler]:
                return self._filled(self.value(filled), self.value(filler))
            case "IF", [condition, *branches] if 1 <= len(branches) <= 2:
                yes, no = [*map(self.value, branches), NOTHING][:2]
                return _if(self.value(condition), yes, no)
            case "METRICS", _:
                return self._metrics(args)
        raise ValueError(f"not supported here: {name} with {len(args)} arguments")

    def _filled(self, value: Value, filler: Value | str) -> Value:
        if isinstance(value, int | float):
            raise ValueError("FILL expects a time series")
        if isinstance(value, Mapping):
            return fill(value, filler, self.grid)
        return [fill(member, filler, self.grid) for member in value]

    def _metrics(self, args: Sequence[ast.expr]) -> Value:
        """The array of all metrics, or of those whose id contains the argument."""
        part = "".join(str(arg.value) for arg in args if isinstance(arg, ast.Constant))
        return [series(self.queries[id_]) for id_ in self.metrics if part in id_]


def _array(members: Sequence[Value]) -> Value:
    """The array; a number among the members has a point wherever another member has one."""
    times = sorted({at for member in members if isinstance(member, Mapping) for at in member})
    return [
        dict.fromkeys(times, member) if isinstance(member, int | float) else series(member)
        for member in members
    ]


def combine(operation: Operator, left: Value, right: Value) -> Value:
    """Point by point: a side that misses the point is 0, x / 0 drops it (facts 1.7)."""
    if isinstance(right, int | float):
        return each_point(lambda value: operation(value, right))(left)
    if isinstance(left, int | float):
        return each_point(lambda value: operation(left, value))(right)
    if isinstance(left, Mapping):
        if isinstance(right, Mapping):
            return _joined(operation, left, right)
        return [_joined(operation, left, member) for member in right]
    if isinstance(right, Mapping):
        return [_joined(operation, member, right) for member in left]
    return [_joined(operation, *pair) for pair in zip(left, right, strict=True)]


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
    if isinstance(condition, int | float):
        return yes if condition else no
    chosen: dict[int, float] = {}
    for at, holds in series(condition).items():
        branch = yes if holds else no
        value = branch if isinstance(branch, int | float) else series(branch).get(at)
        if value is not None:
            chosen[at] = value
    return chosen


def _real(value: float | complex) -> float:
    if isinstance(value, complex):
        raise ArithmeticError("a root of a negative number")
    return value
