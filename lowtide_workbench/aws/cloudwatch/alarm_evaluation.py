"""The evaluation of a CloudWatch alarm: M of N, missing data, state."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Literal

from lowtide_workbench.aws.cloudwatch import metric_query
from lowtide_workbench.aws.cloudwatch.metric_query import Query, Span, Statistic
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore

type State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

# CloudWatch reads a few more periods than it evaluates, so that a late point is not missing.
_EXTRA_PERIODS = 2

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm's condition; of several queries, it is about the one that is returned. Without
    queries it is kept and not evaluated."""

    name: str
    queries: tuple[Query, ...]
    period: int
    periods: int
    threshold: float
    comparison: str
    to_alarm: int | None = None  # DatapointsToAlarm; None: all of them
    missing: str | None = None  # TreatMissingData; None: "missing"

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.comparison](value, self.threshold)

    def breaching(self, values: Sequence[float]) -> int:
        return sum(map(COMPARISONS[self.comparison], values, repeat(self.threshold)))


@dataclass(frozen=True, slots=True)
class Evaluation:
    state: State
    # Those evaluated, by the start of their period, newest first; none while the state stays OK.
    points: Mapping[int, float]
    latest: float | None  # the newest point; None where the newest periods have none


def is_due(alarm: Alarm, now: float) -> bool:
    """Whether it is time: once a minute, or every 10 seconds with a period below a minute."""
    return bool(alarm.queries) and now % _interval(alarm) == 0


def evaluate(alarm: Alarm, state: State, store: MetricStore, now: float) -> Evaluation:
    times, values = _newest_first(alarm, store, now)
    present = [value for value in values if value is not None]
    latest = next((value for value in values[: _EXTRA_PERIODS + 1] if value is not None), None)
    known = ((at, value) for at, value in zip(times, values, strict=True) if value is not None)
    new_state = _state(alarm, state, values, present)
    points = {} if new_state == state == "OK" else dict(islice(known, alarm.periods))
    return Evaluation(new_state, points, latest)


def _interval(alarm: Alarm) -> int:
    return 10 if alarm.period < 60 else 60


def _newest_first(alarm: Alarm, store: MetricStore, now: float) -> tuple[range, list[float | None]]:
    """The periods and their values, counted back from now: long periods slide minute by minute."""
    period, count = alarm.period, alarm.periods + _EXTRA_PERIODS
    end = int(now // _interval(alarm)) * _interval(alarm)
    span = Span(end - count * period, end, now, anchor=end)
    if len(alarm.queries) == 1 and isinstance(source := alarm.queries[0].source, Statistic):
        points = metric_query.read(store, source, span)
    else:
        points = _of_math(alarm, store, span)
    times = range(end - period, end - (count + 1) * period, -period)
    return times, [points.get(at) for at in times]


def _of_math(alarm: Alarm, store: MetricStore, span: Span) -> Mapping[int, float]:
    """The points of an expression; none where the present data make it no time series."""
    try:
        (series,) = metric_query.run(store, alarm.queries, span)
    except ValueError:
        return {}
    return series.points


def _state(
    alarm: Alarm, state: State, values: Sequence[float | None], present: Sequence[float]
) -> State:
    needed = alarm.to_alarm or alarm.periods
    if len(present) >= alarm.periods:
        breaching = alarm.breaching(present[: alarm.periods])
        return "ALARM" if breaching >= needed else "OK"
    breaching = alarm.breaching(present)
    match alarm.missing:
        case "breaching":
            filled = alarm.periods - len(present)
            return "ALARM" if breaching + filled >= needed else "OK"
        case "notBreaching":
            return "ALARM" if breaching >= needed else "OK"
        case "ignore":
            return state
    return _with_gaps(alarm, state, values, present)


def _with_gaps(
    alarm: Alarm, state: State, values: Sequence[float | None], present: Sequence[float]
) -> State:
    """The state with TreatMissingData "missing": too few points raise it if the oldest is old."""
    if not present:
        return "INSUFFICIENT_DATA"
    if any(not alarm.breaches(value) for value in present):
        return "OK"
    oldest = max(n for n, value in enumerate(values, start=1) if value is not None)
    return "ALARM" if oldest >= (alarm.to_alarm or alarm.periods) else state
