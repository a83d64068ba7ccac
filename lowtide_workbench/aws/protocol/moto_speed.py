"""What moto does slowly for a cloud that plays days of minutes: the same answers, faster."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest
from botocore.model import Shape
from moto.core import responses
from moto.core.models import botocore_stubber
from moto.core.serialize import DEFAULT_ALIAS_PROVIDERS, AttributePicker, AttributePickerContext
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.utilities import dynamo_json_dump
from moto.kms import models as kms_models
from moto.kms.utils import generate_private_key
from moto.sqs import models as sqs_models

from lowtide_workbench.aws.account import ACCOUNT, REGION
from lowtide_workbench.aws.protocol.dispatcher import target

type Document = dict[str, Any]


@contextmanager
def names_looked_up_once() -> Iterator[None]:
    """moto tries up to a dozen names for each member of each answer, and lists the methods of a
    class for each request. Where the answer is a dict, the names follow from the shape alone.
    Each KMS key, as that of a table, has an RSA key of its own, which only signing would use."""
    tried: dict[tuple[type, Shape, str], tuple[str, ...]] = {}
    slowly = AttributePicker.__call__

    def pick(picker: AttributePicker, context: AttributePickerContext) -> Any:
        by_default = picker.alias_providers is DEFAULT_ALIAS_PROVIDERS
        if type(context.obj) is not dict or not by_default or picker.response_transformers:
            return slowly(picker, context)
        known = (type(picker), context.shape, context.key)
        if known not in tried:
            tried[known] = tuple(picker.get_possible_keys(context))
        return next((context.obj[name] for name in tried[known] if name in context.obj), None)

    with (
        patch.object(AttributePicker, "__call__", pick),
        patch.object(responses, "method_names_from_class", cache(method_names_from_class)),
        patch.object(kms_models, "generate_private_key", cache(generate_private_key)),
        patch.object(sqs_models, "camelcase_to_underscores", cache(camelcase_to_underscores)),
    ):
        yield


@contextmanager
def queries_answered_directly() -> Iterator[None]:
    """Answers DynamoDB queries for a prefix or a range in one partition: moto is slow in parsing.

    moto answers all other queries and all errors.
    """
    answered = botocore_stubber.process_request

    def process(request: AWSPreparedRequest) -> Any:
        if target(request) != "DynamoDB_20120810.Query":
            return answered(request)
        body = _query_response(json.loads(cast("bytes", request.body)))
        if body is None:
            return answered(request)
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, body

    with patch.object(botocore_stubber, "process_request", process):
        yield


def _query_response(request: Document) -> bytes | None:
    form = _SIMPLE_QUERY.fullmatch(request.get("KeyConditionExpression", ""))
    table = dynamodb_backends[ACCOUNT][REGION].tables.get(request.get("TableName", ""))
    if form is None or table is None or not request.keys() <= _SIMPLE_QUERY_FIELDS:
        return None
    names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
    key_names = [names[form["hash"]], names[form["prefixed"] or form["ranged"]]]
    if key_names != [table.hash_key_attr, table.range_key_attr]:
        return None
    partition = table.items.get(DynamoType(values[form["key"]]), {})
    by_key = {str(key.value): item for key, item in partition.items()}
    wanted = sorted(filter(_condition(form, values), by_key), key=str.encode)
    ordered = wanted if request.get("ScanIndexForward", True) else wanted[::-1]
    items = [by_key[key].to_json()["Attributes"] for key in ordered]
    page = {"Items": items, "Count": len(items), "ScannedCount": len(items)}
    body = dynamo_json_dump(page).encode()  # bytes as base64
    return body if len(body) < _QUERY_PAGE_BYTES else None


def _condition(form: re.Match[str], values: Document) -> Callable[[str], bool]:
    if form["prefix"]:
        return lambda key: key.startswith(values[form["prefix"]]["S"])
    first, last = (values[form[name]]["S"].encode() for name in ("first", "last"))
    return lambda key: bool(first <= key.encode() <= last)


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
    r"(?P<hash>#\w+) = (?P<key>:\w+) AND "
    r"(begins_with\((?P<prefixed>#\w+), (?P<prefix>:\w+)\)"
    r"|(?P<ranged>#\w+) BETWEEN (?P<first>:\w+) AND (?P<last>:\w+))"
)
