"""EventBridge's rules: moto keeps them, and here they hand events to functions."""

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast
from unittest.mock import patch

from moto.events.models import EventsBackend, Rule, events_backends
from moto.events.utils import EventMessageType, EventTemplateParser

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.cloudwatch.metric_store import MetricStore, metric, of
from lowtide_workbench.aws.eventbridge.bus import Bus
from lowtide_workbench.aws.lambda_service.api.names import function_name
from lowtide_workbench.aws.lambda_service.api.state import LambdaState
from lowtide_workbench.aws.lambda_service.invoker import Invoker
from lowtide_workbench.aws.template_specs import EVENTBRIDGE_RETRIES, Retries

SERVICE = "events.amazonaws.com"
_FUNCTION = "arn:aws:lambda:"

type Event = dict[str, Any]


class Rules:
    """Of the default bus; the targets that are functions."""

    def __init__(self, state: LambdaState, invoker: Invoker, metrics: MetricStore) -> None:
        self._state = state
        self._invoker = invoker
        self._metrics = metrics

    def on_event(self, event: Event) -> None:
        backend: EventsBackend = events_backends[ACCOUNT][REGION]
        for rule in list(backend.event_buses["default"].rules.values()):
            if rule.state == "ENABLED" and _matches(rule, event):
                for target in list(rule.targets):
                    if target["Arn"].startswith(_FUNCTION):
                        self._send(rule, target, event)

    def _send(self, rule: Rule, target: Event, event: Event) -> None:
        name = function_name(target["Arn"])
        record = self._state.functions.get(name)
        if record is None or not record.may_be_invoked_by(SERVICE, rule.arn, ACCOUNT):
            failed = metric("AWS/Events", "FailedInvocations", RuleName=rule.name)
            self._metrics.put(failed, datetime.now(UTC).timestamp(), of([1]), unit="Count")
            return
        retries = Retries.read(target.get("RetryPolicy", {}), EVENTBRIDGE_RETRIES)
        self._invoker.send(name, _input(target, event), retries)


@contextmanager
def put_events_to(bus: Bus) -> Iterator[None]:
    """Events of PutEvents reach the bus; moto serves the targets that are no functions."""
    put, sent = EventsBackend.put_events, Rule.send_to_targets

    def put_events(backend: EventsBackend, events: list[Event]) -> list[Event]:
        answers = put(backend, events)
        for given, answer in zip(events, answers, strict=True):
            if "EventId" in answer and given.get("EventBusName", "default") in _DEFAULT_BUS:
                bus.add(_envelope(given, answer["EventId"]))
        return answers

    def send(rule: Rule, event: Any, transform_input: bool = True) -> None:
        others = copy.copy(rule)
        others.targets = [each for each in rule.targets if not each["Arn"].startswith(_FUNCTION)]
        sent(others, event, transform_input)

    with (
        patch.object(EventsBackend, "put_events", put_events),
        patch.object(Rule, "send_to_targets", send),
    ):
        yield


_DEFAULT_BUS = ("default", f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default")


def _envelope(given: Event, event_id: str) -> Event:
    at = given.get("Time")
    time = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else datetime.now(UTC)
    return {
        "version": "0",
        "id": event_id,
        "detail-type": given["DetailType"],
        "source": given["Source"],
        "account": ACCOUNT,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": given.get("Resources", []),
        "detail": json.loads(given["Detail"]),
    }


def _matches(rule: Rule, event: Event) -> bool:
    """moto's pattern of a rule that only has a schedule matches every event."""
    pattern = rule.event_pattern
    return bool(pattern.get_pattern()) and pattern.matches_event(cast("EventMessageType", event))


def _input(target: Event, event: Event) -> object:
    if "Input" in target:
        return json.loads(target["Input"])
    if transformer := target.get("InputTransformer"):
        return EventTemplateParser.parse(
            input_template=transformer["InputTemplate"],
            input_paths_map=transformer.get("InputPathsMap", {}),
            event=cast("EventMessageType", event),
        )
    return event
