"""What AWS answers to the scheduler; the name of an endpoint says in which situation it is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import md5

from boto3.dynamodb.types import TypeSerializer

from lowtide.adapters.dynamodb.items import timestamps_item
from lowtide.adapters.dynamodb.record_item import record_item
from lowtide.domain.endpoint.observed import STACK_TAG
from lowtide.domain.lifecycle.record import Record
from lowtide.domain.lifecycle.stored_state import Timestamps
from lowtide.domain.snapshot.snapshot import Scaling, Snapshot, content_hash, to_json
from lowtide_workbench.benchmarks.harness.answers import Answers, Document, RefusedError
from lowtide_workbench.benchmarks.publisher import answers as serving

STACK = "lowtide-bench"
_DRAINED_FOR = timedelta(minutes=10)


class Context(StrEnum):
    STEADY = "steady"
    WAKING = "waking"
    CLOSING = "closing"


def of(name: str) -> Context:
    return Context(name.partition("-")[0])


def query(request: Document) -> Document:
    """Of those that serve since when; of those that close also the record, which says that they
    were saved, held and drained."""
    name = request["ExpressionAttributeValues"][":endpoint"]["S"]
    items = [_milestones(name)] if name.startswith(Context.STEADY) else []
    if name.startswith(Context.CLOSING):
        items = [_milestones(name), _record(name), _snapshot(name)]
    return {"Items": items, "Count": len(items), "ScannedCount": len(items)}


def describe_endpoint(request: Document) -> Document:
    name = request["EndpointName"]
    if of(name) == Context.WAKING:
        raise RefusedError("ValidationException", f'Could not find endpoint "{name}".')
    return serving.describe_endpoint(request)


def describe_model(request: Document) -> Document:
    name = request["ModelName"]
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:model/{name}"
    return {"ModelName": name, "ModelArn": arn, "CreationTime": 1_700_000_000.0}


def list_tags(_request: Document) -> Document:
    return {"Tags": [{"Key": STACK_TAG, "Value": STACK}]}


def get_metric_data(request: Document) -> Document:
    """Nobody talks to those that close."""
    found = serving.get_metric_data(request)
    silent = [r | {"Values": [0.0] * len(r["Values"])} for r in found["MetricDataResults"]]
    return {**found, "MetricDataResults": silent}


def send_message(request: Document) -> Document:
    """boto3 compares the hash."""
    body = request["MessageBody"].encode()
    told = md5(body, usedforsecurity=False).hexdigest()
    return {"MessageId": "1", "MD5OfMessageBody": told, "SequenceNumber": "1"}


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
    return _item(name, "now#record", record_item(record))


def _snapshot(name: str) -> Document:
    text = to_json(Snapshot(_began(), f"{name}-config", {}, Scaling()))
    return _item(name, "now#snapshot", {"text": text, "sha256": content_hash(text)})


def _began() -> datetime:
    return datetime.now(UTC) - _DRAINED_FOR


def _item(name: str, item: str, attributes: Mapping[str, object]) -> Document:
    serialize = TypeSerializer().serialize
    values = {"endpoint": name, "item": item, **attributes}
    return {key: serialize(value) for key, value in values.items()}
