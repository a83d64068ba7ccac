"""Evaluates every alarm when it is due, and returns which scaling policies it calls."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lowtide_workbench.aws.cloudwatch.alarm_evaluation import (
    Alarm,
    Evaluation,
    evaluate,
    is_due,
)
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmRecord, AlarmStore
from lowtide_workbench.aws.cloudwatch.metric_requests import instant
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.cloudwatch.state_reasons import state_reason

_POLICY = ":scalingPolicy:"


@dataclass(frozen=True, slots=True)
class PolicyTrigger:
    """An alarm in ALARM with a policy as its action; once a minute while it stays in ALARM."""

    alarm: Alarm
    action: str
    value: float
    points: Sequence[float]  # those of the alarm's evaluation periods, newest first


class AlarmEngine:
    def __init__(self, alarms: AlarmStore, metrics: MetricStore) -> None:
        self.evaluations: dict[str, Evaluation] = {}  # the last of each alarm, by its name
        self._alarms = alarms
        self._metrics = metrics
        self._changed: set[str] = set()  # names, since the last evaluation
        alarms.listeners.append(lambda record, _: self._changed.add(record.name))

    def evaluate(self, now: float) -> list[PolicyTrigger]:
        triggers = [*self._set_by_call(), *self._evaluated(now)]
        self._changed.clear()
        return triggers

    def _set_by_call(self) -> Iterator[PolicyTrigger]:
        """The triggers of SetAlarmState: with the newest point, or the threshold without any."""
        for name in sorted(self._changed & self._alarms.records.keys()):
            record, last = self._alarms.records[name], self.evaluations.get(name)
            if record.state == "ALARM":
                value = record.alarm.threshold
                if last is not None and last.latest is not None:
                    value = last.latest
                yield from _triggers(record, value, [value])

    def _evaluated(self, now: float) -> Iterator[PolicyTrigger]:
        for record in list(self._alarms.records.values()):
            alarm = record.alarm
            if not is_due(alarm, now):
                continue
            result = evaluate(alarm, record.state, self._metrics, now)
            self.evaluations[alarm.name] = result
            changed = result.state != record.state
            if changed:
                reason, data = state_reason(alarm, record.state, result), _data(alarm, result, now)
                self._alarms.set_state(record, result.state, reason, data)
            repeats = alarm.period >= 60 or (now - record.updated) % 60 == 0
            if result.state == "ALARM" and result.latest is not None and (changed or repeats):
                yield from _triggers(record, result.latest, list(result.points.values()))


def _triggers(
    record: AlarmRecord, value: float, points: Sequence[float]
) -> Iterator[PolicyTrigger]:
    for action in record.actions("ALARM"):
        if _POLICY in action:
            yield PolicyTrigger(record.alarm, action, value, points)


def _data(alarm: Alarm, result: Evaluation, now: float) -> str:
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": instant(now).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "period": alarm.period,
            "recentDatapoints": list(result.points.values())[::-1],
            "threshold": alarm.threshold,
        }
    )
