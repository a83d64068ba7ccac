"""The alarms of the account: as they were put, and their state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm, State
from lowtide_workbench.aws.cloudwatch.alarm_requests import ACTIONS, alarm_of
from lowtide_workbench.aws.cloudwatch.metric_requests import instant
from lowtide_workbench.aws.virtual_time.clock import VirtualClock

type Document = dict[str, Any]


@dataclass(slots=True)
class AlarmRecord:
    """An alarm as PutMetricAlarm gave it, with its state."""

    request: Document
    alarm: Alarm
    configured: float
    state: State = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    reason_data: str | None = None
    updated: float = 0.0
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.alarm.name

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{self.name}"

    def actions(self, state: State | None = None) -> Sequence[str]:
        """The actions of `state`, by default the present one; none where they are disabled."""
        if not self.request.get("ActionsEnabled", True):
            return ()
        return list(self.request.get(ACTIONS[state or self.state]) or ())


class AlarmStore:
    def __init__(self, clock: VirtualClock) -> None:
        self.records: dict[str, AlarmRecord] = {}
        # Called with the record and the state before, on every change of a state.
        self.listeners: list[Callable[[AlarmRecord, State], None]] = []
        self._clock = clock

    def put(self, request: Mapping[str, Any]) -> None:
        """An update leaves state and tags as they were: AWS ignores its tags (facts 4)."""
        alarm, now = alarm_of(request), self._clock.seconds()
        given = {
            key: value for key, value in request.items() if key != "Tags" and value is not None
        }
        old = self.records.get(alarm.name)
        if old is None:
            tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags") or ()}
            record = AlarmRecord(given, alarm, now, updated=now, tags=tags)
        else:
            record = replace(old, request=given, alarm=alarm, configured=now)
        self.records[alarm.name] = record

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            self.records.pop(name, None)

    def with_action(self, action: str) -> list[AlarmRecord]:
        return [record for record in self.records.values() if action in _all_actions(record)]

    def drop_action(self, action: str) -> None:
        for record in self.with_action(action):
            for field_name in ACTIONS.values():
                actions = record.request.get(field_name) or []
                record.request[field_name] = [other for other in actions if other != action]

    def enable(self, names: Iterable[str], *, enabled: bool) -> None:
        for name in names:
            if name in self.records:
                self.records[name].request["ActionsEnabled"] = enabled

    def set_state(
        self, record: AlarmRecord, state: State, reason: str, data: str | None = None
    ) -> None:
        before = record.state
        record.state, record.reason, record.reason_data = state, reason, data
        record.updated = self._clock.seconds()
        for listener in self.listeners:
            listener(record, before)


def _all_actions(record: AlarmRecord) -> list[str]:
    return [action for name in ACTIONS.values() for action in record.request.get(name) or ()]


def alarm_view(record: AlarmRecord) -> Document:
    """The alarm as DescribeAlarms shows it."""
    defaults: Document = {name: [] for name in ACTIONS.values()}
    state: Document = {
        "AlarmArn": record.arn,
        "AlarmConfigurationUpdatedTimestamp": instant(record.configured),
        "StateValue": record.state,
        "StateReason": record.reason,
        "StateUpdatedTimestamp": instant(record.updated),
        "StateTransitionedTimestamp": instant(record.updated),
    }
    data = {"StateReasonData": record.reason_data} if record.reason_data else {}
    return {**defaults, "ActionsEnabled": True, "Dimensions": []} | record.request | state | data
