"""Evaluates every alarm when it is due, and says which want their actions run."""

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.aws.alarms import Alarm, Judgement, due, judge
from workbench.aws.metric_store import MetricStore
from workbench.aws.moto_internals import AlarmBook


@dataclass(frozen=True, slots=True)
class Trip:
    """An alarm in ALARM, with an action to run; repeated while it stays there."""

    alarm: Alarm
    action: str
    value: float


class AlarmWatch:
    def __init__(self, book: AlarmBook, store: MetricStore) -> None:
        self.readings: dict[str, Judgement] = {}  # the last of each alarm, by its name
        self._book = book
        self._store = store

    def evaluate(self, now: float) -> list[Trip]:
        return list(self._trips(now))

    def _trips(self, now: float) -> Iterator[Trip]:
        for alarm, state in self._book.all():
            if not due(alarm, now):
                continue
            reading = self.readings[alarm.name] = judge(alarm, state, self._store, now)
            if reading.state != state:
                self._book.set_state(alarm.name, reading.state, reading.reason)
            if reading.state == "ALARM" and reading.latest is not None:
                for action in alarm.actions:
                    yield Trip(alarm, action, reading.latest)
