"""What an alarm does when its state changes, scaling policies apart: topics are told."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import State
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmBook, Record
from lowtide_workbench.aws.cloudwatch.metric_requests import instant

type Publish = Callable[[str, str, str], None]  # topic, subject, message

_REGION_NAME = "US East (N. Virginia)"
_TOPIC = "arn:aws:sns:"
_TRIGGER = (
    "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit", "Dimensions", "Period",
    "EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "Threshold",
    "TreatMissingData", "Metrics",
)  # fmt: skip


class AlarmNotices:
    def __init__(self, book: AlarmBook, publish: Publish) -> None:
        self._book = book
        self._publish = publish
        book.listeners.append(self._on_change)

    def _on_change(self, record: Record, before: State) -> None:
        for action in record.actions():
            if action.startswith(_TOPIC):
                message = json.dumps(_message(record, before), default=str)
                self._publish(action, subject(record), message)
                self._book.acted(record, action)


def subject(record: Record) -> str:
    return f'{record.state}: "{record.name}" in {_REGION_NAME}'


def _message(record: Record, before: State) -> Mapping[str, Any]:
    request = record.request
    return {
        "AlarmName": record.name,
        "AlarmDescription": request.get("AlarmDescription"),
        "AWSAccountId": ACCOUNT,
        "AlarmConfigurationUpdatedTimestamp": _written(record.configured),
        "NewStateValue": record.state,
        "NewStateReason": record.reason,
        "StateChangeTime": _written(record.updated),
        "Region": _REGION_NAME,
        "AlarmArn": record.arn,
        "OldStateValue": before,
        "OKActions": record.actions("OK"),
        "AlarmActions": record.actions("ALARM"),
        "InsufficientDataActions": record.actions("INSUFFICIENT_DATA"),
    } | (
        {"Trigger": {field: request[field] for field in _TRIGGER if field in request}}
        if record.kind == "MetricAlarm"
        else {"AlarmRule": request["AlarmRule"]}
    )


def _written(at: float) -> str:
    return instant(at).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
