"""Every touch of what moto does not promise: its way in, CloudWatch's storage, alarms' state.

Services of our own are asked before moto is: a `before-send` handler beside moto's would not do,
since botocore calls every handler, and moto would act as well. moto's CloudWatch keeps answering
the API; its list of data points is replaced by a MetricStore, because scanning it is too slow.
"""

import json
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import urlsplit

import moto.backends
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm as MotoAlarm
from moto.cloudwatch.models import (
    CloudWatchBackend,
    Dimension,
    Metric,
    MetricDataQuery,
    MetricDatum,
    MetricStat,
    cloudwatch_backends,
)
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.events.models import EventPattern, events_backends
from moto.scheduler.models import scheduler_backends as scheduler_backends
from moto.sqs.models import DEDUPLICATION_TIME_IN_SECONDS, sqs_backends
from moto.sqs.models import Message as SqsMessage
from moto.sqs.models import Queue as SqsQueue

from workbench.aws import metric_math, metric_query
from workbench.aws.alarms import Alarm, State
from workbench.aws.clock import Clock
from workbench.aws.faults import Faults, attempt
from workbench.aws.metric_query import Query, Span, Statistic
from workbench.aws.metric_store import MetricName, MetricStore, Statistics
from workbench.aws.settings import ACCOUNT, REGION
from workbench.aws.wire import Dispatcher, target

type Document = dict[str, Any]


