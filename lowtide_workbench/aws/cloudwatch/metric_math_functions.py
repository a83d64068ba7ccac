"""The functions of metric math."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

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


def is_series(value: Value) -> bool:
    return isinstance(value, Mapping)


def is_scalar(value: Value) -> bool:
    return isinstance(value, int | float)


def each_point(function: Callable[[float], float]) -> Callable[[Value], Value]:
    """`function` over a scalar, a series or an array; points where it is undefined are dropped."""

    def over(value: Value) -> Value:
        if is_scalar(value):
            return _mapped({0: cast("float", value)}, function).get(0, NOTHING)
        if is_series(value):
            return _mapped(cast("Points", value), function)
        return [_mapped(series, function) for series in cast("Sequence[Points]", value)]

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
        if is_series(value):
            points = cast("Points", value)
            return gather(list(points.values())) if points else NOTHING
        members = array(value)
        times = sorted({at for series in members for at in series})
        return {at: gather([series[at] for series in members if at in series]) for at in times}

    return over


def array(value: Value) -> Sequence[Points]:
    if is_scalar(value) or is_series(value):
        raise ValueError("an array of time series is expected")
    return cast("Sequence[Points]", value)


def series(value: Value) -> Points:
    if not is_series(value):
        raise ValueError("a time series is expected")
    return cast("Points", value)


def fill(points: Points, filler: Value | str, grid: Grid) -> Points:
    """REPEAT and LINEAR need a real point before the gap, LINEAR one behind it as well."""
    match filler:
        case "REPEAT":
            return _repeated(points, grid)
        case "LINEAR":
            return _interpolated(points, grid)
        case int() | float():
            return {at: points.get(at, filler) for at in grid.times}
    both = {**series(cast("Value", filler)), **points}
    return {at: both[at] for at in grid.times if at in both}


def _repeated(points: Points, grid: Grid) -> Points:
    repeated: dict[int, float] = {}
    last: float | None = None
    for at in grid.times:
        last = points.get(at, last)
        if last is not None:
            repeated[at] = last
    return repeated


def _interpolated(points: Points, grid: Grid) -> Points:
    filled = dict(points)
    known = sorted(points)
    for left, right in pairwise(known):
        slope = (points[right] - points[left]) / (right - left)
        for at in range(left + grid.period, right, grid.period):
            filled[at] = points[left] + slope * (at - left)
    return {at: filled[at] for at in sorted(filled)}


def running_sum(points: Points) -> Points:
    total = 0.0
    return {at: (total := total + points[at]) for at in sorted(points)}


def differences(points: Points) -> Points:
    known = sorted(points)
    return {at: points[at] - points[was] for was, at in pairwise(known)}


def rate(points: Points) -> Points:
    """The change per second between points."""
    known = sorted(points)
    steps = pairwise(known)
    return {at: (points[at] - points[was]) / (at - was) for was, at in steps}


OF_ONE: Mapping[str, Callable[[Value], Value]] = {
    "ABS": each_point(abs),
    "CEIL": each_point(math.ceil),
    "FLOOR": each_point(math.floor),
    "LOG": each_point(math.log),
    "LOG10": each_point(math.log10),
    "AVG": aggregate(statistics.fmean),
    "MAX": aggregate(max),
    "MIN": aggregate(min),
    "SUM": aggregate(math.fsum),
    "STDDEV": aggregate(statistics.pstdev),
    "FIRST": lambda value: array(value)[0],
    "LAST": lambda value: array(value)[-1],
    "METRIC_COUNT": lambda value: float(len(array(value))),
    "DATAPOINT_COUNT": lambda value: float(len(series(value))),
    "REMOVE_EMPTY": lambda value: [each for each in array(value) if each],
    "RUNNING_SUM": lambda value: running_sum(series(value)),
    "DIFF": lambda value: differences(series(value)),
    "RATE": lambda value: rate(series(value)),
}
