"""CloudWatch's API of alarms. Composite alarms and the history are not played."""

from collections.abc import Iterator, Sequence
from typing import Any

from lowtide_workbench.aws.cloudwatch.alarm_store import (
    AlarmRecord,
    AlarmStore,
    alarm_view,
)
from lowtide_workbench.aws.cloudwatch.metric_query import Statistic
from lowtide_workbench.aws.cloudwatch.metric_requests import name_of
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal

type Document = dict[str, Any]

_STATES = ("INSUFFICIENT_DATA", "ALARM", "OK")


class AlarmsApi:
    operations = frozenset(
        {
            "DeleteAlarms",
            "DescribeAlarms",
            "DescribeAlarmsForMetric",
            "DisableAlarmActions",
            "EnableAlarmActions",
            "ListTagsForResource",
            "PutCompositeAlarm",
            "PutMetricAlarm",
            "SetAlarmState",
            "TagResource",
            "UntagResource",
        }
    )

    def __init__(self, alarms: AlarmStore) -> None:
        self._alarms = alarms

    def put_metric_alarm(self, request: Document) -> None:
        self._alarms.put(request)

    def put_composite_alarm(self, request: Document) -> None:
        """Refused, because moto would accept the alarm and never evaluate it."""
        name = request["AlarmName"]
        raise Refusal("ValidationError", f'The embedded AWS has no composite alarms ("{name}").')

    def delete_alarms(self, request: Document) -> None:
        self._alarms.delete(request["AlarmNames"])

    def enable_alarm_actions(self, request: Document) -> None:
        self._alarms.enable(request["AlarmNames"], enabled=True)

    def disable_alarm_actions(self, request: Document) -> None:
        self._alarms.enable(request["AlarmNames"], enabled=False)

    def set_alarm_state(self, request: Document) -> None:
        """Sets a state, whose actions run; the next evaluation sets the true state again."""
        record = self._alarms.records.get(request["AlarmName"])
        if record is None:
            raise Refusal("ResourceNotFound", "The named resource does not exist.")
        if request["StateValue"] not in _STATES:
            raise Refusal("ValidationError", f"StateValue must be one of {', '.join(_STATES)}")
        data = request.get("StateReasonData")
        self._alarms.set_state(record, request["StateValue"], request["StateReason"], data)

    def describe_alarms(self, request: Document) -> Document:
        shown, token = _page(list(self._matching(request)), request, 50)
        alarms = [alarm_view(record) for record in shown]
        return {"MetricAlarms": alarms, "CompositeAlarms": []} | token

    def describe_alarms_for_metric(self, request: Document) -> Document:
        name = name_of(request["Namespace"], request)
        alarms = {
            record.name: alarm_view(record)
            for record in self._alarms.records.values()
            for source in (query.source for query in record.alarm.queries)
            if isinstance(source, Statistic) and source.metric == name
            if request.get("Period") in (None, source.period)
            if (request.get("Statistic") or source.statistic) == source.statistic
        }
        return {"MetricAlarms": list(alarms.values())}

    def tag_resource(self, request: Document) -> None:
        tags = self._find(request["ResourceARN"]).tags
        tags.update({tag["Key"]: tag["Value"] for tag in request["Tags"]})

    def untag_resource(self, request: Document) -> None:
        tags = self._find(request["ResourceARN"]).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def list_tags_for_resource(self, request: Document) -> Document:
        tags = self._find(request["ResourceARN"]).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _find(self, arn: str) -> AlarmRecord:
        for record in self._alarms.records.values():
            if record.arn == arn:
                return record
        raise Refusal("ResourceNotFoundException", "The named resource does not exist.")

    def _matching(self, request: Document) -> Iterator[AlarmRecord]:
        names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix") or ""
        action_prefix = request.get("ActionPrefix") or ""
        for name, record in sorted(self._alarms.records.items()):
            if (
                _wants_metric_alarms(request)
                and (not names or name in names)
                and name.startswith(prefix)
                and request.get("StateValue") in (None, record.state)
                and (
                    not action_prefix
                    or any(action.startswith(action_prefix) for action in record.actions("ALARM"))
                )
            ):
                yield record


def _wants_metric_alarms(request: Document) -> bool:
    return "MetricAlarm" in (request.get("AlarmTypes") or ["MetricAlarm"])


def _page[T](
    items: Sequence[T], request: Document, size: int
) -> tuple[Sequence[T], dict[str, str]]:
    most = {"MaxResults": request.get("MaxRecords"), "NextToken": request.get("NextToken")}
    return page(items, most, size, "InvalidNextToken")
