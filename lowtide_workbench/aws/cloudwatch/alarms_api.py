"""CloudWatch's API of alarms."""

from collections.abc import Iterator, Sequence
from typing import Any

from lowtide_workbench.aws.cloudwatch.alarm_evaluation import Alarm
from lowtide_workbench.aws.cloudwatch.alarm_store import AlarmBook, Record, event_view, record_view
from lowtide_workbench.aws.cloudwatch.metric_query import Statistic
from lowtide_workbench.aws.cloudwatch.metric_requests import name_of, seconds
from lowtide_workbench.aws.protocol.paging import page
from lowtide_workbench.aws.protocol.refusal import Refusal

type Document = dict[str, Any]

_STATES = ("INSUFFICIENT_DATA", "ALARM", "OK")


class Alarms:
    operations = frozenset(
        {
            "DeleteAlarms",
            "DescribeAlarmHistory",
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

    def __init__(self, book: AlarmBook) -> None:
        self._book = book

    def put_metric_alarm(self, request: Document) -> None:
        self._book.put_metric(request)

    def put_composite_alarm(self, request: Document) -> None:
        self._book.put_composite(request)

    def delete_alarms(self, request: Document) -> None:
        self._book.delete(request["AlarmNames"])

    def enable_alarm_actions(self, request: Document) -> None:
        self._book.enable(request["AlarmNames"], enabled=True)

    def disable_alarm_actions(self, request: Document) -> None:
        self._book.enable(request["AlarmNames"], enabled=False)

    def set_alarm_state(self, request: Document) -> None:
        """Actions run; the next evaluation puts the state right again."""
        record = self._book.records.get(request["AlarmName"])
        if record is None:
            raise Refusal("ResourceNotFound", "The named resource does not exist.")
        if request["StateValue"] not in _STATES:
            raise Refusal("ValidationError", f"StateValue must be one of {', '.join(_STATES)}")
        data = request.get("StateReasonData")
        self._book.set_state(record, request["StateValue"], request["StateReason"], data)

    def describe_alarms(self, request: Document) -> Document:
        kinds = request.get("AlarmTypes") or ["MetricAlarm"]
        found = [record for record in self._matching(request) if record.kind in kinds]
        shown, token = _page(found, request, 50)
        views = [(record.kind, record_view(record)) for record in shown]
        listed: Document = {
            "MetricAlarms": [view for kind, view in views if kind == "MetricAlarm"],
            "CompositeAlarms": [view for kind, view in views if kind == "CompositeAlarm"],
        }
        return listed | token

    def describe_alarms_for_metric(self, request: Document) -> Document:
        name = name_of(request["Namespace"], request)
        sources = [
            (record, query.source)
            for record in self._book.records.values()
            if isinstance(record.judged, Alarm)
            for query in record.judged.queries
        ]
        found = {
            record.name: record_view(record)
            for record, source in sources
            if isinstance(source, Statistic) and source.metric == name
            if request.get("Period") in (None, source.period)
            if (request.get("Statistic") or source.statistic) == source.statistic
        }
        return {"MetricAlarms": list(found.values())}

    def describe_alarm_history(self, request: Document) -> Document:
        since = seconds(request["StartDate"]) if request.get("StartDate") else float("-inf")
        until = seconds(request["EndDate"]) if request.get("EndDate") else float("inf")
        kinds = request.get("AlarmTypes") or ["MetricAlarm"]
        found = [
            event
            for event in self._book.history
            if request.get("AlarmName") in (None, event.name) and event.kind in kinds
            if request.get("HistoryItemType") in (None, event.type) and since <= event.at <= until
        ]
        if request.get("ScanBy") != "TimestampAscending":
            found.reverse()
        shown, token = _page(found, request, 100)
        items: Document = {"AlarmHistoryItems": [event_view(event) for event in shown]}
        return items | token

    def tag_resource(self, request: Document) -> None:
        tags = self._tagged(request).tags
        tags.update({each["Key"]: each["Value"] for each in request["Tags"]})

    def untag_resource(self, request: Document) -> None:
        tags = self._tagged(request).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)

    def list_tags_for_resource(self, request: Document) -> Document:
        tags = self._tagged(request).tags
        return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _tagged(self, request: Document) -> Record:
        for record in self._book.records.values():
            if record.arn == request["ResourceARN"]:
                return record
        raise Refusal("ResourceNotFoundException", "The named resource does not exist.")

    def _matching(self, request: Document) -> Iterator[Record]:
        names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix") or ""
        acting = request.get("ActionPrefix")
        for name, record in sorted(self._book.records.items()):
            if names and name not in names:
                continue
            if not name.startswith(prefix) or request.get("StateValue") not in (None, record.state):
                continue
            if acting and not any(each.startswith(acting) for each in record.actions("ALARM")):
                continue
            yield record


def _page[T](
    found: Sequence[T], request: Document, size: int
) -> tuple[Sequence[T], dict[str, str]]:
    most = {"MaxResults": request.get("MaxRecords"), "NextToken": request.get("NextToken")}
    return page(found, most, size, "InvalidNextToken")
