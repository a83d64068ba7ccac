"""Sends a message to SNS topics when an alarm changes its state."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lowtide_workbench.aws.account import ACCOUNT
from lowtide_workbench.aws.cloudwatch.alarm_evaluation import State
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmRecord, AlarmStore
from lowtide_workbench.aws.cloudwatch.metric_requests import instant

type Publish = Callable[[str, str, str], object]  # topic, subject, message

_REGION_NAME = "US East (N. Virginia)"
_TOPIC = "arn:aws:sns:"
_TRIGGER = (
    "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit", "Dimensions", "Period",
    "EvaluationPeriods", "DatapointsToAlarm", "ComparisonOperator", "Threshold",
    "TreatMissingData", "Metrics",
)  # fmt: skip


def notify_topics(alarms: AlarmStore, publish: Publish) -> None:
    """Publishes to the topics among an alarm's actions from now on, at each change of a state."""

    def on_change(record: AlarmRecord, before: State) -> None:
        for action in record.actions():
            if action.startswith(_TOPIC):
                subject = f'{record.state}: "{record.name}" in {_REGION_NAME}'
                publish(action, subject, json.dumps(_message(record, before), default=str))

    alarms.listeners.append(on_change)


def _message(record: AlarmRecord, before: State) -> Mapping[str, Any]:
    request = record.request
    return {
        "AlarmName": record.name,
        "AlarmDescription": request.get("AlarmDescription"),
        "AWSAccountId": ACCOUNT,
        "AlarmConfigurationUpdatedTimestamp": _timestamp(record.configured),
        "NewStateValue": record.state,
        "NewStateReason": record.reason,
        "StateChangeTime": _timestamp(record.updated),
        "Region": _REGION_NAME,
        "AlarmArn": record.arn,
        "OldStateValue": before,
        "OKActions": record.actions("OK"),
        "AlarmActions": record.actions("ALARM"),
        "InsufficientDataActions": record.actions("INSUFFICIENT_DATA"),
        "Trigger": {field: request[field] for field in _TRIGGER if field in request},
    }


def _timestamp(at: float) -> str:
    return instant(at).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