class AlarmBook:
    """moto's alarms, read and written without going through the API."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[MotoAlarm, Alarm]] = {}

    def __getstate__(self) -> dict[str, object]:
        return {"_read": {}}  # only a cache of moto's alarms

    def all(self) -> Sequence[tuple[Alarm, State]]:
        """Metric alarms; one whose actions are disabled shows none."""
        return [
            (self._parsed(raw), cast("State", raw.state_value))
            for raw in list(_backend().alarms.values())
            if raw.rule is None
        ]

    def put(self, alarm: Alarm, description: str) -> None:
        source = alarm.queries[0].source
        single = len(alarm.queries) == 1 and isinstance(source, Statistic)
        described = _single(cast("Statistic", source)) if single else _several(alarm.queries)
        _backend().put_metric_alarm(
            name=alarm.name,
            comparison_operator=alarm.comparison,
            evaluation_periods=alarm.periods,
            threshold=alarm.threshold,
            description=description,
            alarm_actions=list(alarm.actions),
            **described,
        )

    def delete(self, names: Sequence[str]) -> None:
        _backend().delete_alarms(list(names))

    def calling(self, action: str) -> Sequence[tuple[str, str]]:
        """Name and ARN of the alarms with this action."""
        alarms = _backend().alarms.values()
        return [(raw.name, str(raw.alarm_arn)) for raw in alarms if action in raw.alarm_actions]

    def first_in_alarm(self, names: Iterable[str]) -> str | None:
        alarms = _backend().alarms
        return next((n for n in names if n in alarms and alarms[n].state_value == "ALARM"), None)

    def drop_action(self, action: str) -> None:
        for raw in _backend().alarms.values():
            for actions in (raw.alarm_actions, raw.ok_actions, raw.insufficient_data_actions):
                actions[:] = [kept for kept in actions if kept != action]
            self._read.pop(raw.name, None)

    def set_state(self, name: str, state: State, reason: str) -> None:
        _backend().alarms[name].update_state(reason, "{}", state)

    def _parsed(self, raw: MotoAlarm) -> Alarm:
        known = self._read.get(raw.name)
        if known is None or known[0] is not raw:
            known = self._read[raw.name] = (raw, _parse(raw))
        return known[1] if raw.actions_enabled else replace(known[1], actions=())


@contextmanager
def asked_before_moto(dispatcher: Dispatcher) -> Iterator[None]:
    """Every client that moto reaches, reaches `dispatcher` first; a server is reached by HTTP."""
    moto = botocore_stubber.process_request

    def process(request: AWSPreparedRequest) -> Any:
        if urlsplit(request.url).hostname == "127.0.0.1":
            return None
        return dispatcher.reply(request) or moto(request)

    with patch.object(botocore_stubber, "process_request", process):
        yield


def backends_in_use() -> Iterator[tuple[str, str, str, BaseBackend]]:
    """Service, account, region, and everything that moto keeps of them."""
    instances: list[BackendDict[Any]] = BackendDict._instances  # type: ignore[misc]  # noqa: SLF001
    for each in list(instances):
        for account, region, backend in each.iter_backends():
            yield each.service_name, account, region, backend


def put_backend(service: str, account: str, region: str, backend: BaseBackend) -> None:
    moto.backends.get_backend(cast("Any", service))[account][region] = backend


@contextmanager
def with_faults(faults: Faults) -> Iterator[None]:
    """Every request of every client passes `faults`, whoever answers it."""
    answered = BotocoreStubber.__call__

    def call(
        stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any
    ) -> AWSResponse | None:
        if not stubber.enabled:
            return None
        return faults.around(
            attempt(event_name, request), lambda: answered(stubber, event_name, request, **kwargs)
        )

    with patch.object(BotocoreStubber, "__call__", call):
        yield


def matcher(pattern: Mapping[str, Any]) -> Callable[[Document], bool]:
    """Of an EventBridge rule."""
    parsed = EventPattern(None, dict(pattern))
    return lambda event: bool(parsed.matches_event(event))  # type: ignore[arg-type]


def schedules() -> list[Document]:
    """Of EventBridge Scheduler, as GetSchedule tells them."""
    groups = scheduler_backends[ACCOUNT][REGION].schedule_groups.values()
    return [schedule.to_dict() for group in groups for schedule in group.schedules.values()]


def drop_schedule(group: str, name: str) -> None:
    scheduler_backends[ACCOUNT][REGION].delete_schedule(group, name)


def rule_targets(event: Document) -> list[Document]:
    """Of the rules on the default bus that match."""
    rules = events_backends[ACCOUNT][REGION].event_buses["default"].rules.values()
    matching = [
        rule
        for rule in rules
        if rule.state == "ENABLED"
        and rule.scheduled_expression is None
        and rule.event_pattern.matches_event(event)  # type: ignore[arg-type]
    ]
    return [target for rule in matching for target in rule.targets]


def visible_messages(queue: str) -> int:
    """What ApproximateNumberOfMessages says, without the price of a request."""
    return int(sqs_backends[ACCOUNT][REGION].queues[queue].approximate_number_of_messages)


@contextmanager
def queries_answered_directly() -> Iterator[None]:
    """Queries for a prefix in one partition: moto spends most of its time on parsing them.

    Whatever else a query may hold is moto's to answer, and so is every error.
    """
    answered = botocore_stubber.process_request

    def process(request: AWSPreparedRequest) -> Any:
        if target(request) != "DynamoDB_20120810.Query":
            return answered(request)
        found = _queried(json.loads(cast("bytes", request.body)))
        if found is None:
            return answered(request)
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, found

    with patch.object(botocore_stubber, "process_request", process):
        yield


def _queried(request: Document) -> bytes | None:
    form = _SIMPLE_QUERY.fullmatch(request.get("KeyConditionExpression", ""))
    table = dynamodb_backends[ACCOUNT][REGION].tables.get(request.get("TableName", ""))
    if form is None or table is None or not request.keys() <= _SIMPLE_QUERY_FIELDS:
        return None
    names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
    if [names[form["hash"]], names[form["range"]]] != [table.hash_key_attr, table.range_key_attr]:
        return None
    partition = table.items.get(DynamoType(values[form["key"]]), {})
    prefix = values[form["prefix"]]["S"]
    by_key = {str(key.value): item for key, item in partition.items()}
    wanted = sorted((key for key in by_key if key.startswith(prefix)), key=str.encode)
    ordered = wanted if request.get("ScanIndexForward", True) else wanted[::-1]
    items = [by_key[key].to_json()["Attributes"] for key in ordered]
    found = json.dumps({"Items": items, "Count": len(items), "ScannedCount": len(items)}).encode()
    return found if len(found) < _QUERY_PAGE_BYTES else None


_QUERY_PAGE_BYTES = 900_000  # DynamoDB's pages end at 1 MB
_SIMPLE_QUERY_FIELDS = frozenset(
    {
        "TableName",
        "KeyConditionExpression",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "ConsistentRead",
        "ScanIndexForward",
    }
)
_SIMPLE_QUERY = re.compile(
    r"\((?P<hash>#\w+) = (?P<key>:\w+) AND begins_with\((?P<range>#\w+), (?P<prefix>:\w+)\)\)"
)


@contextmanager
def sqs_remembers_duplicates() -> Iterator[None]:
    """moto forgets a deduplication id when its message is deleted; SQS knows it five minutes."""
    added = SqsQueue.add_message
    sent: dict[tuple[int, str], float] = {}

    def add(queue: SqsQueue, message: SqsMessage) -> None:
        key = (id(queue), message.deduplication_id or "")
        now = time.time()
        if queue.fifo_queue and message.deduplication_id:
            if now - sent.get(key, -math.inf) < DEDUPLICATION_TIME_IN_SECONDS:
                return
            sent[key] = now
        added(queue, message)

    with patch.object(SqsQueue, "add_message", add):
        yield


@contextmanager
def cloudwatch_over(store: MetricStore, clock: Clock) -> Iterator[None]:
    """moto's CloudWatch reads and writes `store` while the context lasts."""
    front = _Front(store, clock)
    methods = (
        "put_metric_data",
        "get_metric_data",
        "get_metric_statistics",
        "get_filtered_metrics",
        "put_metric_alarm",
    )
    with ExitStack() as stack:
        for method in methods:
            replacement = _as_method(getattr(front, method))
            stack.enter_context(patch.object(CloudWatchBackend, method, replacement))
        yield


