"""The condition keys of a call, by name in lower case, with their values."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lowtide_workbench.aws.account import REGION, SCALING_SERVICE, sagemaker_arn
from lowtide_workbench.aws.iam.request import Request

type Keys = Iterator[tuple[str, Sequence[str]]]

_SCALABLE = "application-autoscaling"
_PARTITION_KEY = "endpoint"  # of Lowtide's table, the only one that its functions read and write
_ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def request_tags(request: Request) -> Keys:
    """Tags are a list of pairs, or a mapping in Application Auto Scaling."""
    tags = request.get("Tags") or {}
    if not isinstance(tags, Mapping):
        tags = {tag["Key"]: tag["Value"] for tag in tags}
    for name, value in tags.items():
        yield f"aws:requesttag/{name.lower()}", [value]
    if tags:
        yield "aws:tagkeys", list(tags)


def endpoint_tags(request: Request) -> Keys:
    """An endpoint that does not exist has none, so a right that asks for one is not there."""
    return _resource_tags(request, request["EndpointName"])


def scaled_endpoint_tags(request: Request) -> Keys:
    return _resource_tags(request, request["ResourceId"].split("/")[1])


def _resource_tags(request: Request, endpoint: str) -> Keys:
    for name, value in request.account.tags(sagemaker_arn("endpoint", endpoint)).items():
        yield f"aws:resourcetag/{name.lower()}", [value]
        yield f"sagemaker:resourcetag/{name.lower()}", [value]


def tagged_by_creation(request: Request) -> Keys:
    yield from request_tags(request)
    yield "sagemaker:taggingaction", ["CreateEndpoint"]


def scalable(request: Request) -> Keys:
    yield f"{_SCALABLE}:service-namespace", [request["ServiceNamespace"]]
    yield f"{_SCALABLE}:scalable-dimension", [request["ScalableDimension"]]


def scalable_with_tags(request: Request) -> Keys:
    yield from scalable(request)
    yield from request_tags(request)


def passed_to_scaling(_: Request) -> Keys:
    yield "iam:passedtoservice", ["application-autoscaling.amazonaws.com"]


def scaling_role(_: Request) -> Keys:
    yield "iam:awsservicename", [SCALING_SERVICE]


def alarm_actions(request: Request) -> Keys:
    """The actions of every state; without any, there is no such key."""
    actions = [action for state in _ALARM_ACTIONS for action in request.get(state) or ()]
    if actions:
        yield "cloudwatch:alarmactions", actions
    yield from request_tags(request)


def namespace(request: Request) -> Keys:
    yield "cloudwatch:namespace", [request["Namespace"]]


def grant_for_sagemaker(_: Request) -> Keys:
    yield "kms:viaservice", [f"sagemaker.{REGION}.amazonaws.com"]
    yield "kms:grantisforawsresource", ["true"]


def written_item(request: Request) -> Keys:
    """Of an item that is put."""
    yield "dynamodb:leadingkeys", [_text(request["Item"][_PARTITION_KEY])]
    names = request.get("ExpressionAttributeNames") or {}
    yield "dynamodb:attributes", sorted({*request["Item"], *names.values()})


def changed_item(request: Request) -> Keys:
    """Of an item that is updated or deleted."""
    yield "dynamodb:leadingkeys", [_text(request["Key"][_PARTITION_KEY])]
    names = request.get("ExpressionAttributeNames") or {}
    yield "dynamodb:attributes", sorted({*request["Key"], *names.values()})


def query(request: Request) -> Keys:
    """The partition is in the condition on the key, as the value :endpoint."""
    values = request.get("ExpressionAttributeValues") or {}
    if f":{_PARTITION_KEY}" in values:
        yield "dynamodb:leadingkeys", [_text(values[f":{_PARTITION_KEY}"])]
    yield from selection(request)


def selection(request: Request) -> Keys:
    if "Select" in request.parameters:
        yield "dynamodb:select", [request["Select"]]


def _text(value: Any) -> str:
    """A value of DynamoDB's JSON."""
    return str(next(iter(value.values()))) if isinstance(value, Mapping) else str(value)
