"""The alarms of the account: as they were put, how they stand, and what became of them."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm, State
from lowtide_workbench.aws.cloudwatch.alarm_requests import ACTIONS, alarm_of, check_actions
from lowtide_workbench.aws.cloudwatch.composite_rules import Rule, rule_of
from lowtide_workbench.aws.cloudwatch.metric_requests import instant
from lowtide_workbench.aws.protocol.refusal import Refusal
from lowtide_workbench.aws.virtual_time.clock import Clock

type Document = dict[str, Any]
type Kind = Literal["MetricAlarm", "CompositeAlarm"]

_HISTORY_KEPT = 100_000  # items; CloudWatch keeps thirty days


@dataclass(slots=True)
class Record:
    """`judged` is what is evaluated: an alarm on a metric, or a rule about other alarms."""

    request: Document
    judged: Alarm | Rule
    configured: float
    state: State = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    reason_data: str | None = None
    updated: float = 0.0
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.request["AlarmName"])

    @property
    def arn(self) -> str:
        return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{self.name}"

    @property
    def kind(self) -> Kind:
        return "MetricAlarm" if isinstance(self.judged, Alarm) else "CompositeAlarm"

    def actions(self, state: State | None = None) -> Sequence[str]:
        """What coming to a state, by default the present one, calls for."""
        if not self.request.get("ActionsEnabled", True):
            return ()
        return list(self.request.get(ACTIONS[state or self.state]) or ())


class Event(NamedTuple):
    """A line of an alarm's history."""

    name: str
    kind: Kind
    at: float
    type: Literal["ConfigurationUpdate", "StateUpdate", "Action"]
    summary: str
    data: Mapping[str, Any]


class AlarmBook:
    def __init__(self, clock: Clock) -> None:
        self.records: dict[str, Record] = {}
        self.history: deque[Event] = deque(maxlen=_HISTORY_KEPT)
        self.listeners: list[Callable[[Record, State], None]] = []  # told the state before
        self._clock = clock

    def put_metric(self, request: Mapping[str, Any]) -> None:
        self._put(request, alarm_of(request))

    def put_composite(self, request: Mapping[str, Any]) -> None:
        check_actions(request)
        rule = rule_of(request["AlarmRule"])
        if unknown := sorted({name for _, name in rule.atoms.values()} - self.records.keys()):
            raise Refusal(
                "ValidationError",
                f"Could not save the composite alarm as alarms [{', '.join(unknown)}] "
                "in the alarm rule do not exist",
            )
        self._put(request, rule)

    def first_in_alarm(self, names: Iterable[str]) -> str | None:
        records = (self.records.get(name) for name in names)
        return next((r.name for r in records if r is not None and r.state == "ALARM"), None)

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            record = self.records.pop(name, None)
            if record is not None:
                self._note(record, "ConfigurationUpdate", f'Alarm "{name}" deleted', {})

    def calling(self, action: str) -> Sequence[tuple[str, str]]:
        """Name and ARN of the alarms with this action."""
        every = self.records.values()
        return [(each.name, each.arn) for each in every if action in _all_actions(each)]

    def drop_action(self, action: str) -> None:
        for record in self.records.values():
            if action in _all_actions(record):
                lists = {field: record.request.get(field) or [] for field in ACTIONS.values()}
                for name, actions in lists.items():
                    record.request[name] = [each for each in actions if each != action]

    def enable(self, names: Iterable[str], *, enabled: bool) -> None:
        for name in names:
            if name in self.records:
                self.records[name].request["ActionsEnabled"] = enabled

    def set_state(self, record: Record, state: State, reason: str, data: str | None = None) -> None:
        before, old_reason = record.state, record.reason
        record.state, record.reason, record.reason_data = state, reason, data
        record.updated = self._clock.seconds()
        change = {
            "version": "1.0",
            "oldState": {"stateValue": before, "stateReason": old_reason},
            "newState": {"stateValue": state, "stateReason": reason},
        }
        self._note(record, "StateUpdate", f"Alarm updated from {before} to {state}", change)
        for listener in self.listeners:
            listener(record, before)

    def acted(self, record: Record, action: str) -> None:
        data = {"actionState": "Succeeded", "notificationResource": action}
        self._note(record, "Action", f"Successfully executed action {action}", data)

    def _put(self, request: Mapping[str, Any], judged: Alarm | Rule) -> None:
        """A new alarm has no data yet; an update leaves state and tags as they were."""
        now = self._clock.seconds()
        kept = {key: value for key, value in request.items() if key != "Tags" and value is not None}
        record = Record(kept, judged, now, updated=now)
        before = self.records.get(record.name)
        if before is None:
            record.tags = {each["Key"]: each["Value"] for each in request.get("Tags") or ()}
        else:
            record.state, record.reason, record.updated = (
                before.state,
                before.reason,
                before.updated,
            )
            record.reason_data, record.tags = before.reason_data, before.tags
        self.records[record.name] = record
        done = "created" if before is None else "updated"
        self._note(record, "ConfigurationUpdate", f'Alarm "{record.name}" {done}', kept)

    def _note(
        self,
        record: Record,
        type_: Literal["ConfigurationUpdate", "StateUpdate", "Action"],
        summary: str,
        data: Mapping[str, Any],
    ) -> None:
        now = self._clock.seconds()
        self.history.append(Event(record.name, record.kind, now, type_, summary, data))


def _all_actions(record: Record) -> Sequence[str]:
    return [each for field in ACTIONS.values() for each in record.request.get(field) or ()]


def record_view(record: Record) -> Document:
    """What DescribeAlarms shows."""
    empty: Document = {name: [] for name in ACTIONS.values()} | {"ActionsEnabled": True}
    if record.kind == "MetricAlarm":
        empty["Dimensions"] = []
    state: Document = {
        "AlarmArn": record.arn,
        "AlarmConfigurationUpdatedTimestamp": instant(record.configured),
        "StateValue": record.state,
        "StateReason": record.reason,
        "StateUpdatedTimestamp": instant(record.updated),
        "StateTransitionedTimestamp": instant(record.updated),
    }
    data = {"StateReasonData": record.reason_data} if record.reason_data else {}
    return empty | record.request | state | data


def event_view(event: Event) -> Document:
    return {
        "AlarmName": event.name,
        "AlarmType": event.kind,
        "Timestamp": instant(event.at),
        "HistoryItemType": event.type,
        "HistorySummary": event.summary,
        "HistoryData": json.dumps(event.data, default=str),
    }
