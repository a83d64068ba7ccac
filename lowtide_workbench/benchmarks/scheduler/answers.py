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
_described: dict[str, Document] = {}  # the endpoints that exist, as far as the first minute asked


_LISTED = ("EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus")


class Case(StrEnum):
    STEADY = "steady"
    WAKING = "waking"
    CLOSING = "closing"


def case_of(name: str) -> Case:
    return Case(name.partition("-")[0])


def query(request: Document) -> Document:
    name = request["ExpressionAttributeValues"][":endpoint"]["S"]
    items = _marks() if name == "#changes" else _items(name)
    return {"Items": items, "Count": len(items), "ScannedCount": len(items)}


def _marks() -> list[Document]:
    """Of the longest file, each endpoint of which was changed at some time."""
    names = (f"{Case.STEADY}-{n}" for n in range(1_000))
    return [_item("#changes", f"changed#{name}", {"by": "0" * 32}) for name in names]


def _items(name: str) -> list[Document]:
    """What is stored: of endpoints that close the record and the snapshot of a drained one."""
    items = [_milestones(name)] if name.startswith(Case.STEADY) else []
    if name.startswith(Case.CLOSING):
        items = [_milestones(name), _record(name), _snapshot(name)]
    return items


def list_endpoints(request: Document) -> Document:
    first, most = int(request.get("NextToken", 0)), request["MaxResults"]
    listed = list(_described.values())[first : first + most]
    more = {"NextToken": str(first + most)} if first + most < len(_described) else {}
    return {"Endpoints": [{key: each[key] for key in _LISTED} for each in listed], **more}


def describe_endpoint(request: Document) -> Document:
    name = request["EndpointName"]
    if case_of(name) == Case.WAKING:
        raise ApiError("ValidationException", f'Could not find endpoint "{name}".')
    _described[name] = serving.describe_endpoint(request)
    return _described[name]


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
    "ListEndpoints": list_endpoints,
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
