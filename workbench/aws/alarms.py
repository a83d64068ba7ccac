"""CloudWatch alarms: M of N, missing data, state."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Literal

from workbench.aws import metric_query
from workbench.aws.metric_query import Query, Span, Statistic
from workbench.aws.metric_store import MetricStore

type State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

# CloudWatch looks at a few more periods than it judges, so that a late point is not a missing one.
_SPARE_PERIODS = 2

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """What an alarm watches; with several queries, the one that is returned."""

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
class Judgement:
    state: State
    points: Sequence[float]  # those judged, newest first
    latest: float | None  # the newest point seen; None where the newest periods have none


def due(alarm: Alarm, now: float) -> bool:
    """Once a minute, and every 10 seconds where the period is shorter than a minute."""
    return now % _pace(alarm) == 0


def judge(alarm: Alarm, state: State, store: MetricStore, now: float) -> Judgement:
    values = _newest_first(alarm, store, now)
    present = [value for value in values if value is not None]
    latest = next((value for value in values[: _SPARE_PERIODS + 1] if value is not None), None)
    new_state = _state(alarm, state, values, present)
    return Judgement(new_state, present[: alarm.periods], latest)


def _pace(alarm: Alarm) -> int:
    return 10 if alarm.period < 60 else 60


def _newest_first(alarm: Alarm, store: MetricStore, now: float) -> list[float | None]:
    """Periods are counted back from now, so that long ones slide on minute by minute."""
    period, count = alarm.period, alarm.periods + _SPARE_PERIODS
    end = int(now // _pace(alarm)) * _pace(alarm)
    span = Span(end - count * period, end, now, anchor=end)
    if len(alarm.queries) == 1 and isinstance(source := alarm.queries[0].source, Statistic):
        points = metric_query.read(store, source, span)
    else:
        (line,) = metric_query.run(store, alarm.queries, span)
        points = line.points
    return [points.get(end - n * period) for n in range(1, count + 1)]


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
    """Missing is missing: too few points raise the alarm only where the oldest is old enough."""
    if not present:
        return "INSUFFICIENT_DATA"
    if any(not alarm.breaches(value) for value in present):
        return "OK"
    oldest = max(n for n, value in enumerate(values, start=1) if value is not None)
    return "ALARM" if oldest >= (alarm.to_alarm or alarm.periods) else state


def reason(alarm: Alarm, state: State, present: Sequence[float]) -> str:
    """In CloudWatch's words why the alarm came to its state; `present` are the points judged."""
    if state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {alarm.periods} datapoints were unknown."
    breaching = state == "ALARM"
    told = [value for value in present if alarm.breaches(value) == breaching]
    shown = ", ".join(str(round(value, 4)) for value in told[:3])
    verb = "were" if breaching else "were not"
    return (
        f"Threshold Crossed: {len(told)} datapoints [{shown}] {verb} "
        f"{_WORDS[alarm.comparison]} the threshold ({alarm.threshold})."
    )


_WORDS = {
    "GreaterThanThreshold": "greater than",
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
