"""Evaluates every alarm when it is due, and says which scaling policies want to be run."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm, Judgement, State, due, judge
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmBook, Record
from lowtide_workbench.aws.cloudwatch.composite_rules import Rule
from lowtide_workbench.aws.cloudwatch.metric_requests import instant
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore
from lowtide_workbench.aws.cloudwatch.state_reasons import reason

_POLICY = ":scalingPolicy:"


@dataclass(frozen=True, slots=True)
class Trip:
    """An alarm in ALARM that calls for a policy; once a minute while it stays there."""

    alarm: Alarm
    action: str
    value: float
    points: Sequence[float]  # those of the alarm's evaluation periods, newest first


class AlarmWatch:
    def __init__(self, book: AlarmBook, store: MetricStore) -> None:
        self.readings: dict[str, Judgement] = {}  # the last of each alarm, by its name
        self._book = book
        self._store = store
        self._changed: set[str] = set()  # since the last evaluation, by whomever
        book.listeners.append(self._on_change)

    def evaluate(self, now: float) -> list[Trip]:
        trips = [*self._forced(), *self._judged(now)]
        self._changed.clear()
        for _ in range(self._composites()):  # one may stand on another
            if not self._settle_composites():
                break
        return trips

    def _on_change(self, record: Record, _: State) -> None:
        self._changed.add(record.name)

    def _forced(self) -> Iterator[Trip]:
        """SetAlarmState; a policy then sees the newest point, or the threshold without any."""
        for name in sorted(self._changed & self._book.records.keys()):
            record = self._book.records[name]
            alarm, known = record.judged, self.readings.get(name)
            if isinstance(alarm, Alarm) and record.state == "ALARM":
                latest = known.latest if known else None
                value = alarm.threshold if latest is None else latest
                yield from _trips(record, alarm, value, [value])

    def _judged(self, now: float) -> Iterator[Trip]:
        for record in list(self._book.records.values()):
            alarm = record.judged
            if not isinstance(alarm, Alarm) or not due(alarm, now):
                continue
            found = self.readings[alarm.name] = judge(alarm, record.state, self._store, now)
            changed = found.state != record.state
            if changed:
                told, data = reason(alarm, record.state, found), _data(alarm, found, now)
                self._book.set_state(record, found.state, told, data)
            again = alarm.period >= 60 or (now - record.updated) % 60 == 0
            if found.state == "ALARM" and found.latest is not None and (changed or again):
                yield from _trips(record, alarm, found.latest, list(found.points.values()))

    def _composites(self) -> int:
        return sum(isinstance(record.judged, Rule) for record in self._book.records.values())

    def _settle_composites(self) -> bool:
        """Whether any changed."""
        states = {name: record.state for name, record in self._book.records.items()}
        moved = False
        for record in list(self._book.records.values()):
            if not isinstance(record.judged, Rule):
                continue
            state: State = "ALARM" if record.judged.holds(states) else "OK"
            if state != record.state:
                moved = True
                self._book.set_state(record, state, self._cause(record.judged))
        return moved

    def _cause(self, rule: Rule) -> str:
        children = [self._book.records.get(name) for _, name in rule.atoms.values()]
        last = max((each for each in children if each), key=lambda each: each.updated, default=None)
        return f"{last.arn} transitioned to {last.state}" if last else "The rule is a constant"


def _trips(record: Record, alarm: Alarm, value: float, points: Sequence[float]) -> Iterator[Trip]:
    for action in record.actions("ALARM"):
        if _POLICY in action:
            yield Trip(alarm, action, value, points)


def _data(alarm: Alarm, found: Judgement, now: float) -> str:
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": instant(now).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "period": alarm.period,
            "recentDatapoints": list(found.points.values())[::-1],
            "threshold": alarm.threshold,
        }
    )