class _Front:
    """The methods of moto's backend that are replaced; `backend` is the object they belong to."""

    def __init__(self, store: MetricStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._put_alarm = CloudWatchBackend.put_metric_alarm

    def put_metric_data(
        self, backend: CloudWatchBackend, namespace: str, metric_data: list[Document]
    ) -> None:
        for number, datum in enumerate(metric_data, start=1):
            backend._validate_parameters_put_metric_data(datum, number)  # noqa: SLF001
        for datum in metric_data:
            at = _seconds(datum["Timestamp"]) if "Timestamp" in datum else self._clock.seconds()
            name = _name(namespace, datum)
            fine = int(datum.get("StorageResolution") or 60) == 1
            for sample in _samples(datum):
                self._store.put(name, at, sample, fine=fine, unit=datum.get("Unit"))

    def get_metric_data(
        self,
        _: CloudWatchBackend,
        queries: list[Document],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampDescending",
    ) -> list[Document]:
        if start_time >= end_time:
            raise ValidationError("The parameter EndTime must be greater than StartTime.")
        span = Span(_seconds(start_time), _seconds(end_time), self._clock.seconds())
        try:
            results = metric_query.run(self._store, [_query(query) for query in queries], span)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        labels = {query["Id"]: query.get("Label") or _label(query) for query in queries}
        return [
            _result(id_, labels[id_], points, descending=scan_by == "TimestampDescending")
            for id_, points in results.items()
        ]

    def get_metric_statistics(
        self,
        _: CloudWatchBackend,
        namespace: str,
        metric_name: str,
        start_time: datetime,
        end_time: datetime,
        period: int,
        stats: list[str],
        dimensions: list[dict[str, str]],
        unit: str | None = None,
    ) -> list[Document]:
        name = _name(namespace, {"MetricName": metric_name, "Dimensions": dimensions})
        kept = self._store.unit(name)
        if unit and unit != kept:
            return []
        span = (_seconds(start_time), _seconds(end_time), int(period), self._clock.seconds())
        buckets = self._store.read(name, *span)
        return [
            {"Timestamp": _instant(at), "Unit": kept or "None"}
            | {stat: statistics.value(stat) for stat in stats}
            for at, statistics in buckets.items()
        ]

    def get_filtered_metrics(
        self,
        backend: CloudWatchBackend,
        metric_name: str | None,
        namespace: str | None,
        dimensions: list[dict[str, str]],
    ) -> list[MetricDatum]:
        """What ListMetrics lists; moto's own objects, one a metric, since it pages them."""
        del backend
        wanted = [(wish["Name"], wish.get("Value")) for wish in dimensions or ()]
        return [
            MetricDatum(name.namespace, name.name, 0.0, _dimensions(name), None)
            for name in self._store.names()
            if (not namespace or name.namespace == namespace)
            and (not metric_name or name.name == metric_name)
            and all(_has(name, key, value) for key, value in wanted)
        ]

    def put_metric_alarm(self, backend: CloudWatchBackend, name: str, **fields: Any) -> MotoAlarm:
        """A new alarm has no data yet; an update leaves the state as it was."""
        for query in fields.get("metric_data_queries") or ():
            _check_expression(query)
        before = backend.alarms.get(name)
        alarm = self._put_alarm(backend, name=name, **fields)
        if before is None:
            alarm.state_value = "INSUFFICIENT_DATA"
        else:
            alarm.state_value = before.state_value
            alarm.state_reason = before.state_reason
            alarm.state_updated_timestamp = before.state_updated_timestamp
        return alarm


def _check_expression(query: MetricDataQuery) -> None:
    try:
        metric_math.names(query.expression or "0")
    except ValueError as error:
        raise ValidationError(str(error)) from None


def _as_method(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda backend, *args, **kwargs: function(backend, *args, **kwargs)


def _backend() -> CloudWatchBackend:
    return cloudwatch_backends[ACCOUNT][REGION]


def _seconds(at: datetime) -> float:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _name(namespace: str, metric: Mapping[str, Any]) -> MetricName:
    pairs = frozenset((each["Name"], each["Value"]) for each in metric.get("Dimensions") or ())
    return MetricName(namespace, metric["MetricName"], pairs)


def _dimensions(name: MetricName) -> list[dict[str, str]]:
    return [{"Name": key, "Value": value} for key, value in sorted(name.dimensions)]


def _has(name: MetricName, key: str, value: str | None) -> bool:
    return any(key == own and value in (None, at) for own, at in name.dimensions)


def _samples(datum: Mapping[str, Any]) -> Iterator[Statistics]:
    if "StatisticValues" in datum:
        given = {key: float(value) for key, value in datum["StatisticValues"].items()}
        yield Statistics(given["Sum"], given["SampleCount"], given["Minimum"], given["Maximum"])
        return
    values = datum.get("Values") or [datum.get("Value", 0)]
    counts = datum.get("Counts") or [1] * len(values)
    for value, count in zip(map(float, values), map(float, counts), strict=True):
        yield Statistics(value * count, count, value, value)


def _query(query: Mapping[str, Any]) -> Query:
    returned = query.get("ReturnData") is not False
    if "Expression" in query:
        return Query(query["Id"], query["Expression"], returned)
    stat = query["MetricStat"]
    name = _name(stat["Metric"]["Namespace"], stat["Metric"])
    return Query(query["Id"], Statistic(name, stat["Stat"], int(stat["Period"])), returned)


def _label(query: Mapping[str, Any]) -> str:
    return str(
        query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"]
    )


def _result(id_: str, label: str, points: Mapping[int, float], *, descending: bool) -> Document:
    ordered = sorted(points.items(), reverse=descending)
    return {
        "id": id_,
        "label": label,
        "timestamps": [_instant(at) for at, _ in ordered],
        "values": [value for _, value in ordered],
        "status_code": "Complete",
    }


def _single(source: Statistic) -> Document:
    return {
        "namespace": source.metric.namespace,
        "metric_name": source.metric.name,
        "dimensions": _dimensions(source.metric),
        "period": source.period,
        "statistic": source.statistic,
    }


def _several(queries: Sequence[Query]) -> Document:
    """moto wants every field of a single metric as well."""
    none: Document = {"namespace": None, "metric_name": None, "period": None, "statistic": None}
    return none | {"dimensions": [], "metric_data_queries": [_moto_query(each) for each in queries]}


def _moto_query(query: Query) -> MetricDataQuery:
    stat = None
    if isinstance(query.source, Statistic):
        name = query.source.metric
        pairs = [Dimension(each["Name"], each["Value"]) for each in _dimensions(name)]
        metric = Metric(name.name, name.namespace, pairs)
        stat = MetricStat(metric, str(query.source.period), query.source.statistic, "")
    expression = None if isinstance(query.source, Statistic) else query.source
    returned = cast("str", query.returned)
    return MetricDataQuery(query.id, query.id, "60", returned, expression, stat)


def _parse(raw: MotoAlarm) -> Alarm:
    queries = tuple(map(_parse_query, raw.metric_data_queries)) or (_single_query(raw),)
    periods = [each.source.period for each in queries if isinstance(each.source, Statistic)]
    return Alarm(
        name=raw.name,
        queries=queries,
        period=max(periods, default=60),
        periods=int(raw.evaluation_periods),
        threshold=float(raw.threshold),
        comparison=raw.comparison_operator,
        to_alarm=int(raw.datapoints_to_alarm) if raw.datapoints_to_alarm else None,
        missing=raw.treat_missing_data,
        actions=tuple(raw.alarm_actions),
    )


def _single_query(raw: MotoAlarm) -> Query:
    pairs = frozenset((each.name or "", each.value or "") for each in raw.dimensions)
    metric = MetricName(raw.namespace, raw.metric_name, pairs)
    return Query("m1", Statistic(metric, raw.statistic, int(raw.period)))


def _parse_query(query: MetricDataQuery) -> Query:
    returned = str(query.return_data).lower() != "false"
    if query.metric_stat is None:
        return Query(query.id, query.expression or "", returned)
    stat = query.metric_stat
    pairs = frozenset((each.name or "", each.value or "") for each in stat.metric.dimensions)
    name = MetricName(stat.metric.namespace, stat.metric.metric_name, pairs)
    return Query(query.id, Statistic(name, stat.stat, int(stat.period)), returned)
