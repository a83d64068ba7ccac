"""The functions of metric math."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

type Points = Mapping[int, float]
type Value = float | Points | Sequence[Points]  # a scalar, a time series, an array of them

NOTHING: Points = {}


@dataclass(frozen=True, slots=True)
class Grid:
    """The periods of a result: [start, end) in steps of `period`."""

    start: int
    end: int
    period: int

    @property
    def times(self) -> range:
        return range(self.start, self.end, self.period)


def each_point(function: Callable[[float], float]) -> Callable[[Value], Value]:
    """`function` over a scalar, a series or an array; points where it is undefined are dropped."""

    def over(value: Value) -> Value:
        if isinstance(value, int | float):
            return _mapped({0: value}, function).get(0, NOTHING)
        if isinstance(value, Mapping):
            return _mapped(value, function)
        return [_mapped(member, function) for member in value]

    return over


def _mapped(points: Points, function: Callable[[float], float]) -> dict[int, float]:
    mapped: dict[int, float] = {}
    for at, value in points.items():
        try:
            mapped[at] = function(value)
        except (ArithmeticError, ValueError):
            continue
    return mapped


def aggregate(gather: Callable[[Sequence[float]], float]) -> Callable[[Value], Value]:
    """`gather` over a series gives a number, over an array a series of the members' points."""

    def over(value: Value) -> Value:
        if isinstance(value, Mapping):
            return gather(list(value.values())) if value else NOTHING
        members = array(value)
        times = sorted({at for series in members for at in series})
        return {at: gather([series[at] for series in members if at in series]) for at in times}

    return over


def array(value: Value) -> Sequence[Points]:
    if isinstance(value, int | float | Mapping):
        raise ValueError("an array of time series is expected")
    return value


def series(value: Value) -> Points:
    if not isinstance(value, Mapping):
        raise ValueError("a time series is expected")
    return value


def fill(points: Points, filler: Value | str, grid: Grid) -> Points:
    """The points with their gaps filled; `filler` is REPEAT, a number or a series.

    REPEAT needs a point before the gap.
    """
    if isinstance(filler, str):
        return _repeated(points, grid)
    if isinstance(filler, int | float):
        return {at: points.get(at, filler) for at in grid.times}
    both = {**series(filler), **points}
    return {at: both[at] for at in grid.times if at in both}


def _repeated(points: Points, grid: Grid) -> Points:
    repeated: dict[int, float] = {}
    last: float | None = None
    for at in grid.times:
        last = points.get(at, last)
        if last is not None:
            repeated[at] = last
    return repeated


OF_ONE: Mapping[str, Callable[[Value], Value]] = {
    "ABS": each_point(abs),
    "CEIL": each_point(math.ceil),
    "FLOOR": each_point(math.floor),
    "AVG": aggregate(statistics.fmean),
    "MAX": aggregate(max),
    "MIN": aggregate(min),
    "SUM": aggregate(math.fsum),
}
