"""AWS's answers to the scheduler; the case is the first part of an endpoint's name."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import md5

from boto3.dynamodb.types import TypeSerializer

from lowtide.adapters.dynamodb.items import timestamps_item
from lowtide.adapters.dynamodb.record_item import record_item
from lowtide.domain.endpoint import STACK_TAG
from lowtide.domain.lifecycle import Record, Timestamps
from lowtide.domain.snapshot import Scaling, Snapshot, content_hash, to_json
from lowtide_workbench.benchmarks.harness.answers import Answers, ApiError, Document
from lowtide_workbench.benchmarks.publisher import answers as serving

STACK = "lowtide-bench"
_DRAINED_FOR = timedelta(minutes=10)


class Case(StrEnum):
    STEADY = "steady"
    WAKING = "waking"
    CLOSING = "closing"


def case_of(name: str) -> Case:
    return Case(name.partition("-")[0])


def query(request: Document) -> Document:
    """The stored items: of endpoints that close with the record and snapshot of a drained one."""
    name = request["ExpressionAttributeValues"][":endpoint"]["S"]
    items = [_milestones(name)] if name.startswith(Case.STEADY) else []
    if name.startswith(Case.CLOSING):
        items = [_milestones(name), _record(name), _snapshot(name)]
    return {"Items": items, "Count": len(items), "ScannedCount": len(items)}


def describe_endpoint(request: Document) -> Document:
    name = request["EndpointName"]
    if case_of(name) == Case.WAKING:
        raise ApiError("ValidationException", f'Could not find endpoint "{name}".')
    return serving.describe_endpoint(request)


def describe_model(request: Document) -> Document:
    name = request["ModelName"]
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:model/{name}"
    return {"ModelName": name, "ModelArn": arn, "CreationTime": 1_700_000_000.0}


def list_tags(_request: Document) -> Document:
    return {"Tags": [{"Key": STACK_TAG, "Value": STACK}]}


def get_metric_data(request: Document) -> Document:
    """Only endpoints that close are read; they have no streams."""
    busy = serving.get_metric_data(request)
    idle = [r | {"Values": [0.0] * len(r["Values"])} for r in busy["MetricDataResults"]]
    return {**busy, "MetricDataResults": idle}


def send_message(request: Document) -> Document:
    """With the hash of the body, which boto3 checks."""
    digest = md5(request["MessageBody"].encode(), usedforsecurity=False).hexdigest()
    return {"MessageId": "1", "MD5OfMessageBody": digest, "SequenceNumber": "1"}


ANSWERS: Answers = {
    "Query": query,
    "DescribeEndpoint": describe_endpoint,
    "DescribeEndpointConfig": serving.describe_endpoint_config,
    "DescribeModel": describe_model,
    "ListTags": list_tags,
    "GetMetricData": get_metric_data,
    "SendMessage": send_message,
}


def _milestones(name: str) -> Document:
    seen = Timestamps(due=_began(), in_service=_began())
    return _item(name, "now#milestones", timestamps_item(seen))


def _record(name: str) -> Document:
    since = _began()
    record = Record(ending_since=since, draining_since=since, suspended=True)
    return _item(name, "now#record", {"at": since.isoformat(), **record_item(record)})


def _snapshot(name: str) -> Document:
    text = to_json(Snapshot(_began(), f"{name}-config", {}, Scaling()))
    return _item(name, "now#snapshot", {"text": text, "sha256": content_hash(text)})


def _began() -> datetime:
    return datetime.now(UTC) - _DRAINED_FOR


def _item(name: str, item: str, attributes: Mapping[str, object]) -> Document:
    serialize = TypeSerializer().serialize
    values = {"endpoint": name, "item": item, **attributes}
    return {key: serialize(value) for key, value in values.items()}
